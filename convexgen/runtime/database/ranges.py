"""The stretch of an index that conditions ask for. Which conditions an index can answer, `index_ranges` says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from convexgen.authoring.conditions import AnyOf, Condition, conditions
from convexgen.authoring.indexes import Index
from convexgen.authoring.tables import table_of
from convexgen.index_ranges import IndexCondition, range_mistakes
from convexgen.runtime.catalogue import BY_ID, CataloguedTable
from convexgen.runtime.database.access_paths import WHOLE_TABLE
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.values import AFTER, Bound, Interval, decode_id, index_interval, prefixed


def range_of(index: Index[Any], given: Iterable[object], live: LiveTable, table: CataloguedTable) -> Interval:
    """The keys that the conditions admit. Raises `TypeError` for what is no condition, `ValueError` for what the index
    cannot answer.
    """
    checked = [_condition(each, live) for each in conditions(given)]
    compared = [IndexCondition(".".join(each.path), each.operator) for each in checked]
    for mistake in range_mistakes(index.name, index.fields, compared):
        raise ValueError(f"{mistake.message}: {mistake.help}")
    equal = [live.compared(each.path, each.value) for each in checked if each.operator == "=="]
    lower, upper = _bound(checked, ">", live), _bound(checked, "<", live)
    if index.name == BY_ID:
        return _ids(equal, lower, upper, table)
    return index_interval(equal, lower, upper)


def _condition(condition: Condition | AnyOf, live: LiveTable) -> Condition:
    if isinstance(condition, AnyOf):
        raise TypeError("a range of an index has no alternatives: use two queries, or a filter, in place of `|`")
    if table_of(condition.table) is not table_of(live.cls):
        raise ValueError(f"a condition on {condition.table.__name__} says nothing about the table {live.name!r}")
    return condition


def _bound(checked: Iterable[Condition], direction: str, live: LiveTable) -> Bound | None:
    for each in checked:
        if each.operator.startswith(direction):
            return Bound(live.compared(each.path, each.value), inclusive=each.operator.endswith("="))
    return None


def _ids(equal: list[Any], lower: Bound | None, upper: Bound | None, table: CataloguedTable) -> Interval:
    if equal:
        return prefixed(_internal(equal[0], table))
    start, end = WHOLE_TABLE.start, WHOLE_TABLE.end
    if lower:
        start = _internal(lower.value, table) + (b"" if lower.inclusive else AFTER)
    if upper:
        end = _internal(upper.value, table) + (AFTER if upper.inclusive else b"")
    return Interval(start, end)


def _internal(text: Any, table: CataloguedTable) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"an id is a str, not {text!r}")
    found = decode_id(text)
    if found.table_number != table.number:
        raise ValueError(f"{text!r} is no id of the table {table.name!r}")
    return found.internal
