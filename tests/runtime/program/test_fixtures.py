"""The projects of `fixtures/` load, and every function and table of theirs is there."""

from __future__ import annotations

import sys

import pytest

from convexgen.analysis.analyse import module_name
from convexgen.cli.project import read_project
from convexgen.discover import discover
from convexgen.runtime.program.reloading import Loader
from tests.fixtures.projects import FIXTURE_PROJECTS, Fixture
from tests.oracle.importing import forget_types


@pytest.mark.parametrize("fixture", FIXTURE_PROJECTS, ids=lambda each: each.name)
def test_loads(fixture: Fixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(fixture.root))
    before = set(sys.modules)
    settings = read_project(fixture.root, {}).settings
    assert settings is not None
    names = [module_name(each.path, fixture.source) for each in discover(fixture.root, settings).sources]
    loader = Loader(fixture.root, fixture.source, settings.naming)
    try:
        program = loader.load(names)
    finally:
        loader.close()
        forget_types()
    declared = [f"{module.wire}:{each.wire}" for module in program.ir.modules for each in module.functions]
    assert sorted(program.functions) == sorted(declared)
    assert sorted(program.paths.values()) == sorted(declared)
    tables = [table.name for module in program.ir.modules for table in module.tables]
    assert sorted(program.tables) == sorted([*tables, "_scheduled_functions", "_storage"])
    assert not [name for name in set(sys.modules) - before if name.partition(".")[0] == fixture.source]
