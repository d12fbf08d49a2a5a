"""The conditions that a search is narrowed by: values of the filter fields that its index has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from convexgen.authoring.conditions import AnyOf, Condition, conditions
from convexgen.authoring.indexes import SearchIndex, VectorIndex
from convexgen.authoring.tables import table_of
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.values import sort_key

MAXIMUM_CONDITIONS: Final = 8
"""Of a search for text."""


class Equal(NamedTuple):
    """A filter field, by its place among those of the index, and the sort key of what it has to hold."""

    place: int
    key: bytes


def all_of(index: SearchIndex[Any], given: Iterable[object], live: LiveTable) -> list[Equal]:
    """Conditions that must all hold. Raises `TypeError` for what is no condition and for alternatives, `ValueError` for
    conditions that the index cannot answer, and for too many.
    """
    checked = conditions(given)
    if len(checked) > MAXIMUM_CONDITIONS:
        raise ValueError(f"a search is narrowed by at most {MAXIMUM_CONDITIONS} conditions, not by {len(checked)}")
    if any(isinstance(each, AnyOf) for each in checked):
        raise TypeError("a search for text has no alternatives: use two queries, or a filter, in place of `|`")
    return [found for each in any_of_all(index, checked, live) for found in each]


def any_of_all(
    index: SearchIndex[Any] | VectorIndex[Any], given: Iterable[object], live: LiveTable
) -> list[tuple[Equal, ...]]:
    """Conditions of which one in each group must hold. Raises as `all_of` does, but not for alternatives."""
    groups = (each.conditions if isinstance(each, AnyOf) else (each,) for each in conditions(given))
    return [tuple(_equal(index, each, live) for each in group) for group in groups]


def _equal(index: SearchIndex[Any] | VectorIndex[Any], condition: Condition, live: LiveTable) -> Equal:
    if table_of(condition.table) is not table_of(live.cls):
        raise ValueError(f"a condition on {condition.table.__name__} says nothing about the table {live.name!r}")
    field = ".".join(condition.path)
    if field not in index.filter_fields:
        raise ValueError(f"{field!r} is not among the filter fields of {index!r}: add it to filter_fields")
    if condition.operator != "==":
        raise ValueError(f"{index!r} can compare with == only, not with {condition.operator}")
    return Equal(index.filter_fields.index(field), sort_key(live.compared(condition.path, condition.value)))
