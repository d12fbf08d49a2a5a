"""Python names of what is on the wire: snake case, identifiers, none twice."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.naming import wire_name
from convexgen.spec_client import python_names, shapes
from convexgen.spec_client.python_names import module_paths, snake_case

WIRES = st.text(st.characters(codec="utf-8"), max_size=12) | st.from_regex(r"\A[A-Za-z_$][A-Za-z0-9_$-]{0,12}\Z")


@pytest.mark.parametrize("module", [python_names, shapes])
def test_examples(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("HTMLParser", "html_parser"),
        ("oauth2Token", "oauth2_token"),
        ("_creationTime", "creation_time"),
        ("SCREAMING_CASE", "screaming_case"),
        ("already_snake", "already_snake"),
        ("a b", "a_b"),
        ("$", "x"),
        ("größe", "größe"),
    ],
)
def test_snake_case(wire: str, name: str) -> None:
    assert snake_case(wire) == name


@given(st.from_regex(r"\A[a-z]{2,5}(_[a-z]{2,5}){0,3}\Z"))
def test_names_come_back_from_camel_case(name: str) -> None:
    assert snake_case(wire_name(name, "camel")) == name


@given(st.lists(WIRES, max_size=8))
def test_no_name_is_given_twice(wires: list[str]) -> None:
    chosen = python_names.python_names(wires)
    assert chosen == python_names.python_names(reversed(wires))
    assert chosen.keys() == set(wires)
    assert len(set(chosen.values())) == len(chosen)


@given(st.lists(st.lists(WIRES.map(lambda part: part.replace("/", "")), min_size=1, max_size=3), max_size=6))
def test_modules_of_a_folder_stay_together(paths: list[list[str]]) -> None:
    chosen = module_paths("/".join(parts) for parts in paths)
    assert len(set(chosen.values())) == len(chosen)
    for wire, path in chosen.items():
        assert wire.count("/") == path.count(".")
        for other, place in chosen.items():
            same_folder = wire.split("/")[0] == other.split("/")[0]
            assert (path.split(".")[0] == place.split(".")[0]) is same_folder


def test_what_is_written_alike_keeps_its_name() -> None:
    assert python_names.python_names(["aB", "a-b", "a_b"]) == {"a_b": "a_b", "a-b": "a_b_2", "aB": "a_b_3"}
