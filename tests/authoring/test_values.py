"""`Id`, `Int64` and `UNSET` inside and outside pydantic models."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from convexgen import UNSET, Id, Int64, Unset


class Profile(BaseModel):
    nickname: str | Unset = UNSET
    age: int | Unset | None = UNSET


def test_unset_is_falsy_and_one() -> None:
    assert not UNSET
    assert (repr(UNSET), list(Unset)) == ("UNSET", [UNSET])


@pytest.mark.parametrize(
    ("profile", "dumped", "text"),
    [
        (Profile(), {}, "{}"),
        (Profile(nickname="", age=None), {"nickname": "", "age": None}, '{"nickname":"","age":null}'),
        (Profile(nickname=UNSET, age=3), {"age": 3}, '{"age":3}'),
    ],
)
def test_unset_fields_of_any_model_are_absent_from_dumps(profile: Profile, dumped: dict[str, Any], text: str) -> None:
    assert (profile.model_dump(), profile.model_dump_json()) == (dumped, text)
    assert Profile.model_validate(dumped) == profile


def test_the_text_of_unset_is_not_unset() -> None:
    assert Profile(nickname="UNSET").nickname == "UNSET"
    with pytest.raises(ValidationError):
        Profile.model_validate({"age": "UNSET"})


def test_unset_leaves_dataclasses_alone() -> None:
    @dataclasses.dataclass
    class Point:
        x: int | Unset = UNSET

    assert Point() == Point(UNSET)


def test_ids_are_text_that_pydantic_keeps_as_ids() -> None:
    adapter = TypeAdapter(dict[Id[Any], Id[Any]])
    value = adapter.validate_python({"a": "b"})
    assert value == {"a": "b"}
    assert {type(each) for pair in value.items() for each in pair} == {Id}
    assert adapter.dump_json(value) == b'{"a":"b"}'
    with pytest.raises(ValidationError):
        adapter.validate_python({"a": 3})


@pytest.mark.parametrize("value", [-(2**63), 0, 2**63 - 1])
def test_int64_keeps_its_range(value: int) -> None:
    assert Int64(value) == value
    assert type(TypeAdapter(Int64).validate_python(value)) is Int64


@pytest.mark.parametrize("value", [-(2**63) - 1, 2**63])
def test_int64_refuses_what_does_not_fit(value: int) -> None:
    with pytest.raises(ValueError, match="does not fit into 64 bits"):
        Int64(value)
    with pytest.raises(ValidationError):
        TypeAdapter(Int64).validate_python(value)
