"""Fixtures that tests of several packages share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.fixtures.projects import FIXTURE_PROJECTS, NODE_MODULES, Fixture


@pytest.fixture(params=FIXTURE_PROJECTS, ids=lambda fixture: fixture.name)
def fixture_project(request: pytest.FixtureRequest) -> Fixture:
    """Each of the projects in `fixtures/projects`, as it lies in the repository: to be read, not written."""
    project = request.param
    assert isinstance(project, Fixture)
    return project


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The npm packages that generated TypeScript is made for. Skips without them; CI allows no skips."""
    if shutil.which("node") is None or not NODE_MODULES.is_dir():
        pytest.skip("needs Node and `npm ci --prefix fixtures`")
    return NODE_MODULES
