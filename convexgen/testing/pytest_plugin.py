"""What pytest finds by itself: fixtures, under names that say whose they are. A project's own of that name go first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from convexgen.testing.backend import Backend
    from convexgen.testing.sync_backend import SyncBackend


@pytest.fixture
def convex(request: pytest.FixtureRequest) -> Backend:
    """A new backend with the functions of the project that the test lies in, and no documents."""
    # Loaded by need: pytest imports this module for every run, also of projects that have no functions.
    from convexgen.testing.backend import Backend  # noqa: PLC0415
    from convexgen.testing.project import load  # noqa: PLC0415

    return Backend(load(request.path.parent))


@pytest.fixture
def convex_sync(convex: Backend) -> SyncBackend:
    """The same backend, for tests that are no coroutines."""
    from convexgen.testing.sync_backend import SyncBackend  # noqa: PLC0415

    return SyncBackend(convex)
