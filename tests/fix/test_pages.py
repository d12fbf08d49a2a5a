"""What the catalogue says of mends holds for the examples of the rules' own pages."""

from __future__ import annotations

import pytest

from convexgen.fix import fix
from convexgen.rules import ALL
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile
from tests.rules.pages import page_names, read_page

WITHOUT = {"index-field", "index-range", "not-a-table", "query-chain"}
"""Rules of which some findings have an obvious mend, but none of those that their pages show."""
MENDABLE = {rule.name for rule in ALL if rule.mend is not None and rule.name in page_names()}


def _example(name: str) -> Snapshot:
    files = (file for file in read_page(name).example if file.path.endswith(".py") and not file.words)
    return Snapshot(tuple(SourceFile.of(file.path, (file.text or "").encode()) for file in files), {})


@pytest.mark.parametrize("name", sorted(MENDABLE - WITHOUT))
def test_the_example_of_a_page_can_be_mended(name: str) -> None:
    fixed = fix(_example(name), Settings(), unsafe=True)
    assert name in {each.finding.rule.name for each in fixed.mended}


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_an_example_without_an_obvious_mend_is_left_alone(name: str) -> None:
    assert fix(_example(name), Settings(), unsafe=True).mended == ()
