"""A deployment's variables over those of a process, and nothing of them when they are gone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convexgen.dev.process_variables import ProcessVariables

VARIABLES = st.dictionaries(st.sampled_from("ABCDE"), st.text(max_size=2))


@given(VARIABLES, st.lists(VARIABLES))
def test_they_are_over_those_of_the_process_which_come_back(own: dict[str, str], puts: list[dict[str, str]]) -> None:
    environ = dict(own)
    variables = ProcessVariables(environ)
    for each in puts:
        foreseen = variables.with_these(each)
        variables.put(each)
        assert environ == foreseen == {**own, **each}
    variables.put({})
    assert environ == own
