"""From annotations, as they are at run time, to types of the `Ir`.

The counterpart of the reader's table of types, but of live objects: `typing`'s and pydantic's own forms.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    NotRequired,
    Required,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
)
from uuid import UUID

from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen, MinLen, MultipleOf
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo
from typing_extensions import ReadOnly, is_typeddict

from convexgen import ir
from convexgen.authoring.ids import Id, Int64
from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.authoring.system_tables import JobState, ScheduledJob, StoredFile
from convexgen.authoring.tables import Table, name_of
from convexgen.symbols import instance_symbol, union_of

NULL = ir.Scalar("null")

_SCALARS: Mapping[object, ir.Scalar] = {
    str: ir.Scalar("string"),
    bool: ir.Scalar("boolean"),
    bytes: ir.Scalar("bytes"),
    None: NULL,
    type(None): NULL,
    Any: ir.Scalar("any"),
    float: ir.Scalar("float"),
    int: ir.Scalar("int"),
    Int64: ir.Scalar("int64"),
    datetime: ir.Scalar("datetime"),
    date: ir.Scalar("date"),
    UUID: ir.Scalar("uuid"),
    Decimal: ir.Scalar("decimal"),
}
_SYSTEM_CLASSES: Mapping[type, str] = {
    StoredFile: "convexgen.StoredFile",
    ScheduledJob: "convexgen.ScheduledJob",
    JobState: "convexgen.JobState",
}
_QUALIFIERS = (Final, Required, NotRequired, ReadOnly)
_ORDER: tuple[ir.ConstraintKind, ...] = get_args(ir.ConstraintKind)


class ReflectionError(TypeError):
    """An annotation or declaration that has no counterpart in the `Ir`. The reader tells it better, and where."""


@dataclass(frozen=True, slots=True)
class NamedType:
    """A type that has a name of its own: a class, `NewType` or `type` alias; `annotation` has the arguments in it."""

    annotation: Any
    source: Any
    arguments: tuple[ir.Type, ...]


class ReflectedTypes:
    """Reads annotations, and remembers which named types they mention. `symbol_of` gives the symbols of those."""

    def __init__(self, symbol_of: Callable[[Any], str]) -> None:
        self._symbol_of = symbol_of
        self.mentioned: dict[str, NamedType] = {}

    def read(self, annotation: Any, owner: type | None = None) -> ir.Type:
        """The type that a resolved annotation means; `owner` is what `Self` stands for.

        Raises `ReflectionError` for a type whose values cannot travel.
        """
        if _is_hashable(annotation) and annotation in _SCALARS:
            return _SCALARS[annotation]
        if annotation is Self and owner is not None:
            return self.read(owner)
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return constrained(self.read(arguments[0], owner), constraints_of(arguments[1:]))
        if origin in (Union, types.UnionType):
            return union_of(self.read(each, owner) for each in arguments)
        if origin is Literal:
            return union_of(map(_literal, arguments))
        if origin in _QUALIFIERS:
            return self.read(arguments[0], owner)
        if origin in (list, Sequence) or (origin is tuple and arguments[1:] == (...,)):
            return ir.ArrayOf(self.read(arguments[0], owner))
        if origin in (dict, Mapping):
            key, value = arguments
            return ir.RecordOf(self.read(key, owner), self.read(value, owner))
        if origin is Id:
            return ir.IdOf(name_of(owner if arguments[0] is Self and owner is not None else arguments[0]))
        return self._named(annotation, origin, arguments, owner)

    def _named(self, annotation: Any, origin: Any, arguments: tuple[Any, ...], owner: type | None) -> ir.Type:
        if isinstance(annotation, NewType) or hasattr(annotation, "__value__"):
            return self._mention(annotation, annotation, ())
        if hasattr(
            origin, "__value__"
        ):  # a generic alias has no name on the wire: it stands for what it is filled with
            return self.read(
                substitute(origin.__value__, dict(zip(origin.__type_params__, arguments, strict=True))), owner
            )
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self._model(annotation, owner)
        cls = origin or annotation
        if isinstance(cls, type) and (issubclass(cls, Enum) or dataclasses.is_dataclass(cls) or is_typeddict(cls)):
            return self._mention(annotation, cls, tuple(self.read(each, owner) for each in arguments))
        raise ReflectionError(f"{annotation!r} has no counterpart among Convex values")

    def _model(self, cls: type[BaseModel], owner: type | None) -> ir.Type:
        if cls in _SYSTEM_CLASSES:
            self.mentioned[_SYSTEM_CLASSES[cls]] = NamedType(cls, cls, ())
            return ir.Named(_SYSTEM_CLASSES[cls])
        if cls is PaginationOptions:
            return ir.PaginationOptions()
        if issubclass(cls, Table) and cls.__declaration__.role == "table":
            return ir.Document(name_of(cls))
        generic = cls.__pydantic_generic_metadata__
        if generic["origin"] is None:
            return self._mention(cls, cls, ())
        arguments = tuple(self.read(each, owner) for each in generic["args"])
        return ir.Page(*arguments) if generic["origin"] is Page else self._mention(cls, generic["origin"], arguments)

    def _mention(self, annotation: Any, source: Any, arguments: tuple[ir.Type, ...]) -> ir.Named:
        symbol = instance_symbol(self._symbol_of(source), arguments)
        self.mentioned.setdefault(symbol, NamedType(annotation, source, arguments))
        return ir.Named(symbol)


def constrained(base: ir.Type, constraints: Mapping[str, int | float | str]) -> ir.Type:
    """`base` with constraints added to those that it has; of two of a kind pydantic heeds the last."""
    known: dict[str, int | float | str] = {}
    if isinstance(base, ir.Constrained):
        known = {each.kind: each.value for each in base.constraints}
        base = base.base
    known |= constraints
    kept = tuple(ir.Constraint(kind, known[kind]) for kind in _ORDER if kind in known)
    return ir.Constrained(base, kept) if kept else base


def constraints_of(metadata: Iterable[Any]) -> dict[str, Any]:
    """What the items of an `Annotated`, or of a field, say of the values; what says nothing to us is passed over."""
    return dict(pair for item in metadata for pair in _constraints_in(item))


def _constraints_in(item: Any) -> Iterator[tuple[str, Any]]:
    match item:
        case FieldInfo():
            yield from constraints_of(item.metadata).items()
        case Len():
            yield from (("min_length", item.min_length), *_given("max_length", item.max_length))
        case Interval():
            for kind in ("ge", "gt", "le", "lt"):
                yield from _given(kind, getattr(item, kind))
        case StringConstraints():
            for kind in ("min_length", "max_length", "pattern"):
                yield from _given(kind, getattr(item, kind))
        case Ge(value):
            yield "ge", value
        case Gt(value):
            yield "gt", value
        case Le(value):
            yield "le", value
        case Lt(value):
            yield "lt", value
        case MultipleOf(value):
            yield "multiple_of", value
        case MinLen(value):
            yield "min_length", value
        case MaxLen(value):
            yield "max_length", value
        case _:
            yield from _given("pattern", getattr(item, "pattern", None))


def _given(kind: str, value: Any) -> Iterator[tuple[str, Any]]:
    if value is not None:
        yield kind, value


def substitute(annotation: Any, arguments: Mapping[Any, Any]) -> Any:
    """`annotation` with type variables replaced."""
    if isinstance(annotation, TypeVar):
        return arguments.get(annotation, annotation)
    generic = getattr(annotation, "__pydantic_generic_metadata__", None)
    open_: tuple[Any, ...] = generic["parameters"] if generic else getattr(annotation, "__parameters__", ())
    if not open_ or (isinstance(annotation, type) and not (generic and generic["origin"])):
        return annotation  # nothing to replace, or a generic class itself
    return annotation[tuple(arguments.get(each, each) for each in open_)]


def _literal(value: Any) -> ir.Type:
    plain = value.value if isinstance(value, Enum) else value
    return NULL if plain is None else ir.LiteralOf(plain)


def _is_hashable(annotation: Any) -> bool:
    try:
        hash(annotation)
    except TypeError:  # `Annotated` with a list in its metadata
        return False
    return True
