"""What a value is: the few types that the engine stores, compares and sends, and what keeps something from being one.

Python takes `1`, `1.0` and `True` for equal. The engine does not: it goes by the exact class of a value, and a bare
`int` is none of them, so that nobody has to guess which of two numbers was meant.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TypeAlias

from convexgen.authoring.ids import Int64

Value: TypeAlias = "bool | float | Int64 | str | bytes | list[Value] | dict[str, Value] | None"
"""A value of the engine. Text is valid Unicode; names of fields obey `check_field_name`."""

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""What a JSON text says. Numbers without a point are `int`, as Python reads them."""

MAXIMUM_NESTING = 64
MAXIMUM_ITEMS = 8192
MAXIMUM_FIELDS = 1024
MAXIMUM_NAME = 1024
"""Of any value: levels of arrays and objects, items of an array, fields of an object, bytes of a field's name."""

_is_field_name = re.compile(rf"(?!\$)[ -~]{{0,{MAXIMUM_NAME}}}").fullmatch


class InvalidValueError(ValueError):
    """Something that is not a value, or not a JSON text, or larger than it may be. Its text is for clients to see."""


def too_nested(what: str, levels: int, limit: int) -> InvalidValueError:
    """The error for a value or a document (`what`) in which more arrays and objects stand in one another than may."""
    return InvalidValueError(f"{what} is too nested (nested {levels} levels deep > maximum nesting {limit})")


def check_items(count: int) -> None:
    """Raises `InvalidValueError` for an array that is too long."""
    if count > MAXIMUM_ITEMS:
        raise InvalidValueError(f"Array length is too long ({count} > maximum length {MAXIMUM_ITEMS})")


def check_fields(count: int) -> None:
    """Raises `InvalidValueError` for an object with too many fields."""
    if count > MAXIMUM_FIELDS:
        raise InvalidValueError(f"Object has too many fields ({count} > maximum number {MAXIMUM_FIELDS})")


def check_text(text: str) -> None:
    """Raises `InvalidValueError` if `text` is no Unicode: half of a surrogate pair stands for no character."""
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            f"String has a lone surrogate at position {error.start}, so it is not Unicode"
        ) from None


@lru_cache(4096)
def check_field_name(name: str) -> None:
    """Raises `InvalidValueError` for what cannot be the name of a field of a value. The empty name can.

    The same few names come again and again, so what was right is remembered.
    """
    if _is_field_name(name):
        return
    if name.startswith("$"):
        raise InvalidValueError(f"Field name {_shown(name)} starts with '$', which is reserved.")
    if strange := next((character for character in name if not " " <= character <= "~"), None):
        raise InvalidValueError(
            f"Field name {_shown(name)} has invalid character {strange!a}: "
            "Field names can only contain non-control ASCII characters"
        )
    raise InvalidValueError(f"Field name {_shown(name)} exceeds maximum field name length {MAXIMUM_NAME}.")


def _shown(name: str) -> str:
    """`name` in a message, which has to be Unicode itself."""
    return name.encode(errors="backslashreplace").decode()


def is_plain_number(number: float) -> bool:
    """Whether JSON has a number for this float: not for the infinite ones, nor for -0, which JavaScript prints as 0."""
    return math.isfinite(number) and (number != 0 or math.copysign(1, number) > 0)
