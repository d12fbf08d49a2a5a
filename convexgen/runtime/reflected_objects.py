"""What is declared, as live objects: fields of classes, parameters of functions, enums, aliases, tables."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Iterable, Iterator
from enum import Enum
from math import isfinite
from types import UnionType
from typing import Annotated, Any, NewType, NotRequired, Required, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from typing_extensions import ReadOnly, get_original_bases, get_type_hints, is_typeddict

from convexgen import ir
from convexgen.authoring.indexes import Index, SearchIndex, VectorIndex
from convexgen.authoring.system_documents import DEFINITIONS
from convexgen.authoring.tables import SYSTEM_FIELDS, Table, View, fields_of, indexes_of, name_of, source_of
from convexgen.authoring.unset import UNSET, Unset
from convexgen.naming import Naming, wire_name
from convexgen.runtime.reflected_types import (
    NamedType,
    ReflectedTypes,
    constrained,
    constraints_of,
    substitute,
)
from convexgen.symbols import type_word


class ReflectedObjects:
    """Declares what `types` mentions, once for each symbol."""

    def __init__(self, types: ReflectedTypes, naming: Naming) -> None:
        self.types = types
        self._naming: Naming = naming
        self._definitions: dict[str, ir.TypeDef] = {}

    def definition(self, symbol: str) -> ir.TypeDef:
        """The definition of a type that has been mentioned, or of one of ours that a system table mentions."""
        known = self._definitions.get(symbol) or DEFINITIONS.get(symbol)
        if known is None:
            known = self._definitions[symbol] = self._define(symbol, self.types.mentioned[symbol])
        return known

    def table(self, cls: type[Table], symbol: str, variants: tuple[str, ...]) -> ir.Table:
        """The table that a class declares. `variants` are the symbols of its variants."""
        fields = self.fields(cls, cls)
        reachable = [*fields, *(field for each in variants for field in self._object_fields(each))]
        indexes = indexes_of(cls)

        def wire(path: str) -> str:
            return self._wire_path(path, reachable)

        return ir.Table(
            symbol,
            name_of(cls),
            fields,
            tuple(ir.Index(each.name, tuple(map(wire, each.fields))) for each in indexes if isinstance(each, Index)),
            tuple(
                ir.SearchIndex(each.name, wire(each.field), tuple(map(wire, each.filter_fields)))
                for each in indexes
                if isinstance(each, SearchIndex)
            ),
            tuple(
                ir.VectorIndex(each.name, wire(each.field), each.dimensions, tuple(map(wire, each.filter_fields)))
                for each in indexes
                if isinstance(each, VectorIndex)
            ),
            variants,
            docstring(cls),
            deprecation(vars(cls).get("__deprecated__")),
        )

    def fields(self, cls: Any, annotation: Any) -> tuple[ir.Field, ...]:
        """The fields of a model, dataclass or `TypedDict` in their order; system fields are not among them.

        `annotation` is the class with its type arguments.
        """
        if is_typeddict(cls):
            return tuple(self._typed_dict(cls, annotation))
        if issubclass(cls, BaseModel):
            model: type[BaseModel] = annotation
            if not model.__pydantic_complete__:
                model.model_rebuild()
            infos = fields_of(model) if issubclass(model, Table | View) else model.model_fields
            return tuple(self._field(name, info, model) for name, info in infos.items())
        return tuple(self._dataclass(cls, annotation))

    def parameter(self, name: str, hint: Any, default: Any) -> ir.Field:
        """The argument that a parameter of a function stands for. Without a default, `default` is `Parameter.empty`."""
        return self._plain_field(name, hint, default is not inspect.Parameter.empty, default, None)

    def _define(self, symbol: str, named: NamedType) -> ir.TypeDef:
        source = named.source
        if isinstance(source, NewType):
            return ir.AliasDef(symbol, source.__name__, self.types.read(source.__supertype__))
        if hasattr(source, "__value__"):
            return ir.AliasDef(symbol, source.__name__, self.types.read(source.__value__))
        deprecated_ = deprecation(vars(source).get("__deprecated__"))
        if issubclass(source, Enum):
            members = tuple(ir.EnumMember(each.name, each.value) for each in source)
            return ir.EnumDef(symbol, source.__name__, members, docstring(source), deprecated_)
        name = source.__name__ + "".join(type_word(each, self._name_of) for each in named.arguments)
        fields = self.fields(source, named.annotation)
        return ir.ObjectDef(symbol, name, fields, docstring(source), deprecated_, _table_shown(source))

    def _name_of(self, symbol: str) -> str:
        return self.definition(symbol).name

    def _object_fields(self, symbol: str) -> tuple[ir.Field, ...]:
        definition = self.definition(symbol)
        return definition.fields if isinstance(definition, ir.ObjectDef) else ()

    def _dataclass(self, cls: Any, annotation: Any) -> Iterator[ir.Field]:
        hints = _hints_of(cls, annotation)
        for each in dataclasses.fields(cls):
            if each.init:
                has_default = (each.default, each.default_factory) != (dataclasses.MISSING, dataclasses.MISSING)
                yield self._plain_field(each.name, hints[each.name], has_default, each.default, cls)

    def _typed_dict(self, cls: Any, annotation: Any) -> Iterator[ir.Field]:
        for name, hint in _hints_of(cls, annotation).items():
            field = self._plain_field(name, hint, False, None, cls)
            if field.presence == "required" and _may_be_left_out(cls, name, hint):
                field = dataclasses.replace(field, presence="absent")
            yield field

    def _plain_field(self, name: str, hint: Any, has_default: bool, default: Any, owner: type | None) -> ir.Field:
        """A field that is no pydantic model's: its annotation may hold a `Field`, but only Python's default counts."""
        info = FieldInfo.from_annotation(hint)
        if isinstance(default, FieldInfo):  # of a dataclass of pydantic's
            return self._field(name, FieldInfo.from_annotated_attribute(hint, default), owner)
        info.default, info.default_factory = (default if has_default else PydanticUndefined), None
        return self._field(name, info, owner)

    def _field(self, name: str, info: FieldInfo, owner: type | None) -> ir.Field:
        members = _members(info.annotation)
        type_ = self.types.read(_without_unset(info.annotation, members), owner)
        presence: ir.Presence = "defaulted"
        if Unset in members or info.default is UNSET:  # pydantic makes `Any` of `Any | Unset` in a generic model
            presence = "absent"
        elif info.is_required():
            presence = "required"
        known = None
        if presence == "defaulted" and info.default_factory is None:
            known = self._constant(info.default, type_)
        return ir.Field(
            name,
            info.alias or wire_name(name, self._naming),
            constrained(type_, constraints_of(info.metadata)),
            presence,
            known,
            info.description or "",
            deprecation(info.deprecated),
        )

    def _constant(self, default: Any, type_: ir.Type) -> ir.Constant | None:
        """A default that can be written down for its type."""
        value = default.value if isinstance(default, Enum) else default
        if type(value) not in (str, bool, int, float, type(None)):
            return None
        if isinstance(value, float) and not isfinite(value):
            return None
        kinds = self._kinds(type_)
        if type(value) is int and "float" in kinds and "int" not in kinds:
            return ir.Constant(float(value)) if abs(value) <= sys.float_info.max else None
        return ir.Constant(value)

    def _kinds(self, type_: ir.Type) -> set[str]:
        """The kinds of scalars in a type, those that aliases stand for included."""
        found: set[str] = set()
        for each in ir.walk(type_):
            if isinstance(each, ir.Scalar):
                found.add(each.kind)
            elif isinstance(each, ir.Named):
                definition = self.definition(each.symbol) if self._is_alias(each.symbol) else None
                found |= self._kinds(definition.type) if isinstance(definition, ir.AliasDef) else set()
        return found

    def _is_alias(self, symbol: str) -> bool:
        source = self.types.mentioned[symbol].source
        return isinstance(source, NewType) or hasattr(source, "__value__")

    def _wire_path(self, path: str, fields: Iterable[ir.Field]) -> str:
        """A dotted Python path in names of the wire. In what has no fields, such as `Any`, the names are data."""
        if path in SYSTEM_FIELDS:
            return SYSTEM_FIELDS[path]
        head, _, rest = path.partition(".")
        for field in fields:
            if field.name == head:
                return f"{field.wire}.{self._wire_path(rest, self._fields_in(field.type))}" if rest else field.wire
        return path

    def _fields_in(self, type_: ir.Type) -> Iterator[ir.Field]:
        match type_:
            case ir.Constrained(base):
                yield from self._fields_in(base)
            case ir.UnionOf(members):
                for member in members:
                    yield from self._fields_in(member)
            case ir.Named(symbol):
                definition = self.definition(symbol)
                if isinstance(definition, ir.AliasDef):
                    yield from self._fields_in(definition.type)
                yield from self._object_fields(symbol)


def docstring(declared: Any) -> str:
    """What a class, function or module says of itself, without what Python writes there by itself."""
    text = vars(declared).get("__doc__") if isinstance(declared, type) else declared.__doc__
    if not isinstance(text, str) or (dataclasses.is_dataclass(declared) and text == _written_by_dataclass(declared)):
        return ""
    return inspect.cleandoc(text).strip()


def _written_by_dataclass(cls: Any) -> str:
    """The signature that `dataclass` writes where there is no docstring. That of the class may since be another."""
    signature = inspect.signature(cls.__init__)
    without_self = signature.replace(parameters=list(signature.parameters.values())[1:])
    return f"{cls.__name__}{without_self}".replace(" -> None", "")


def deprecation(said: Any) -> str | None:
    """The message of a deprecation, `""` for one without words, None where there is none."""
    said = getattr(said, "message", said)  # of a `deprecated(…)`, be it `warnings`' or that of `typing_extensions`
    return said if isinstance(said, str) else ("" if said is True else None)


def _table_shown(cls: type) -> str | None:
    """The table of a view or variant."""
    if issubclass(cls, Table):
        return name_of(cls)
    return name_of(source_of(cls)) if issubclass(cls, View) else None


def _hints_of(cls: Any, annotation: Any) -> dict[str, Any]:
    """The annotations of a dataclass or `TypedDict`, its type variables and those of its bases replaced."""
    variables = dict(zip(getattr(cls, "__parameters__", ()), get_args(annotation), strict=False))
    inherited: dict[str, Any] = {}
    for base in reversed(get_original_bases(cls)):
        origin = get_origin(base) or base
        if dataclasses.is_dataclass(origin) or is_typeddict(origin):
            inherited |= _hints_of(origin, substitute(base, variables))
    hints = get_type_hints(cls, include_extras=True)
    if not is_typeddict(cls):  # whose annotations hold the inherited ones too, which cannot be redefined
        for name in inspect.get_annotations(cls):
            inherited.pop(name, None)
    return {name: inherited[name] if name in inherited else substitute(hint, variables) for name, hint in hints.items()}


def _may_be_left_out(cls: Any, name: str, hint: Any) -> bool:
    """Whether a key of a `TypedDict` may be absent.

    Python does not see the marks that say so under `from __future__ import annotations`, only the `total` of the class.
    """
    while (origin := get_origin(hint)) in (Required, NotRequired, ReadOnly, Annotated):
        if origin in (Required, NotRequired):
            return origin is NotRequired
        hint = get_args(hint)[0]
    return name not in cls.__required_keys__


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _without_unset(annotation: Any, members: tuple[Any, ...]) -> Any:
    return Union[tuple(each for each in members if each is not Unset)] if Unset in members else annotation  # noqa: UP007
