"""Servers for clients to talk to, and the clients' programs, ready to run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.clients.backend import Backend
from tests.clients.driver import Drive, Driver
from tests.clients.issuer import Issuer, issuing
from tests.clients.programs import CLIENTS, Programs, bundle_drivers
from tests.clients.proxy import Proxy
from tests.fixtures.projects import convexgen


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of `fixtures/clients` with its TypeScript generated, for servers and bundlers to use side by side."""
    folder = tmp_path_factory.mktemp("clients")
    project = shutil.copytree(CLIENTS, folder / "clients", ignore=shutil.ignore_patterns("_generated", "__pycache__"))
    generated = convexgen("generate", cwd=project)
    assert generated.code == 0, generated.stdout + generated.stderr
    return project


@pytest.fixture(scope="session")
def programs(project: Path, node_modules: Path) -> Programs:
    """The drivers, to be run by Node with the npm packages as they were published."""
    return bundle_drivers(project, node_modules)


@pytest.fixture(scope="package")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issuer]:
    """Who signs people in."""
    with issuing(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture(scope="package")
def variables(issuer: Issuer) -> dict[str, str]:
    """What servers of `fixtures/clients` find in their environment."""
    return {"ISSUER_URL": issuer.url}


@pytest.fixture(scope="package")
def shared_backend(
    project: Path, variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Backend]:
    with Backend(project, tmp_path_factory.mktemp("backend"), variables) as backend:
        yield backend


@pytest.fixture
def backend(shared_backend: Backend) -> Iterator[Backend]:
    """A server that tests share, so that they keep to counters and shelves of their own."""
    yield from _telling(shared_backend)


@pytest.fixture
def mortal_backend(project: Path, variables: dict[str, str], tmp_path: Path) -> Iterator[Backend]:
    """A server for one test, which may kill it."""
    with Backend(project, tmp_path, variables) as backend:
        yield from _telling(backend)


def _telling(backend: Backend) -> Iterator[Backend]:
    """Have pytest show what the server printed beside a failure."""
    before = len(backend.output)
    yield backend
    print(backend.output[before:])  # noqa: T201


@pytest.fixture
def proxy(backend: Backend) -> Iterator[Proxy]:
    """A way to the shared server that can be cut."""
    with Proxy(backend.port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def browser() -> str:
    """A Chromium of this machine. Skips without one; CI allows no skips."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("needs Chromium: `apt-get install chromium`, or Chrome")
    return found


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Where pictures go: to `CONVEXGEN_SCREENSHOTS` if somebody wants to look at them."""
    folder = Path(os.environ.get("CONVEXGEN_SCREENSHOTS", tmp_path / "screenshots"))
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def drive() -> Iterator[Drive]:
    """Starts drivers, and ends those that still run when the test is over: they may hang."""
    with ExitStack() as running:
        yield lambda command: running.enter_context(Driver(command))
