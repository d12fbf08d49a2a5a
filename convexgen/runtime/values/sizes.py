"""How large values are, and how large they may be. What counts is neither the size in memory nor that of a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from convexgen.authoring.ids import Int64
from convexgen.runtime.values.domain import InvalidValueError, Value, too_nested

MAXIMUM_DOCUMENT_NESTING = 16
MAXIMUM_DOCUMENT_SIZE = 2**20
MAXIMUM_ARGUMENTS_SIZE = 2**24
MAXIMUM_RESULT_SIZE = 2**24
MAXIMUM_SIZE = 2**25
"""Levels of a document, itself being the first; bytes, as `size` counts them, the last of any value whatever."""

_is_identifier = re.compile(r"(?=_*[A-Za-z0-9])[A-Za-z_][A-Za-z0-9_]{0,63}").fullmatch
_SIZES: Final[Mapping[type, int]] = {type(None): 1, bool: 1, float: 9, Int64: 9}
_SYSTEM_FIELDS = frozenset(("_id", "_creationTime"))


def size(value: Value) -> int:
    """The bytes that a value counts for, in every limit."""
    fixed = _SIZES.get(type(value))  # first, and by the class: all that is read and written is counted
    if fixed is not None:
        return fixed
    if isinstance(value, str):
        return 2 + (len(value) if value.isascii() else len(value.encode()))
    if isinstance(value, dict):
        return 2 + len(value) + sum(map(len, value)) + sum(map(size, value.values()))
    if isinstance(value, list):
        return 2 + sum(map(size, value))
    assert isinstance(value, bytes)
    return 2 + len(value)


def nesting(value: Value) -> int:
    """How many arrays and objects stand in one another, at most: 0 for a number, 1 for `[]`."""
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(nesting, value), default=0)
    return 0


def check_document(document: dict[str, Value]) -> int:
    """The size of a document that is about to be stored, with its system fields.

    Raises `InvalidValueError` if it may not be stored: nested too deeply, too large, or with fields that documents
    cannot have.
    """
    for name in document:
        _check_document_field(name)
    levels = nesting(document)
    if levels > MAXIMUM_DOCUMENT_NESTING:
        raise too_nested("Document", levels, MAXIMUM_DOCUMENT_NESTING)
    return check_size(document, MAXIMUM_DOCUMENT_SIZE)


def check_size(value: Value, limit: int = MAXIMUM_SIZE) -> int:
    """The size of a value. Raises `InvalidValueError` if it is more than `limit`."""
    actual = size(value)
    if actual > limit:
        raise InvalidValueError(f"Value is too large ({readable(actual)} > maximum size {readable(limit)})")
    return actual


@lru_cache(4096)
def _check_document_field(name: str) -> None:
    if name in _SYSTEM_FIELDS:
        return
    if name.startswith("_"):
        raise InvalidValueError(
            f"Field name {name} starts with '_', which is only allowed for system fields like '_id'"
        )
    if not _is_identifier(name):
        raise InvalidValueError(
            f"Field name {name} is not an identifier: fields of documents have up to 64 letters, digits and "
            "underscores, and do not start with a digit"
        )


def check_arguments(function: str, arguments: dict[str, Value]) -> None:
    """Raises `InvalidValueError` if the arguments of a function, such as `messages.js:send`, are too large."""
    actual = 2 + size(arguments)  # they travel in an array
    if actual > MAXIMUM_ARGUMENTS_SIZE:
        raise InvalidValueError(f"Arguments for {function} are too large ({_compared(actual, MAXIMUM_ARGUMENTS_SIZE)})")


def check_result(function: str, result: Value) -> None:
    """Raises `InvalidValueError` if what `function` returned is too large to be sent."""
    actual = size(result)
    if actual > MAXIMUM_RESULT_SIZE:
        comparison = _compared(actual, MAXIMUM_RESULT_SIZE)
        raise InvalidValueError(f"Function {function} return value is too large ({comparison})")


def _compared(actual: int, limit: int) -> str:
    return f"actual: {readable(actual)}, limit: {readable(limit)}"


def readable(count: int) -> str:
    """A number of bytes as messages show it: `512 B`, `1 MiB`, `1.05 MiB`."""
    amount, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if amount < 1024:
            break
        amount, unit = amount / 1024, larger
    return f"{amount:.0f} {unit}" if amount.is_integer() else f"{amount:.2f} {unit}"
