"""Fixtures that tests of several packages share."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from convexgen.discover import cache_folder
from tests.fixtures.projects import FIXTURE_PROJECTS, NODE_MODULES, Fixture
from tests.postgres import end_server

# The ordinary run asks the same questions every time, so that it fails for a change and never for luck.
# `pytest --hypothesis-profile=search` looks for new ones, and shrinks what it finds.
_REPEATABLE = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, phases=_REPEATABLE)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile("repeatable")

# Whoever runs the tests in the background may have them ignore interrupts, and what they start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test comes first, lest one process be at it alone when the others are done."""
    items.sort(key=lambda item: item.name != "test_ruff_and_mypy_find_nothing")


@pytest.fixture(scope="session", autouse=True)
def _postgres_ends() -> Iterator[None]:
    """No later than the session: processes that run tests beside others are ended soon after, whatever they do."""
    yield
    end_server()


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


@pytest.fixture(scope="session")
def lend_types(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, Path], None]:
    """Gives the project at a root, with a cache folder, what mypy knows after a check of some other project.

    Most of the time of a first check goes into pydantic and convexgen itself, which are the same for all.
    """
    base = tmp_path_factory.mktemp("types")
    root, caches = base / "app", {"CONVEXGEN_CACHE_DIR": str(base / "cache")}
    (root / ".git").mkdir(parents=True)
    for command in ("init", "generate", "check"):
        run = [sys.executable, "-m", "convexgen", command]
        subprocess.run(run, cwd=root, env={**os.environ, **caches}, capture_output=True, check=True, timeout=120)
    known = cache_folder(root, caches) / "mypy"

    def lend(to: Path, cache: Path) -> None:
        shutil.copytree(known, cache_folder(to, {"CONVEXGEN_CACHE_DIR": str(cache)}) / "mypy")

    return lend


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """In CI nothing may be left untested for want of a tool. (As root, permissions forbid nothing; that is no want.)"""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CONVEXGEN_NO_SKIPS") and isinstance(reporter, pytest.TerminalReporter):
        skipped = {str(report.longrepr) for report in reporter.stats.get("skipped", ())}
        if any("permissions do not bind this user" not in reason for reason in skipped):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            reporter.write_line("")
            reporter.write_line("skipped tests, which CI does not allow", red=True)
    yield
