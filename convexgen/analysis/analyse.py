"""The front end from end to end: all sources in, each module understood once, the whole put together.

A module is understood anew only if its text, or the text of a module that it imports (directly or not), has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from convexgen import ir
from convexgen.analysis.bodies import Bodies
from convexgen.analysis.checks import check
from convexgen.analysis.declare import Analysis
from convexgen.analysis.link import Linked, link
from convexgen.analysis.lower import ModuleSummary, lower, summarise
from convexgen.analysis.read import read
from convexgen.analysis.resolve import Program, import_targets
from convexgen.analysis.syntax import ModuleSyntax
from convexgen.analysis.tables import is_schema_module
from convexgen.diagnostics import Diagnostic, Label
from convexgen.naming import Naming
from convexgen.rules import functions, reading, schema
from convexgen.source import SourceFile, Span


@dataclass(slots=True)
class Unit:
    """One module understood. `key` tells what it depends on, `advised` what its functions were held to.

    `module` is there only in the run that understood it.
    """

    key: bytes
    summary: ModuleSummary
    diagnostics: tuple[Diagnostic, ...]
    routes: tuple[ir.HttpRoute, ...]
    crons: tuple[ir.Cron, ...]
    module: ir.Module | None
    advised: frozenset[str] | None


@dataclass(slots=True)
class Understanding:
    """What is known from earlier runs: imports and syntax by path, with the digest of the text; units by module."""

    imports: dict[str, tuple[bytes, tuple[str, ...]]] = field(default_factory=dict)
    syntax: dict[str, tuple[bytes, ModuleSyntax]] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Analysed:
    """The program understood. `units` stand in the order of their wire paths."""

    units: tuple[Unit, ...]
    linked: Linked
    diagnostics: tuple[Diagnostic, ...]


class Front:
    """The front end at work on one set of sources, in steps that two processes can share.

    All modules that `unread` names are read; then those that `stale` names are understood; then `finish` puts the whole
    together. What a module depends on is known only when all are read, so `stale` comes after that. `advice` has the
    names of the rules that bodies are held to beyond those that all bodies are; with None they are not looked at.
    """

    def __init__(
        self,
        sources: tuple[SourceFile, ...],
        folder: str,
        naming: Naming,
        known: Understanding,
        *,
        advice: frozenset[str] | None = None,
    ) -> None:
        self._sources = sources
        self._folder = folder
        self._naming: Naming = naming
        self._known = known
        self._advice = advice
        files = {module_name(source.path, folder): source for source in sources}
        self._modules = _Modules(dict(sorted(files.items())), folder, known, advice=advice is not None)
        self._analysis = Analysis(Program(self._modules, folder), naming)
        self._bodies = Bodies(self._analysis.program)
        self._keys: dict[str, bytes] = {}

    def unread(self) -> tuple[str, ...]:
        """The modules whose imports are not known."""
        return tuple(name for name in self._modules if not self._modules.has_imports(name))

    def read(self, names: Iterable[str]) -> list[tuple[str, ...]]:
        """Read modules and give what each of them imports."""
        return [self._modules.imports(name) for name in names]

    def learn(self, names: Iterable[str], imports: Iterable[tuple[str, ...]]) -> None:
        """Take over what modules import from a process that has read them."""
        for name, targets in zip(names, imports, strict=True):
            file = self._modules.files[name]
            self._known.imports[file.path] = (file.digest, targets)

    def stale(self) -> tuple[str, ...]:
        """The modules that are not known in their present state."""
        self._keys = {name: _key(name, self._modules, self._naming) for name in self._modules}
        known = self._known.units
        return tuple(name for name, key in self._keys.items() if name not in known or not self._holds(known[name], key))

    def _holds(self, unit: Unit, key: bytes) -> bool:
        is_advised = self._advice is None or (unit.advised is not None and unit.advised >= self._advice)
        return unit.key == key and is_advised

    def unit(self, name: str) -> Unit:
        """Understand one module."""
        declaration = self._analysis.module(name)
        found = (
            *self._modules.findings(name),
            *declaration.findings,
            *check(declaration, self._analysis.tables),
            *(() if self._advice is None else self._bodies.check(declaration, self._advice)),
        )
        return Unit(
            b"",
            summarise(declaration),
            found,
            tuple(each.route for each in declaration.routes),
            tuple(each.cron for each in declaration.crons),
            lower(declaration),
            self._advice,
        )

    def finish(self, fresh: Iterable[Unit]) -> Analysed:
        """Put the whole together from the fresh units and the known ones, and remember them."""
        units = {name: unit for name, unit in self._known.units.items() if name in self._keys}
        for unit in fresh:
            unit.key = self._keys[unit.summary.name]
            units[unit.summary.name] = unit
        self._known.units = units
        paths = [source.path for source in self._sources]
        imports, syntax = self._known.imports, self._known.syntax
        self._known.imports = {path: imports[path] for path in paths if path in imports}  # not of what is shadowed
        self._known.syntax = {path: syntax[path] for path in paths if path in syntax}
        ordered = tuple(sorted(units.values(), key=lambda unit: (unit.summary.wire, unit.summary.name)))
        linked = link(tuple(unit.summary for unit in ordered), self._folder)
        broken = {name for name, unit in units.items() if any(each.rule.unreadable for each in unit.diagnostics)}
        found = [each for unit in ordered for each in self._certain(unit, broken)]
        whole = (each for each in linked.findings if not found or each.rule != reading.EMPTY_PROJECT)
        return Analysed(ordered, linked, (*_shadowed(self._sources), *found, *whole))

    def forget_syntax(self) -> None:
        """Let go of what was read. A process that makes one plan needs it no more; another one would read it again."""
        self._known.syntax.clear()
        self._modules.forget()
        self._analysis = Analysis(Program(self._modules, self._folder), self._naming)
        self._bodies = Bodies(self._analysis.program)

    def _certain(self, unit: Unit, broken: set[str]) -> Iterable[Diagnostic]:
        """The findings of a unit, without those that may only come from what a file that cannot be read holds."""
        name = unit.summary.name
        if broken and name not in broken and not broken.isdisjoint(self._modules.dependencies(name)):
            return (each for each in unit.diagnostics if each.rule not in _ABOUT_NAMES and not each.rule.advisory)
        return unit.diagnostics


def _shadowed(sources: tuple[SourceFile, ...]) -> Iterator[Diagnostic]:
    """Files beside a folder of the same name. Python sees only one of the two."""
    folders = {path.rpartition("/")[0]: path for path in (source.path for source in reversed(sources))}
    for source in sources:
        inner = folders.get(source.path.removesuffix(".py"))
        if inner is not None:
            folder = source.path.removesuffix(".py")
            yield Diagnostic(
                reading.SHADOWED_MODULE,
                f"`{source.path}` and the folder `{folder}/` are one module to Python",
                Label(Span(source.path)),
                (Label(Span(inner), "in the folder"),),
                help=f"move what is in the file to `{folder}/__init__.py`",
            )


def module_name(path: str, folder: str) -> str:
    """The dotted name in the functions folder of the file at `path`; `""` for its `__init__.py`."""
    parts = path.removeprefix(folder + "/").removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class _Modules(Mapping[str, ModuleSyntax]):
    """The modules by name, each read when somebody looks at it."""

    def __init__(self, files: Mapping[str, SourceFile], folder: str, known: Understanding, *, advice: bool) -> None:
        self._advice = advice
        self.files = files
        self._folder = folder
        self._known = known
        self._findings: dict[str, tuple[Diagnostic, ...]] = {}
        self._read: dict[str, ModuleSyntax] = {}
        self._reached: dict[tuple[str, ...], frozenset[str]] = {}
        self._schema = tuple(name for name in files if is_schema_module(name))

    def __getitem__(self, name: str) -> ModuleSyntax:
        found = self._read.get(name)
        if found is None:
            file = self.files[name]
            digest, found = self._known.syntax.get(file.path, (b"", _NOTHING))
            if digest != file.digest:
                found, findings = read(file, name, with_bodies=self._advice)
                if findings:
                    self._findings[name] = findings
                elif self._advice:  # without bodies it is of no use to whoever wants them
                    self._known.syntax[file.path] = (file.digest, found)
            self._read[name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    def __contains__(self, name: object) -> bool:
        return name in self.files

    def findings(self, name: str) -> tuple[Diagnostic, ...]:
        """What kept the file from being read."""
        return self._findings.get(name, ())

    def forget(self) -> None:
        """Let go of what was read; whoever looks again reads again."""
        self._read.clear()

    def has_imports(self, name: str) -> bool:
        """Whether it is known what the module imports."""
        file = self.files[name]
        known = self._known.imports.get(file.path)
        return known is not None and known[0] == file.digest

    def imports(self, name: str) -> tuple[str, ...]:
        """The names in the folder that the module imports, whether there is such a module or not."""
        file = self.files[name]
        digest, found = self._known.imports.get(file.path, (b"", ()))
        if digest != file.digest:
            found = import_targets(self[name], self._folder)
            self._known.imports[file.path] = (file.digest, found)
        return found

    def dependencies(self, name: str) -> frozenset[str]:
        """`name` and every module that it imports, directly or not: all that its meaning can depend on.

        The modules of the schema depend on one another: a variant may stand in any of them.
        """
        imports = self.imports(name)
        known = self._reached.get(imports)
        if known is None:
            known = self._reached[imports] = self._reach(imports)
        return known | {name} | (self._reach(self._schema) if is_schema_module(name) else frozenset())

    def _reach(self, names: tuple[str, ...]) -> frozenset[str]:
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            each = waiting.pop()
            if each in found or each not in self.files:
                continue
            found.add(each)
            waiting.extend(self.imports(each))
            if is_schema_module(each) and not found.issuperset(self._schema):
                waiting.extend(self._schema)
        return frozenset(found)


_ABOUT_NAMES = frozenset(
    {
        functions.HTTP_SIGNATURE,
        functions.INVALID_AUTH,
        functions.INVALID_CRON,
        functions.INVALID_JOB,
        functions.INVALID_ROUTE,
        functions.WRONG_CONTEXT,
        reading.TYPE_ARGUMENT_COUNT,
        reading.UNKNOWN_NAME,
        reading.UNREADABLE_DECORATOR,
        reading.UNREADABLE_EXPRESSION,
        reading.UNRESOLVED_IMPORT,
        reading.UNSUPPORTED_CLASS,
        reading.UNSUPPORTED_TYPE,
        schema.INVALID_INDEX,
        schema.INVALID_LITERAL,
        schema.INVALID_VARIANT,
        schema.INVALID_VIEW,
        schema.MISPLACED_UNSET,
        schema.NOT_A_TABLE,
        schema.RECORD_KEY,
        schema.UNKNOWN_INDEX_FIELD,
    }
)
"""Rules whose findings rest on what a name means, which nobody knows if it comes from a file that cannot be read."""

_NOTHING = ModuleSyntax("", "", False, "", (), {})


def _key(name: str, modules: _Modules, naming: Naming) -> bytes:
    """A fingerprint of all that the meaning of a module depends on."""
    key = blake2b(f"{naming}\0{name}".encode(), digest_size=16)
    for each in sorted(modules.dependencies(name)):
        key.update(each.encode())
        key.update(modules.files[each].digest)
    return key.digest()
