"""The oracle on real input: what is read in the text of a project is what is there when it is imported."""

from __future__ import annotations

from convexgen.dev.two_readings import differences
from convexgen.discover import discover
from convexgen.plan import compile_ir
from convexgen.project_files import PYPROJECT
from convexgen.runtime.reflect import reflect
from convexgen.settings_file import load
from tests.fixtures.projects import Fixture
from tests.oracle.importing import imported


def test_reading_equals_reflection(fixture_project: Fixture) -> None:
    settings, problems = load((fixture_project.root / PYPROJECT).read_text("utf-8"), {}, {})
    assert settings is not None, problems
    snapshot = discover(fixture_project.root, settings)
    read, findings = compile_ir(snapshot, settings)
    assert read is not None, findings
    with imported(fixture_project.root, settings.source, snapshot) as modules:
        reflected = reflect(modules, settings.naming)
    assert differences(read, reflected) == []
