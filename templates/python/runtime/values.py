"""How Python values travel to a Convex server and back.

On the wire there are eight kinds of values, written as JSON in which a number is always
a float and the rest is tagged (`{"$integer": ...}`). `decode` and `encode` move between
that JSON and Python's own values. The `Wire...` types add what Convex does not have: an
`int`, a `datetime`, a `date`, a `UUID` or a `Decimal` is checked and converted where the
declaration asks for it. To a type checker they are the plain types.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum, IntEnum, StrEnum
from typing import (
    Annotated,
    Any,
    Final,
    Generic,
    Literal,
    NoReturn,
    Self,
    TypeAlias,
    TypeVar,
    cast,
    get_args,
)
from uuid import UUID

from pydantic import GetCoreSchemaHandler, PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

JsonValue: TypeAlias = (
    "None | bool | float | str | list[JsonValue] | dict[str, JsonValue]"
)
JsonObject: TypeAlias = dict[str, JsonValue]

LARGEST_EXACT_INTEGER: Final = 2**53
"""Up to here, in both directions, a float holds every integer."""

_KEY: Final = re.compile(r"(?!\$)[ -~]*")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Unset(Enum):
    """The type of `UNSET`. It is false, so `if message.edited_at:` does what it says."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Stands for a value that is not there, which is something else than `None`."""


class Receiving(Enum):
    """How closely a value that came from the server is held to its declaration.

    First `AS_DECLARED`; when that fails, `TOLERANTLY`: enum members and literals that
    this client does not know yet are let through. A value to be sent has no such context.
    """

    AS_DECLARED = 1
    TOLERANTLY = 2


TableT_co = TypeVar("TableT_co", covariant=True)


class Id(str, Generic[TableT_co]):
    """The id of a document: a string that knows its table, `Id[Literal["messages"]]`.

    Text that comes from elsewhere is made an id by calling it:
    `Id[Literal["messages"]](text)`. Only the server can tell whether it is one.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(strict=True)
        )


class Int64(int):
    """A 64-bit integer where no declaration says so: inside a value typed `Any`."""

    def __new__(cls, value: int) -> Self:
        if not -(2**63) <= value < 2**63:
            raise ValueError(f"{value} does not fit into 64 bits")
        return super().__new__(cls, value)


# --- JSON -----------------------------------------------------------------------------


def decode(value: JsonValue) -> Any:
    """The Python value of encoded JSON: numbers are `float`, tagged ones `Int64`.

    Raises `ValueError` for JSON that is not an encoded value.
    """
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, list):
        return [decode(item) for item in value]
    for key in value:
        if key.startswith("$"):
            return _decode_tagged(value)
    return {key: decode(item) for key, item in value.items()}


def _decode_tagged(value: JsonObject) -> Int64 | float | bytes:
    match value:
        case {"$integer": str(text), **rest} if not rest:
            (integer,) = struct.unpack("<q", _from_base64(text, 8))
            return Int64(integer)
        case {"$float": str(text), **rest} if not rest:
            (number,) = struct.unpack("<d", _from_base64(text, 8))
            return float(number)
        case {"$bytes": str(text), **rest} if not rest:
            return _from_base64(text)
        case _:
            raise ValueError(f"not an encoded value: {value!r}")


def _from_base64(text: str, size: int | None = None) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"not base64: {text!r}") from error
    if size is not None and len(data) != size:
        raise ValueError(f"not {size} bytes: {text!r}")
    return data


def encode(value: object) -> JsonValue:
    """The encoded JSON of a Python value.

    Raises `ValueError` for a value that Convex cannot hold.
    """
    # An enum member may be a str or an int, and a bool is an int: the order matters.
    match value:
        case None | bool():
            return value
        case Enum() if value is not UNSET:
            return encode(value.value)
        case str():
            return _encode_text(value)
        case int():
            return _encode_integer(value)
        case float():
            return _encode_float(value)
        case bytes() | bytearray():
            return {"$bytes": base64.b64encode(value).decode()}
        case Mapping():
            items = cast(Mapping[object, object], value).items()
            return {_encode_key(key): encode(item) for key, item in items}
        case Sequence():
            return [encode(item) for item in cast(Sequence[object], value)]
        case datetime():
            return _encode_float((_aware(value) - _EPOCH) / _MILLISECOND)
        case date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
        case _:
            return _encode_object(value)


def _encode_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"not valid Unicode: {text!r}") from error
    return str(text)


def _encode_integer(value: int) -> JsonValue:
    if isinstance(value, Int64):
        return {"$integer": base64.b64encode(struct.pack("<q", value)).decode()}
    if abs(value) > LARGEST_EXACT_INTEGER:
        raise ValueError(f"{value} is beyond ±2**53 and would lose digits as a number")
    return float(value)


def _encode_float(value: float) -> JsonValue:
    value = float(value)
    if math.isfinite(value) and not (value == 0 and math.copysign(1, value) < 0):
        return value
    return {"$float": base64.b64encode(struct.pack("<d", value)).decode()}


def _encode_key(key: object) -> str:
    if isinstance(key, str) and _KEY.fullmatch(key):
        return str(key)
    raise ValueError(f"not printable ASCII without a leading $ as a key: {key!r}")


def _encode_object(value: object) -> JsonObject:
    from .models import WireModel  # it needs this module

    if isinstance(value, WireModel):
        items = value.wire_items()
        return {name: encode(item) for name, item in items if item is not UNSET}
    raise ValueError(f"a {type(value).__name__} is not a Convex value: {value!r}")


# --- Types ----------------------------------------------------------------------------


def _refuse(expected: str) -> NoReturn:
    raise PydanticCustomError(
        "convex_value", "Input should be {expected}", {"expected": expected}
    )


def _int(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, (bool, Int64)):
        _refuse("an integer")
    if abs(value) > LARGEST_EXACT_INTEGER:
        _refuse("an integer within ±2**53")
    return value


def _int64(value: Any) -> Int64:
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse("a 64-bit integer")
    try:
        return Int64(value)
    except ValueError:
        _refuse("an integer of 64 bits")


def _float(value: Any) -> float:
    if not isinstance(value, (float, int)) or isinstance(value, (bool, Int64)):
        _refuse("a number")
    return float(value)


def _aware(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise ValueError(f"a datetime without a time zone is ambiguous: {value!r}")
    return value


def _datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            _refuse("a datetime with a time zone")
        return value
    if isinstance(value, float):
        try:
            return _EPOCH + timedelta(milliseconds=value)
        except (OverflowError, ValueError):
            pass
    _refuse("a datetime, in milliseconds since the epoch")


def _parsed(
    kind: type[Any], parse: Callable[[str], Any], expected: str
) -> PlainValidator:
    def validate(value: Any) -> Any:
        if isinstance(value, kind) and not isinstance(value, datetime):
            return value
        if isinstance(value, str):
            try:
                return parse(value)
            except (ValueError, InvalidOperation):
                pass
        _refuse(expected)

    return PlainValidator(validate)


WireInt: TypeAlias = Annotated[int, PlainValidator(_int)]
WireInt64: TypeAlias = Annotated[int, PlainValidator(_int64)]
WireFloat: TypeAlias = Annotated[float, PlainValidator(_float)]
"""A `float` that stands beside an `int64` in a union, where the two must not mix."""
WireDatetime: TypeAlias = Annotated[datetime, PlainValidator(_datetime)]
"""Milliseconds on the wire. From 1831 to 2109 a float tells microseconds apart."""
WireDate: TypeAlias = Annotated[
    date, _parsed(date, date.fromisoformat, "a date such as 2026-01-31")
]
WireUuid: TypeAlias = Annotated[UUID, _parsed(UUID, UUID, "a UUID")]
WireDecimal: TypeAlias = Annotated[
    Decimal, _parsed(Decimal, Decimal, "a decimal number in a string")
]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a `Literal` whose members may be numbers, or may become more.

    `open`: a string or integer that came from the server and that this client does not
    know yet is let through as it is.
    """

    open: bool = True

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        members = get_args(source)
        known = {(isinstance(member, bool), member): member for member in members}
        names = ", ".join(map(repr, members))

        def validate(value: Any, info: ValidationInfo) -> Any:
            if isinstance(value, (str, int, float)):
                key = (isinstance(value, bool), value)
                if key in known and not isinstance(value, Int64):
                    return known[key]
                if self.open and info.context is Receiving.TOLERANTLY:
                    return _unknown_member(value, members)
            _refuse(f"one of {names}")

        return core_schema.with_info_plain_validator_function(validate)


OPEN: Final = OneOf()
CLOSED: Final = OneOf(open=False)


def _unknown_member(value: str | float, known: tuple[Any, ...]) -> str | int:
    """`value` as a further member beside `known`: it must be of the same kind."""
    if isinstance(value, str) and any(isinstance(member, str) for member in known):
        return value
    integers = any(type(member) is int for member in known)
    if integers and isinstance(value, float) and value.is_integer():
        return int(value)
    _refuse("a value of the kind that the known ones have")


class _OpenEnum:
    """An enum that accepts members which the server has added since.

    They are proper members of the type but for their names, which are their values.
    """

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        known: dict[tuple[bool, Any], Any] = {
            (False, member.value): member for member in source
        }
        values = tuple(value for _, value in known)
        names = ", ".join(map(repr, values))

        def validate(value: Any, info: ValidationInfo) -> Any:
            if isinstance(value, cls):
                return value
            if isinstance(value, (str, int, float)) and not isinstance(value, Int64):
                key = (isinstance(value, bool), value)
                if key in known:
                    return known[key]
                if info.context is Receiving.TOLERANTLY:
                    return _unnamed_member(source, _unknown_member(value, values))
            _refuse(f"one of {names}")

        return core_schema.with_info_plain_validator_function(validate)


class WireStrEnum(_OpenEnum, StrEnum):
    """The base of enums of strings."""


class WireIntEnum(_OpenEnum, IntEnum):
    """The base of enums of integers."""


class WireEnum(_OpenEnum, Enum):
    """The base of enums of strings and integers."""


def _unnamed_member(enum: type[Enum], value: str | int) -> Enum:
    if issubclass(enum, str):
        member: Any = str.__new__(enum, value)
    elif issubclass(enum, int):
        member = int.__new__(enum, value)
    else:
        member = object.__new__(enum)
    member._name_ = str(value)
    member._value_ = value
    return cast(Enum, member)


@dataclass(frozen=True, slots=True, kw_only=True)
class WireLimits:
    """The constraints of a declaration. They bind what is made and sent here.

    What the server sends is not held to them: old documents may be older than a limit.
    """

    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_after_validator_function(
            self._check, handler(source)
        )

    def _check(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(info.context, Receiving):
            if isinstance(value, (int, float, Decimal)):
                self._check_number(value)
            elif hasattr(value, "__len__"):
                self._check_length(value)
        return value

    def _check_number(self, value: Any) -> None:
        if self.ge is not None and not value >= self.ge:
            _refuse(f"at least {self.ge}")
        if self.gt is not None and not value > self.gt:
            _refuse(f"more than {self.gt}")
        if self.le is not None and not value <= self.le:
            _refuse(f"at most {self.le}")
        if self.lt is not None and not value < self.lt:
            _refuse(f"less than {self.lt}")
        if self.multiple_of is not None and not _is_multiple(value, self.multiple_of):
            _refuse(f"a multiple of {self.multiple_of}")

    def _check_length(self, value: Any) -> None:
        if self.min_length is not None and len(value) < self.min_length:
            _refuse(f"of length {self.min_length} or more")
        if self.max_length is not None and len(value) > self.max_length:
            _refuse(f"of length {self.max_length} or less")
        if self.pattern is not None and not re.search(self.pattern, value):
            _refuse(f"text that matches {self.pattern}")


def _is_multiple(value: Any, of: float) -> bool:
    remainder = abs(math.remainder(float(value), of))
    return remainder <= abs(of) * 1e-9
