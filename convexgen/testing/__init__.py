"""Calling functions in tests: a backend in memory, with a clock that stands still, and no server.

pytest finds the fixture `convex` by itself; `Backend(load())` makes the same by hand.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convexgen.testing.backend import Backend
    from convexgen.testing.project import ProjectError, load
    from convexgen.testing.subscriptions import Subscription
    from convexgen.testing.sync_backend import SyncBackend

__all__ = ["Backend", "ProjectError", "Subscription", "SyncBackend", "load"]

_MODULE_OF = {"Backend": "backend", "ProjectError": "project", "Subscription": "subscriptions"}
_MODULE_OF |= {"SyncBackend": "sync_backend", "load": "project"}


if not TYPE_CHECKING:  # pytest imports this package for every run, also of projects that have no functions

    def __getattr__(name: str) -> object:
        if name not in _MODULE_OF:
            raise AttributeError(f"module 'convexgen.testing' has no attribute {name!r}")
        return getattr(import_module(f"convexgen.testing.{_MODULE_OF[name]}"), name)
