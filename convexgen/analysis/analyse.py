"""The front end from end to end: all sources in, each module understood once, the whole put together.

A module is understood anew only if its text, or the text of a module that it imports (directly or not), has changed.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from convexgen import ir
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
from convexgen.rules import reading
from convexgen.source import SourceFile, Span


@dataclass(slots=True)
class Unit:
    """One module understood. `module` is pickled by whoever keeps the unit beyond the run, and unpickled when needed."""

    key: bytes
    summary: ModuleSummary
    diagnostics: tuple[Diagnostic, ...]
    routes: tuple[ir.HttpRoute, ...]
    crons: tuple[ir.Cron, ...]
    loaded: ir.Module | None = None
    pickled: bytes | None = None

    @property
    def module(self) -> ir.Module:
        if self.loaded is None:
            assert self.pickled is not None
            self.loaded = pickle.loads(self.pickled)
        return self.loaded


@dataclass(slots=True)
class Understanding:
    """What is known from earlier runs. Syntax lives as long as the process, the rest may be kept on disk."""

    imports: dict[bytes, tuple[str, ...]] = field(default_factory=dict)
    syntax: dict[bytes, ModuleSyntax] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Analysed:
    """The program understood. `units` stand in the order of their wire paths."""

    units: tuple[Unit, ...]
    linked: Linked
    diagnostics: tuple[Diagnostic, ...]

    @property
    def ir(self) -> ir.Ir:
        return ir.Ir(
            tuple(unit.module for unit in self.units),
            tuple(route for unit in self.units for route in unit.routes),
            tuple(cron for unit in self.units for cron in unit.crons),
        )


def analyse(
    sources: tuple[SourceFile, ...], folder: str, naming: Naming, known: Understanding | None = None
) -> Analysed:
    """Understand `sources`, the files of the functions folder `folder`. Never raises."""
    known = known if known is not None else Understanding()
    files = {module_name(source.path, folder): source for source in sources}
    shadowed = tuple(_shadowed(sources))
    modules = _Modules(files, folder, known)
    keys = {name: _key(name, modules, naming) for name in files}
    program = Program(modules, folder)
    analysis = Analysis(program, naming)
    units: dict[str, Unit] = {}
    for name in sorted(files):
        unit = known.units.get(name)
        if unit is None or unit.key != keys[name]:
            unit = _unit(name, keys[name], analysis, modules)
        units[name] = unit
    known.units = units
    known.imports = {source.digest: modules.imports(name) for name, source in files.items()}
    kept = {source.digest for source in sources}
    known.syntax = {digest: syntax for digest, syntax in known.syntax.items() if digest in kept}
    ordered = tuple(sorted(units.values(), key=lambda unit: (unit.summary.wire, unit.summary.name)))
    linked = link(tuple(unit.summary for unit in ordered), folder)
    found = [*shadowed, *(each for unit in ordered for each in unit.diagnostics), *linked.findings]
    return Analysed(ordered, linked, tuple(found))


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


def _unit(name: str, key: bytes, analysis: Analysis, modules: _Modules) -> Unit:
    declaration = analysis.module(name)
    found = (*modules.findings(name), *declaration.findings, *check(declaration, analysis.tables))
    return Unit(
        key,
        summarise(declaration),
        found,
        tuple(each.route for each in declaration.routes),
        tuple(each.cron for each in declaration.crons),
        lower(declaration),
    )


class _Modules(Mapping[str, ModuleSyntax]):
    """The modules by name, each read when somebody looks at it."""

    def __init__(self, files: Mapping[str, SourceFile], folder: str, known: Understanding) -> None:
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
            remembered = self._known.syntax.get(file.digest)
            if remembered is not None and remembered.path == file.path:
                found = remembered
            else:
                found, findings = read(file, name)
                if findings:
                    self._findings[name] = findings
                else:
                    self._known.syntax[file.digest] = found
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

    def imports(self, name: str) -> tuple[str, ...]:
        """The names in the folder that the module imports, whether there is such a module or not."""
        digest = self.files[name].digest
        found = self._known.imports.get(digest)
        if found is None:
            found = self._known.imports[digest] = import_targets(self[name], self._folder)
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


def _key(name: str, modules: _Modules, naming: Naming) -> bytes:
    """A fingerprint of all that the meaning of a module depends on."""
    key = blake2b(f"{naming}\0{name}".encode(), digest_size=16)
    for each in sorted(modules.dependencies(name)):
        key.update(each.encode())
        key.update(modules.files[each].digest)
    return key.digest()
