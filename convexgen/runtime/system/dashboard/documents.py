"""Documents of all tables as they are stored, page by page; and the writes of whoever looks at them."""

from __future__ import annotations

from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.system.dashboard.filters import Filter
from convexgen.runtime.system.functions import SystemFunction
from convexgen.runtime.system.requests import Arguments, needed, page_value
from convexgen.runtime.values import Value


def _page(run: Run, arguments: Arguments) -> Value:
    """`{table, filters: [{field, comparison, value}], paginationOpts}`: what was made last comes first."""
    table = needed(arguments, "table", str)
    filters = [Filter.of(each) for each in needed(arguments, "filters", list)]

    def matches(document: dict[str, Value]) -> bool:
        return all(each.matches(document) for each in filters)

    return page_value(lambda options: run.transaction.stored.page(table, "desc", options, matches), arguments)


def _add(run: Run, arguments: Arguments) -> Value:
    """`{table, document}`, without system fields. Gives its id."""
    return run.transaction.stored.insert(needed(arguments, "table", str), needed(arguments, "document", dict))


def _replace(run: Run, arguments: Arguments) -> Value:
    """`{id, document}`, without system fields."""
    run.transaction.stored.replace(needed(arguments, "id", str), needed(arguments, "document", dict))
    return None


def _remove(run: Run, arguments: Arguments) -> Value:
    """`{ids}`: all of them, or none. Those that are gone already do no harm."""
    for each in needed(arguments, "ids", list):
        if not isinstance(each, str):
            raise ValueError("The argument 'ids' is no list of ids.")
        if run.transaction.stored.get(each) is not None:
            run.transaction.stored.delete(each)
    return None


FUNCTIONS = (
    SystemFunction("_system/frontend/documents:page", "query", _page),
    SystemFunction("_system/frontend/documents:add", "mutation", _add),
    SystemFunction("_system/frontend/documents:replace", "mutation", _replace),
    SystemFunction("_system/frontend/documents:remove", "mutation", _remove),
)
