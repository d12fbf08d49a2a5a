"""The program of a spec with everything named as Python names it, and with the shapes that have a meaning recognised.

These are the documents of tables (`_id` and `_creationTime`), and the arguments and results of paginated queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from convexgen.emit.spec.function_spec_reading import SpecProgram
from convexgen.ir import (
    ArrayOf,
    Field,
    Function,
    IdOf,
    LiteralOf,
    Module,
    Named,
    ObjectDef,
    Page,
    PaginationOptions,
    RecordOf,
    Scalar,
    Type,
    TypeName,
    TypeNames,
    UnionOf,
)
from convexgen.naming import pascal_case
from convexgen.spec_client.python_names import module_paths, python_names
from convexgen.spec_client.shapes import Names, class_name, uses_of

_STRING, _NUMBER, _BOOLEAN, _NULL, _ANY = (Scalar(kind) for kind in ("string", "float", "boolean", "null", "any"))
_CURSOR = frozenset({_STRING, _NULL})
_STATUS = frozenset({LiteralOf("SplitRecommended"), LiteralOf("SplitRequired"), _NULL})
_Accepts = Callable[[Type], bool]


@dataclass(frozen=True, slots=True)
class NamedProgram:
    """`modules` hold functions only; `types` are all shapes that these use, called as `names` says.

    `untyped` are the wire identifiers of functions that take anything.
    """

    modules: tuple[Module, ...]
    types: tuple[ObjectDef, ...]
    names: TypeNames
    untyped: frozenset[str]


def named_program(spec: SpecProgram, *, internal: bool) -> NamedProgram:
    """`spec` for a client, which sees internal functions only if `internal`."""
    known = {each.symbol: each for module in spec.program.modules for each in module.types}
    shapes = _Shapes({symbol: each for symbol, each in known.items() if isinstance(each, ObjectDef)})
    shown = {
        module.wire: [each for each in module.functions if internal or each.visibility == "public"]
        for module in spec.program.modules
    }
    paths = module_paths(wire for wire, functions in shown.items() if functions)
    modules = tuple(Module(path, wire, shapes.functions(shown[wire])) for wire, path in sorted(paths.items()))
    found = shapes.found
    uses = uses_of(
        (
            (class_name(f"{module.wire} {pascal_case(each.wire)}"), each.args, each.returns)
            for module in modules
            for each in module.functions
        ),
        found,
    )
    chosen = Names(found, uses).give()
    types = tuple(
        replace(found[symbol], name=name) for symbol, name in sorted(chosen.items(), key=lambda each: each[1])
    )
    names = {each.symbol: TypeName(each.name, splits=False) for each in types}
    return NamedProgram(modules, types, names, spec.untyped)


@dataclass(slots=True)
class _Shapes:
    """Turns types of the reader, in which every object is one of its own, into types that share equal shapes."""

    known: Mapping[str, ObjectDef]
    found: dict[str, ObjectDef] = field(default_factory=dict)
    _symbols: dict[tuple[str | None, tuple[Field, ...]], str] = field(default_factory=dict)

    def functions(self, functions: list[Function]) -> tuple[Function, ...]:
        """`functions` in order of their Python names."""
        names = python_names(each.wire for each in functions)
        named = (
            replace(each, name=names[each.wire], args=self._fields(each.args), returns=self._type(each.returns))
            for each in sorted(functions, key=lambda each: names[each.wire])
        )
        return tuple(named)

    def _fields(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        names = python_names(each.wire for each in fields)
        return tuple(replace(each, name=names[each.wire], type=self._type(each.type)) for each in fields)

    def _type(self, type_: Type) -> Type:
        match type_:
            case ArrayOf(element):
                return ArrayOf(self._type(element))
            case RecordOf(key, value):
                return RecordOf(self._type(key), self._type(value))
            case UnionOf(members):
                return _union(map(self._type, members))
            case Named(symbol):
                return self._object(self.known[symbol])
            case _:
                return type_

    def _object(self, shape: ObjectDef) -> Type:
        fields = {each.wire: each for each in shape.fields}
        if _is_pagination_options(fields):
            return PaginationOptions()
        if _is_page(fields):
            page = self._type(fields["page"].type)
            assert isinstance(page, ArrayOf)  # or it would be no page
            return Page(page.element)
        table = _table(fields)
        own = [each for each in shape.fields if table is None or each.wire not in ("_id", "_creationTime")]
        named = self._fields(tuple(own))
        symbol = self._symbols.setdefault((table, named), f"spec.{len(self._symbols)}")
        self.found.setdefault(symbol, ObjectDef(symbol, "", named, table=table))
        return Named(symbol)


def _union(members: Iterator[Type]) -> Type:
    """A flat union in which no member stands twice. Nothing can be of a union without members: say so by `any`."""
    flat: dict[Type, None] = {}
    for member in members:
        flat.update(dict.fromkeys(member.members if isinstance(member, UnionOf) else (member,)))
    if len(flat) > 1:
        return UnionOf(tuple(flat))
    return next(iter(flat), _ANY)


def _table(fields: Mapping[str, Field]) -> str | None:
    """The table whose documents these fields are of, if they are any's."""
    match fields.get("_id"), fields.get("_creationTime"):
        case Field(type=IdOf(table), presence="required"), Field(type=created, presence="required"):
            return table if created == _NUMBER else None
    return None


def _is_pagination_options(fields: Mapping[str, Field]) -> bool:
    return _fits(
        fields,
        {"numItems": _is_number, "cursor": _is_cursor},
        {"endCursor": _is_cursor, "id": _is_number, "maximumRowsRead": _is_number, "maximumBytesRead": _is_number},
    )


def _is_page(fields: Mapping[str, Field]) -> bool:
    return _fits(
        fields,
        {
            "page": lambda type_: isinstance(type_, ArrayOf),
            "isDone": lambda type_: type_ == _BOOLEAN,
            "continueCursor": lambda type_: type_ == _STRING,
        },
        {"splitCursor": _is_cursor, "pageStatus": lambda type_: _members(type_) <= _STATUS},
    )


def _fits(fields: Mapping[str, Field], required: Mapping[str, _Accepts], optional: Mapping[str, _Accepts]) -> bool:
    accepted = {**required, **optional}
    if not required.keys() <= fields.keys() <= accepted.keys():
        return False
    if any(fields[name].presence != "required" for name in required):
        return False
    return all(accepted[name](each.type) for name, each in fields.items())


def _is_number(type_: Type) -> bool:
    return _members(type_) <= {_NUMBER, _NULL}


def _is_cursor(type_: Type) -> bool:
    return _members(type_) <= _CURSOR


def _members(type_: Type) -> frozenset[Type]:
    return frozenset(type_.members if isinstance(type_, UnionOf) else (type_,))
