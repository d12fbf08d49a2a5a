"""Which tables there are, and what is in them."""

from __future__ import annotations

from typing import Literal, cast

from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.system.functions import SystemFunction
from convexgen.runtime.system.requests import Arguments, needed, page_value
from convexgen.runtime.values import Value


def _tables(run: Run, arguments: Arguments) -> Value:
    """All tables of users on one page, whatever page was asked for: there are never many."""
    del arguments
    names = sorted(name for name in run.deployed.catalogue.tables if not name.startswith("_"))
    return {"page": [{"name": name} for name in names], "isDone": True, "continueCursor": ""}


def _documents(run: Run, arguments: Arguments) -> Value:
    """`{table, order, paginationOpts}`: a page of documents as they are stored, in the order they were made or back."""
    table, order = needed(arguments, "table", str), needed(arguments, "order", str)
    if order not in ("asc", "desc"):
        raise ValueError("The argument 'order' is neither 'asc' nor 'desc'.")
    direction = cast("Literal['asc', 'desc']", order)
    return page_value(lambda options: run.transaction.stored.page(table, direction, options), arguments)


FUNCTIONS = (
    SystemFunction("_system/cli/tables:default", "query", _tables),
    SystemFunction("_system/cli/tableData:default", "query", _documents),
)
