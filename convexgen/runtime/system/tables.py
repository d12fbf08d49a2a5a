"""Which tables there are, and what is in them."""

from __future__ import annotations

from collections.abc import Mapping

from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.system.functions import SystemFunction
from convexgen.runtime.values import Value


def _tables(run: Run, arguments: Mapping[str, Value]) -> Value:
    """All tables of users on one page, whatever page was asked for: there are never many."""
    del arguments
    names = sorted(name for name in run.deployed.catalogue.tables if not name.startswith("_"))
    return {"page": [{"name": name} for name in names], "isDone": True, "continueCursor": ""}


FUNCTIONS = (SystemFunction("_system/cli/tables:default", "query", _tables),)
