"""Between the values that functions see and the values that travel and are stored: other names, fewer types.

A wire value is made of None, bool, int, float, `Int64`, str, bytes, lists and dicts with text keys. `dump` and `load`
are guided by annotations, because names of fields are translated and keys of records are not: only the type tells a
`TypedDict` from a `dict`. How wire values become JSON or bytes is another matter.

A `Codec` is made once for each annotation and naming. Objects look up the codecs of their fields when they are first
used, so types may be recursive.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, NewType, NotRequired, Required, Union, get_args, get_origin
from uuid import UUID

from typing_extensions import ReadOnly

from convexgen.authoring.ids import Id, Int64
from convexgen.authoring.objects import ObjectType, object_type, substitute
from convexgen.authoring.tables import Table, variants_of
from convexgen.authoring.unset import UNSET, Unset
from convexgen.naming import Naming

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
GREATEST_INTEGER = 2**53
"""Up to here every integer is a number that JavaScript holds exactly."""


class WireError(ValueError):
    """A wire value that has not the type it should have. `path` is where, from the outside inwards."""

    def __init__(self, message: str, path: tuple[str | int, ...] = ()) -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))}: {self.message}" if self.path else self.message

    def inside(self, key: str | int) -> WireError:
        return WireError(self.message, (key, *self.path))


@dataclass(frozen=True, slots=True)
class Codec:
    """How values of one type are recognised (`accepts`, for unions), written and read. `load` raises `WireError`."""

    accepts: Callable[[Any], bool]
    dump: Callable[[Any], Any]
    load: Callable[[Any], Any]


def dump(value: Any, annotation: Any = Any, naming: Naming = "camel") -> Any:
    """The wire value of `value`, which is of the type `annotation`; `UNSET` fields are left out.

    `Any` goes by the classes of the values, which is enough for everything but a `TypedDict`.
    Raises `ValueError` for a `datetime` without a time zone, `TypeError` for what cannot travel.
    """
    return codec(annotation, naming).dump(value)


def load(annotation: Any, value: Any, naming: Naming = "camel") -> Any:
    """The value of the type `annotation` that a wire value stands for.

    Raises `WireError` if it is not of that type, pydantic's `ValidationError` if it breaks a constraint.
    """
    return codec(annotation, naming).load(value)


@cache
def codec(annotation: Any, naming: Naming) -> Codec:
    """The codec of a type. Raises `TypeError` for a type that cannot travel."""
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if annotation is Any:
        return Codec(lambda value: True, lambda value: _dump_by_class(value, naming), lambda value: value)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Annotated, NotRequired, Required, ReadOnly):
        return codec(arguments[0], naming)
    if origin in (Union, types.UnionType):
        return _union([codec(member, naming) for member in arguments if member is not Unset])
    if origin is Literal:
        return _one_of({_wire_key(value): value for value in arguments}, lambda value: value)
    if origin in (list, Sequence, tuple):
        return _array(codec(arguments[0], naming), tuple if origin is tuple else list)
    if origin in (dict, Mapping):
        return _record(*(codec(argument, naming) for argument in arguments))
    if origin is Id or annotation is Id:
        return _plain("an id", _is_a(str), dump=_text, load=Id)
    return _named(annotation, origin, arguments, naming)


def _named(annotation: Any, origin: Any, arguments: tuple[Any, ...], naming: Naming) -> Codec:
    if isinstance(annotation, NewType):
        return codec(annotation.__supertype__, naming)
    alias = origin or annotation
    if hasattr(alias, "__value__"):
        return codec(substitute(alias.__value__, dict(zip(alias.__type_params__, arguments, strict=False))), naming)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _one_of({_wire_key(member.value): member for member in annotation}, lambda member: member.value)
    if isinstance(annotation, type) and issubclass(annotation, Table) and annotation.__declaration__.variants:
        return _union([codec(variant, naming) for variant in variants_of(annotation)])
    found = object_type(annotation, naming)
    if found is None:
        raise TypeError(f"{annotation!r} is not a type whose values can travel")
    return _object(found, naming)


def _is_a(*classes: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, classes)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool | Int64)


def _is_integer(value: Any) -> bool:
    return _is_number(value) and value == value // 1 and abs(value) <= GREATEST_INTEGER


def _checked(what: str, fits: Callable[[Any], bool], convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def load(value: Any) -> Any:
        if not fits(value):
            raise WireError(f"expected {what}, got {value!r}")
        return convert(value)

    return load


def _same(value: Any) -> Any:
    return value


def _parsed(what: str, parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    def load(value: Any) -> Any:
        try:
            return parse(value)
        except (ValueError, TypeError, AttributeError, InvalidOperation):
            raise WireError(f"expected {what}, got {value!r}") from None

    return load


def _milliseconds(moment: datetime) -> float:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone, so it is no moment in time")
    return (moment - EPOCH) / MILLISECOND


def _moment(milliseconds: float) -> datetime:
    try:
        return EPOCH + milliseconds * MILLISECOND
    except (ValueError, OverflowError):
        raise WireError(f"{milliseconds!r} milliseconds lead out of the years 1 to 9999") from None


def _text(value: str) -> str:
    """The text of whatever is derived from `str`; `str` itself would give the name of the member of an enumeration."""
    return value if type(value) is str else str.__str__(value)


def _plain(
    what: str, fits: Callable[[Any], bool], *, dump: Callable[[Any], Any] = _same, load: Callable[[Any], Any] = _same
) -> Codec:
    """The codec of values that are nearly the same on the wire. What does not fit is no more dumped than loaded."""
    return Codec(fits, _checked(what, fits, dump), _checked(what, fits, load))


def _as_text(what: str, fits: Callable[[Any], bool], dump: Callable[[Any], str], load: Callable[[Any], Any]) -> Codec:
    return Codec(fits, _checked(what, fits, dump), load)


def _is_date(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


_null = Codec(lambda value: value is None, _same, _checked("null", lambda value: value is None, _same))

_SCALARS: dict[Any, Codec] = {
    None: _null,
    type(None): _null,
    str: _plain("a string", _is_a(str), dump=_text),
    bool: _plain("a boolean", _is_a(bool)),
    bytes: _plain("bytes", _is_a(bytes)),
    float: _plain("a number", _is_number, dump=float, load=float),
    int: _plain("an integer within ±2^53", _is_integer, dump=int, load=int),
    Int64: _plain("a 64-bit integer", _is_a(Int64)),
    datetime: Codec(
        _is_a(datetime),
        _checked("a datetime", _is_a(datetime), _milliseconds),
        _checked("milliseconds since the epoch", _is_number, _moment),
    ),
    date: _as_text("a date", _is_date, date.isoformat, _parsed("a date such as 2024-12-31", date.fromisoformat)),
    UUID: _as_text("a UUID", _is_a(UUID), str, _parsed("a UUID", UUID)),
    Decimal: _as_text("a Decimal", _is_a(Decimal), str, _parsed("a decimal number", Decimal)),
}


def _wire_key(value: Any) -> tuple[bool, Any]:
    """Python takes `True` and `1` for equal, and so `1.0`; on the wire only the numbers are."""
    return isinstance(value, bool), value


def _one_of(choices: Mapping[tuple[bool, Any], Any], dump_choice: Callable[[Any], Any]) -> Codec:
    def load(value: Any) -> Any:
        if isinstance(value, str | bool | int | float) and _wire_key(value) in choices:
            return choices[_wire_key(value)]
        raise WireError(f"expected one of {', '.join(repr(key) for _, key in choices)}, got {value!r}")

    members = tuple(choices.values())

    def accepts(value: Any) -> bool:
        return any(type(value) is type(each) and value == each for each in members)

    what = f"one of {', '.join(map(repr, members))}"
    return Codec(accepts, _checked(what, accepts, dump_choice), load)


def _union(members: Sequence[Codec]) -> Codec:
    def dump(value: Any) -> Any:
        for member in members:
            if member.accepts(value):
                return member.dump(value)
        raise TypeError(f"{value!r} is of no type of the union")

    def load(value: Any) -> Any:
        errors: list[ValueError] = []
        for member in members:
            try:
                return member.load(value)
            except ValueError as error:
                errors.append(error)
        raise errors[0] if len(errors) == 1 else WireError("; ".join(str(error) for error in errors))

    return Codec(lambda value: any(member.accepts(value) for member in members), dump, load)


def _array(element: Codec, build: Callable[[list[Any]], Any]) -> Codec:
    def load(value: Any) -> Any:
        if not isinstance(value, list):
            raise WireError(f"expected an array, got {value!r}")
        items = []
        for index, item in enumerate(value):
            try:
                items.append(element.load(item))
            except WireError as error:
                raise error.inside(index) from None
        return build(items)

    def dump(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise WireError(f"expected a list or tuple, got {value!r}")
        return [_inside(index, element.dump, item) for index, item in enumerate(value)]

    return Codec(lambda value: isinstance(value, list | tuple) and all(map(element.accepts, value)), dump, load)


def _record(key: Codec, item: Codec) -> Codec:
    def load(value: Any) -> Any:
        if not isinstance(value, dict):
            raise WireError(f"expected an object, got {value!r}")
        loaded = {}
        for name, each in value.items():
            try:
                loaded[key.load(name)] = item.load(each)
            except WireError as error:
                raise error.inside(name) from None
        return loaded

    def dump(value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise WireError(f"expected a dict, got {value!r}")
        return {key.dump(name): _inside(name, item.dump, each) for name, each in value.items()}

    return Codec(
        lambda value: (
            isinstance(value, dict) and all(map(key.accepts, value)) and all(map(item.accepts, value.values()))
        ),
        dump,
        load,
    )


def _object(object_: ObjectType, naming: Naming) -> Codec:
    by_wire_name = {field.wire: field for field in object_.fields}
    required = [field.wire for field in object_.fields if field.required]

    @cache
    def codecs() -> dict[str, Codec]:
        """By wire name; not before the first object, because a field may be of the type that is being made."""
        return {field.wire: codec(field.annotation, naming) for field in object_.fields}

    def dump(value: Any) -> dict[str, Any]:
        if object_.cls in type(value).__mro__[1:]:
            dumped: dict[str, Any] = _dump_by_class(value, naming)  # a view or variant has more fields
            return dumped
        if not object_.accepts(value):
            raise WireError(f"expected {object_.cls.__name__}, got {value!r}")
        values = object_.values(value)
        known = codecs()
        return {
            wire: _inside(wire, known[wire].dump, values[field.name])
            for wire, field in by_wire_name.items()
            if values.get(field.name, UNSET) is not UNSET
        }

    def load(value: Any) -> Any:
        if not isinstance(value, dict):
            raise WireError(f"expected an object, got {value!r}")
        for wire in required:
            if wire not in value:
                raise WireError(f"missing field {wire}")
        known = codecs()
        loaded = {}
        for name, each in value.items():
            if name not in known:
                raise WireError(f"unknown field {name}")
            try:
                loaded[by_wire_name[name].name] = known[name].load(each)
            except WireError as error:
                raise error.inside(name) from None
        return object_.make(loaded)

    return Codec(object_.accepts, dump, load)


def _inside(key: str | int, dump: Callable[[Any], Any], value: Any) -> Any:
    try:
        return dump(value)
    except WireError as error:
        raise error.inside(key) from None


def _dump_by_class(value: Any, naming: Naming) -> Any:
    if isinstance(value, list | tuple):
        return [_dump_by_class(item, naming) for item in value]
    if isinstance(value, dict):
        return {key: _dump_by_class(item, naming) for key, item in value.items()}
    annotation: Any = type(value)
    return codec(annotation, naming).dump(value)
