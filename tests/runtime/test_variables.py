"""What variables may be, and that they are kept as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.runtime.variables import (
    MAXIMUM,
    MAXIMUM_SIZE,
    Changes,
    InvalidVariableError,
    changed,
    read_variables,
    write_variables,
)

NAMES = st.text("abYZ_09", max_size=9).map("v".__add__)
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=50)


@given(st.dictionaries(NAMES, VALUES), st.dictionaries(NAMES, st.none() | VALUES))
def test_changes_are_made_and_nothing_else(before: dict[str, str], changes: Changes) -> None:
    after = changed(before, changes)

    assert after == {name: value for name, value in {**before, **changes}.items() if value is not None}
    assert list(after) == sorted(after)
    assert read_variables(write_variables(after)) == after


def test_where_nothing_was_kept_there_are_none() -> None:
    assert read_variables(None) == {}


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        (
            {"1": "x"},
            "InvalidEnvVarName",
            "'1' is no name of a variable: it has letters, digits and '_', at most 40, and begins with no digit",
        ),
        (
            {"a\n": None},
            "InvalidEnvVarName",
            "'a\\n' is no name of a variable: it has letters, digits and '_', at most 40, and begins with no digit",
        ),
        (
            {"": "x"},
            "InvalidEnvVarName",
            "'' is no name of a variable: it has letters, digits and '_', at most 40, and begins with no digit",
        ),
        ({"A": "é" * (MAXIMUM_SIZE // 2) + "x"}, "EnvVarTooLarge", "the value of A is longer than 8192 bytes"),
        ({"A": "a\0b"}, "InvalidEnvVarValue", "the value of A has a null character in it"),
        (
            {f"A{number}": "" for number in range(MAXIMUM + 1)},
            "TooManyEnvVars",
            "a deployment has 1000 variables at most",
        ),
    ],
)
def test_what_no_variable_can_be(changes: Changes, code: str, text: str) -> None:
    with pytest.raises(InvalidVariableError) as refused:
        changed({}, changes)
    assert (refused.value.code, str(refused.value)) == (code, text)


def test_the_most_there_can_be() -> None:
    full = changed({}, {f"A{number}": "x" * MAXIMUM_SIZE for number in range(MAXIMUM)})
    assert len(full) == MAXIMUM
    assert len(changed(full, {"A0": None, "B": ""})) == MAXIMUM
