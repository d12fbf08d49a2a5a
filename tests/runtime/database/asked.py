"""Queries drawn at random, put to the database and to a plain list of documents."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast

from hypothesis import strategies as st

from convexgen.authoring.database import DatabaseReader, OrderedQuery
from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.runtime.values import decode_id
from tests.runtime.database.deployment import finish
from tests.runtime.database.schema import Task

Order = Literal["asc", "desc"]

# Few values, so that documents meet.
RANKS = st.sampled_from([-1.0, 0.0, 1.0, 2.0])
ASSIGNEES = st.sampled_from([None, "ann", "bob"])
TITLES = st.sampled_from("xyz")
TASKS = st.tuples(TITLES, RANKS, ASSIGNEES).map(lambda task: Task(title=task[0], rank=task[1], assignee=task[2]))

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Comparison:
    """`Task.rank >= 1`, as a condition and as what it means."""

    field: str
    operator: str
    value: Any

    @property
    def condition(self) -> bool:
        return _OPERATORS[self.operator](getattr(Task, self.field), self.value)

    def holds(self, task: Task) -> bool:
        return _OPERATORS[self.operator](in_order(getattr(task, self.field)), in_order(self.value))


def in_order(value: Any) -> tuple[bool, Any]:
    """Something that sorts as the value does; `None` is before every text and number."""
    return value is not None, 0 if value is None else value


@dataclass(frozen=True)
class Asked:
    """A query. `index` is a name; `title`, if there is one, is what a filter wants."""

    index: str
    comparisons: tuple[Comparison, ...]
    order: Order
    title: str | None

    def of(self, db: DatabaseReader) -> OrderedQuery[Task]:
        conditions = (comparison.condition for comparison in self.comparisons)
        query = db.query(Task).with_index(getattr(Task, self.index), *conditions).order(self.order)
        return query if self.title is None else query.filter(lambda task: task.title == self.title)

    def among(self, tasks: Iterable[Task]) -> list[Task]:
        """The answer, out of all documents that there are."""
        found = [task for task in tasks if all(each.holds(task) for each in self.comparisons)]
        found.sort(key=_PLACES[self.index], reverse=self.order == "desc")
        return [task for task in found if self.title in (None, task.title)]


def _tie(task: Task) -> tuple[float, bytes]:
    return task.creation_time, decode_id(task.id).internal


_PLACES: dict[str, Callable[[Task], Any]] = {
    "by_creation_time": _tie,
    "by_rank": lambda task: (task.rank, _tie(task)),
    "by_assignee": lambda task: (in_order(task.assignee), task.rank, _tie(task)),
    "by_id": lambda task: decode_id(task.id).internal,
}


def _bounds(field: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Comparison, ...]]:
    lower = st.builds(Comparison, st.just(field), st.sampled_from([">", ">="]), values)
    upper = st.builds(Comparison, st.just(field), st.sampled_from(["<", "<="]), values)
    return st.tuples() | st.tuples(lower) | st.tuples(upper) | st.tuples(upper, lower)


def _equal(field: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Comparison, ...]]:
    return st.tuples(st.builds(Comparison, st.just(field), st.just("=="), values))


def _joined(*parts: st.SearchStrategy[tuple[Comparison, ...]]) -> st.SearchStrategy[tuple[Comparison, ...]]:
    return st.tuples(*parts).map(lambda found: cast("tuple[Comparison, ...]", sum(found, ())))


def _asked(index: str, comparisons: st.SearchStrategy[tuple[Comparison, ...]]) -> st.SearchStrategy[Asked]:
    orders = st.sampled_from(("asc", "desc"))
    return st.builds(Asked, st.just(index), comparisons, orders, st.none() | TITLES)


ASKED = st.one_of(
    _asked("by_creation_time", st.just(())),
    _asked("by_id", st.just(())),
    _asked("by_rank", _bounds("rank", RANKS) | _equal("rank", RANKS)),
    _asked(
        "by_assignee",
        _bounds("assignee", ASSIGNEES)
        | _joined(_equal("assignee", ASSIGNEES), _bounds("rank", RANKS) | _equal("rank", RANKS)),
    ),
)


def page(db: DatabaseReader, asked: Asked, size: int, cursor: str | None = None, **options: Any) -> Page[Task]:
    return finish(asked.of(db).paginate(PaginationOptions(num_items=size, cursor=cursor, **options)))
