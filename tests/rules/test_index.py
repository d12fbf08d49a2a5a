"""The index of all rules is what is made of the catalogue."""

from __future__ import annotations

from tests.rules.index import COMMAND, INDEX, index


def test_the_index_is_up_to_date() -> None:
    assert INDEX.read_text(encoding="utf-8") == index(), f"run `{COMMAND}` and commit the result"
