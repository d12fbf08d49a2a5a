"""Templates of the functions and tables of all fixtures, held against the types that they stand for."""

from __future__ import annotations

import pytest

from convexgen.cli.project import open_project
from convexgen.discover import discover
from convexgen.ir import Constrained, Field, IdOf, Ir, UnionOf
from convexgen.plan import compile_ir
from convexgen.runtime.program.checks import Checks
from convexgen.runtime.program.shapes import Shapes
from convexgen.runtime.system.dashboard.templates import Templates
from tests.fixtures.projects import FIXTURE_PROJECTS, Fixture


def program_of(fixture: Fixture) -> Ir:
    project = open_project(fixture.root, {})
    assert project.settings is not None
    found, _ = compile_ir(discover(project.root, project.settings), project.settings)
    assert found is not None
    return found


@pytest.mark.parametrize("fixture", FIXTURE_PROJECTS, ids=lambda fixture: fixture.name)
def test_what_does_not_fit_is_what_nobody_can_know(fixture: Fixture) -> None:
    """Ids of documents, and what constraints ask for beyond the type."""
    program = program_of(fixture)
    shapes = Shapes.of(program)
    templates, checks = Templates(shapes), Checks(shapes)
    taken: list[tuple[Field, ...]] = [each.args for module in program.modules for each in module.functions]
    taken += [each.fields for module in program.modules for each in module.tables if not each.variants]
    assert taken

    for fields in taken:
        problem = checks.arguments(fields)(templates.fields(fields), {})

        while problem is not None and isinstance(problem.type, UnionOf):
            problem = checks.of(problem.type.members[0], "input")(problem.value, {})
        assert problem is None or isinstance(problem.type, IdOf | Constrained), problem
