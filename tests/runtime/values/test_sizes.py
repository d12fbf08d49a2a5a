"""Sizes by the formula, and what is said of values beyond the limits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given

from convexgen import Int64
from convexgen.runtime.values import (
    InvalidValueError,
    Value,
    check_arguments,
    check_document,
    check_result,
    check_size,
    nesting,
    readable,
    size,
)
from tests.runtime.values.strategies import VALUES

SYSTEM_FIELDS: dict[str, Value] = {"_id": "z43zp6c3e75gkmz1kfwj6mbbx5sw281h", "_creationTime": 0.0}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, 1),
        (False, 1),
        (Int64(7), 9),
        (math.nan, 9),
        ("", 2),
        ("aé😀", 2 + 1 + 2 + 4),
        (b"abc", 5),
        ([], 2),
        ([None, "a"], 2 + 1 + 3),
        ({}, 2),
        ({"a": None, "": True}, 2 + (1 + 1 + 1) + (0 + 1 + 1)),
        (SYSTEM_FIELDS, 2 + 38 + 23),
    ],
)
def test_the_formula(value: Value, expected: int) -> None:
    assert size(value) == expected


@given(VALUES)
def test_a_container_counts_more_than_what_it_holds(value: Value) -> None:
    assert size(value) > 0
    assert size([value]) == size(value) + 2
    assert size({"ab": value}) == size(value) + 5
    assert nesting([value, value]) == nesting({"a": value}) == nesting(value) + 1


@pytest.mark.parametrize(
    ("value", "levels"), [(None, 0), ("a", 0), ([], 1), ({}, 1), ([[], {}], 2), ({"a": [1.0], "b": None}, 2)]
)
def test_empty_containers_are_a_level(value: Value, levels: int) -> None:
    assert nesting(value) == levels


def _text(count: int) -> str:
    """A string that counts for so many bytes."""
    return "x" * (count - 2)


def test_documents_have_limits() -> None:
    overhead = 2 + 38 + 23 + len("t") + 1
    assert check_document({**SYSTEM_FIELDS, "t": _text(2**20 - overhead)}) == 2**20
    with pytest.raises(InvalidValueError) as too_large:
        check_document({**SYSTEM_FIELDS, "t": _text(1_100_000)})
    assert str(too_large.value) == "Value is too large (1.05 MiB > maximum size 1 MiB)"
    deep: Value = None
    for _ in range(15):
        deep = [deep]
    check_document({"a": deep})
    with pytest.raises(InvalidValueError) as too_deep:
        check_document({"a": [deep]})
    assert str(too_deep.value) == "Document is too nested (nested 17 levels deep > maximum nesting 16)"


@pytest.mark.parametrize("name", ["a", "A9_", "a" * 64, "_id", "_creationTime"])
def test_fields_of_documents_are_identifiers(name: str) -> None:
    assert check_document({name: None}) == 2 + len(name) + 2
    assert check_document({"a": {"not an identifier": {"_a": None}}})


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a b", "a" * 65, "é", "a\n"])
def test_what_is_no_identifier_is_no_field_of_a_document(name: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        check_document({name: None})
    assert str(refused.value) == (
        f"Field name {name} is not an identifier: fields of documents have up to 64 letters, digits and underscores, "
        "and do not start with a digit"
    )


@pytest.mark.parametrize("name", ["_a", "__", "_ID"])
def test_fields_of_the_system_are_its_own(name: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        check_document({name: None})
    assert str(refused.value) == (
        f"Field name {name} starts with '_', which is only allowed for system fields like '_id'"
    )


def test_calls_have_limits() -> None:
    check_arguments("m.js:f", {"a": _text(2**24 - 6)})
    with pytest.raises(InvalidValueError) as arguments:
        check_arguments("m.js:f", {"a": _text(2**24 - 5)})
    assert str(arguments.value) == "Arguments for m.js:f are too large (actual: 16.00 MiB, limit: 16 MiB)"
    check_result("m.js:f", _text(2**24))
    with pytest.raises(InvalidValueError) as result:
        check_result("m.js:f", _text(2**24 + 2**23))
    assert str(result.value) == "Function m.js:f return value is too large (actual: 24 MiB, limit: 16 MiB)"


def test_any_value_has_a_limit() -> None:
    assert check_size(_text(2**25)) == 2**25
    with pytest.raises(InvalidValueError) as refused:
        check_size(_text(2**25 + 2**20))
    assert str(refused.value) == "Value is too large (33 MiB > maximum size 32 MiB)"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1025, "1.00 KiB"),
        (9_000_000, "8.58 MiB"),
        (2**30, "1 GiB"),
        (2**40, "1024 GiB"),
    ],
)
def test_sizes_are_readable(count: int, text: str) -> None:
    assert readable(count) == text
