"""What of a program can be compared between the reader, who has its text, and reflection, which has it imported.

Everything, except for what is no longer there at run time:

- strings that stand after a field, an enum's member or an alias to document it (`Field(description=…)` stays);
- the names of aliases other than `NewType` and `type X = …`: Python replaces them by what they stand for, in the
  arguments of generic classes too;
- which module first names a type that none declares: an instance of a generic class, a system document. An alias that
  is gone may have been the first.

`comparable` takes exactly that from both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace

from convexgen import ir
from convexgen.runtime.reflected_types import constrained
from convexgen.symbols import type_symbol, union_of

_WORD = re.compile(r"[^\W\d][\w.]*")


@dataclass(frozen=True, slots=True)
class Comparable:
    """A program without what only its text tells. `homeless` are the types that no module declares, by symbol."""

    program: ir.Ir
    homeless: Mapping[str, ir.TypeDef]


def differences(read: ir.Ir, reflected: ir.Ir) -> list[str]:
    """Where the two differ, a line each: the place in the `Ir`, what was read, what was reflected."""
    return list(_differences("", *comparable(read, reflected)))


def _differences(path: str, ours: object, theirs: object) -> Iterator[str]:
    if ours == theirs:
        return
    pairs = list(_parts(ours, theirs))
    if not pairs:
        yield f"{path}: {ours!r} was read, {theirs!r} is there"
    for name, inner, other in pairs:
        yield from _differences(f"{path}.{name}", inner, other)


def _parts(ours: object, theirs: object) -> Iterator[tuple[str, object, object]]:
    """The parts of two values of one shape; nothing if the shapes differ."""
    if is_dataclass(ours) and type(ours) is type(theirs):
        yield from ((each.name, getattr(ours, each.name), getattr(theirs, each.name)) for each in fields(ours))
    elif isinstance(ours, tuple) and isinstance(theirs, tuple) and len(ours) == len(theirs):
        yield from ((_called(one), one, other) for one, other in zip(ours, theirs, strict=True))
    elif isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        yield from ((key, one, theirs[key]) for key, one in ours.items())


def _called(part: object) -> str:
    return str(getattr(part, "symbol", "") or getattr(part, "name", "") or getattr(part, "path", ""))


def comparable(read: ir.Ir, reflected: ir.Ir) -> tuple[Comparable, Comparable]:
    """Both programs in a form in which they must be equal."""
    seen = {each.symbol: each for module in reflected.modules for each in module.types}
    expansion = _Expansion(read, seen)
    documented = dict(_documented(reflected))
    modules = tuple(_Described(documented, expansion).module(module) for module in read.modules)
    return _gathered(_pruned(replace(read, modules=modules))), _gathered(reflected)


def _pruned(program: ir.Ir) -> ir.Ir:
    """The program without types that nothing reaches any more, now that a union with an alias of `Any` is `any`."""
    definitions = {each.symbol: each for module in program.modules for each in module.types}
    waiting = [type_ for module in program.modules for type_ in _mentioned(module)]
    reached: set[str] = set()
    while waiting:
        for type_ in ir.walk(waiting.pop()):
            if isinstance(type_, ir.Named) and type_.symbol not in reached:
                reached.add(type_.symbol)
                waiting += ir.types_of(definitions[type_.symbol])
    return replace(
        program,
        modules=tuple(
            replace(each, types=tuple(type_ for type_ in each.types if type_.symbol in reached))
            for each in program.modules
        ),
    )


def _gathered(program: ir.Ir) -> Comparable:
    """The program with the types that no module declares taken out of the modules."""
    homeless = {each.symbol: each for module in program.modules for each in module.types if not _is_declared(each)}
    modules = tuple(replace(each, types=tuple(filter(_is_declared, each.types))) for each in program.modules)
    return Comparable(replace(program, modules=modules), homeless)


def _is_declared(definition: ir.TypeDef) -> bool:
    return not definition.symbol.endswith("]") and not definition.symbol.startswith("convexgen.")


def _mentioned(module: ir.Module) -> Iterator[ir.Type]:
    """The types that the functions and tables of a module name."""
    for function in module.functions:
        yield function.returns
        yield from (each.type for each in function.args)
    for table in module.tables:
        yield from ir.types_of(table)
        yield from map(ir.Named, table.variants)


class _Expansion:
    """Puts what they stand for in the place of aliases that are not `seen` at run time."""

    def __init__(self, read: ir.Ir, seen: Mapping[str, ir.TypeDef]) -> None:
        self._seen = seen
        self._types = {each.symbol: each for module in read.modules for each in module.types}
        self._instances: dict[str, ir.ObjectDef] = {}

    def type(self, type_: ir.Type) -> ir.Type:
        match type_:
            case ir.Named(symbol):
                return self._named(symbol)
            case ir.ArrayOf(element):
                return ir.ArrayOf(self.type(element))
            case ir.Page(element):
                return ir.Page(self.type(element))
            case ir.RecordOf(key, value):
                return ir.RecordOf(self.type(key), self.type(value))
            case ir.UnionOf(members):
                return union_of(map(self.type, members))
            case ir.Constrained(base, constraints):
                return constrained(self.type(base), {each.kind: each.value for each in constraints})
            case _:
                return type_

    def definitions(self, types: Iterable[ir.TypeDef]) -> Iterator[ir.TypeDef]:
        """`types` without aliases that are gone, in the order of their symbols."""
        found: dict[str, ir.TypeDef] = {}
        for each in types:
            match each:
                case ir.ObjectDef():
                    definition = self._object(each)
                    found[definition.symbol] = definition
                case ir.EnumDef():
                    members = tuple(replace(member, doc="") for member in each.members)
                    found[each.symbol] = replace(each, members=members)
                case ir.AliasDef() if each.symbol in self._seen:
                    found[each.symbol] = replace(each, type=self.type(each.type), doc="")
        return (found[symbol] for symbol in sorted(found))

    def _named(self, symbol: str) -> ir.Type:
        definition = self._types.get(symbol)
        if isinstance(definition, ir.AliasDef) and symbol not in self._seen:
            return self.type(definition.type)
        if isinstance(definition, ir.ObjectDef) and symbol not in self._seen:
            return ir.Named(self._object(definition).symbol)
        return ir.Named(symbol)

    def _object(self, definition: ir.ObjectDef) -> ir.ObjectDef:
        """The object; an instance filled with an alias that is gone is the instance with the same fields."""
        known = self._instances.get(definition.symbol)
        if known is None:
            expanded = tuple(replace(each, type=self.type(each.type)) for each in definition.fields)
            known = self._filled_otherwise(replace(definition, fields=expanded))
            self._instances[definition.symbol] = known
        return known

    def _spelled_out(self, word: re.Match[str]) -> str:
        definition = self._types.get(word[0])
        is_gone = isinstance(definition, ir.AliasDef) and word[0] not in self._seen
        return type_symbol(self.type(definition.type)) if is_gone and isinstance(definition, ir.AliasDef) else word[0]

    def _filled_otherwise(self, definition: ir.ObjectDef) -> ir.ObjectDef:
        generic, bracket, _ = definition.symbol.partition("[")
        if not bracket or definition.symbol in self._seen:
            return definition
        known = self._seen.get(_WORD.sub(self._spelled_out, definition.symbol))
        if known is not None:
            return replace(definition, symbol=known.symbol, name=known.name)
        for symbol, other in self._seen.items():
            if not symbol.startswith(f"{generic}[") or not isinstance(other, ir.ObjectDef):
                continue
            if _without_docs(other.fields) == _without_docs(definition.fields):
                return replace(definition, symbol=symbol, name=other.name)
        return definition


class _Described:
    """Takes from the fields of a program the documentation that stands after them, which is not `documented`."""

    def __init__(self, documented: Mapping[tuple[str, str], str], expansion: _Expansion) -> None:
        self._documented = documented
        self._expansion = expansion

    def module(self, module: ir.Module) -> ir.Module:
        return replace(
            module,
            functions=tuple(
                replace(
                    each,
                    args=self._fields(f"{module.path}:{each.name}", each.args),
                    returns=self._expansion.type(each.returns),
                )
                for each in module.functions
            ),
            types=tuple(
                replace(each, fields=self._fields(each.symbol, each.fields)) if isinstance(each, ir.ObjectDef) else each
                for each in self._expansion.definitions(module.types)
            ),
            tables=tuple(replace(each, fields=self._fields(each.symbol, each.fields)) for each in module.tables),
        )

    def _fields(self, owner: str, declared: tuple[ir.Field, ...]) -> tuple[ir.Field, ...]:
        return tuple(
            replace(
                each,
                type=self._expansion.type(each.type),
                doc=each.doc if self._documented.get((owner, each.name)) else "",
            )
            for each in declared
        )


def _documented(program: ir.Ir) -> Iterator[tuple[tuple[str, str], str]]:
    """The documentation of every field, by what it belongs to and its name."""
    for module in program.modules:
        owners: list[tuple[str, tuple[ir.Field, ...]]] = []
        owners.extend((f"{module.path}:{each.name}", each.args) for each in module.functions)
        owners.extend((each.symbol, each.fields) for each in module.types if isinstance(each, ir.ObjectDef))
        owners.extend((each.symbol, each.fields) for each in module.tables)
        for owner, declared in owners:
            for each in declared:
                yield (owner, each.name), each.doc


def _without_docs(declared: tuple[ir.Field, ...]) -> tuple[ir.Field, ...]:
    return tuple(replace(each, doc="") for each in declared)
