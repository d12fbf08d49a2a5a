"""Contexts to call handlers with, over a database that is a dict: enough to see that a program runs.

It is strict where the platform is: about what a condition is, and about the conditions that are a range of an index.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from operator import eq, ge, gt, le, lt
from random import Random
from typing import Any

from convexgen.authoring.conditions import Condition
from convexgen.authoring.contexts import UserIdentity
from convexgen.authoring.functions import Function
from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.authoring.tables import SYSTEM_FIELDS, Table, table_of

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {"==": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
_BOUNDS = {"<": "upper", "<=": "upper", ">": "lower", ">=": "lower"}


@dataclass(slots=True)
class Database:
    """Documents by id, in the order in which they were stored."""

    documents: dict[str, Any] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def get(self, document_id: str) -> Any:
        return self.documents.get(document_id)

    def query(self, table: type[Table]) -> Query:
        return Query(table, [each for each in self.documents.values() if isinstance(each, table)])

    def normalize_id(self, table: type[Table], text: str) -> str | None:
        return text if isinstance(self.documents.get(text), table) else None

    async def insert(self, document: Table) -> str:
        number = next(self._numbers)
        document_id = f"{table_of(type(document)).__name__}|{number}"
        self.documents[document_id] = _stored(document, document_id, float(number))
        return document_id

    async def patch(self, document_id: str, **changes: object) -> None:
        before = self._existing(document_id)
        unknown = changes.keys() - type(before).model_fields.keys()
        if unknown:
            raise ValueError(f"there is no field {sorted(unknown)}")
        self.documents[document_id] = before.model_validate({**_fields(before), **_system(before), **changes})

    async def replace(self, document_id: str, document: Table) -> None:
        before = self._existing(document_id)
        if type(before) is not type(document):
            raise TypeError("a document of another table")
        self.documents[document_id] = _stored(document, document_id, before.creation_time)

    async def delete(self, document_id: str) -> None:
        self._existing(document_id)
        del self.documents[document_id]

    def _existing(self, document_id: str) -> Any:
        if document_id not in self.documents:
            raise ValueError(f"there is no document {document_id}")
        return self.documents[document_id]


def _fields(document: Table) -> dict[str, Any]:
    return {name: getattr(document, name) for name in type(document).model_fields if name not in SYSTEM_FIELDS}


def _system(document: Table) -> dict[str, Any]:
    return {"_id": document.id, "_creationTime": document.creation_time}


def _stored(document: Table, document_id: str, created: float) -> Table:
    return type(document).model_validate({**_fields(document), "_id": document_id, "_creationTime": created})


@dataclass(frozen=True, slots=True)
class Query:
    """A query that holds what it has found so far."""

    table: type[Table]
    found: list[Any]
    steps: tuple[str, ...] = ()

    def with_index(self, index: Any, *conditions: Any) -> Query:
        self._after("with_index")
        if index.table is not self.table:
            raise ValueError("an index of another table")
        _require_range((*index.fields, "creation_time"), self.table, conditions)
        kept = [each for each in self.found if all(_holds(each, condition) for condition in conditions)]
        return Query(self.table, kept, ("with_index",))

    def with_search_index(self, index: Any, text: str, *conditions: Any) -> Query:
        self._after("with_search_index")
        for condition in conditions:
            if condition.operator != "==" or ".".join(condition.path) not in index.filter_fields:
                raise ValueError("no filter field")
        kept = [each for each in self.found if all(_holds(each, condition) for condition in conditions)]
        return Query(self.table, [each for each in kept if text in str(each)], ("with_index", "order"))

    def order(self, direction: str) -> Query:
        self._after("order")
        found = {"asc": self.found, "desc": self.found[::-1]}[direction]
        return Query(self.table, found, (*self.steps, "order"))

    def filter(self, predicate: Callable[[Any], bool]) -> Query:
        return Query(self.table, [each for each in self.found if predicate(each)], ("with_index", "order", "filter"))

    async def collect(self) -> list[Any]:
        return self.found

    async def take(self, limit: int) -> list[Any]:
        return self.found[:limit]

    async def first(self) -> Any:
        return self.found[0] if self.found else None

    async def unique(self) -> Any:
        return self.found[0] if len(self.found) == 1 else None

    async def paginate(self, options: PaginationOptions) -> Page[Any]:
        return Page(page=self.found[: options.num_items], is_done=True, continue_cursor="end")

    async def __aiter__(self) -> AsyncIterator[Any]:
        for each in self.found:
            yield each

    def _after(self, step: str) -> None:
        earlier = {"with_index": (), "with_search_index": (), "order": ("with_index",)}[step]
        if any(each not in earlier for each in self.steps):
            raise AttributeError(f"no `{step}` here")


def _require_range(fields: tuple[str, ...], table: type[Table], conditions: Iterable[Any]) -> None:
    """Equalities on the first fields in order, then at most a lower and an upper bound on the next."""
    position = 0
    bounds: set[str] = set()
    for condition in conditions:
        if not isinstance(condition, Condition) or condition.table is not table:
            raise TypeError(f"{condition!r} is no condition on {table.__name__}")
        if ".".join(condition.path) != fields[position]:
            raise ValueError(f"{condition.path} stands where {fields[position]} should")
        if condition.operator == "==":
            if bounds:
                raise ValueError("an equality behind a bound")
            position += 1
        elif _BOUNDS[condition.operator] in bounds:
            raise ValueError("two bounds on one side")
        else:
            bounds.add(_BOUNDS[condition.operator])


def _holds(document: Any, condition: Condition) -> bool:
    value = document
    for name in condition.path:
        value = getattr(value, name)
    if condition.operator != "==" and (value is None or condition.value is None):
        return False
    return bool(_COMPARE[condition.operator](value, condition.value))


class _Auth:
    async def get_user_identity(self) -> UserIdentity:
        return UserIdentity(token_identifier="https://a.example|ada", subject="ada", issuer="https://a.example")


@dataclass(slots=True)
class _Scheduler:
    jobs: list[tuple[Any, dict[str, Any]]]

    async def run_after(self, delay: object, function: Function[Any, ..., Any], **arguments: Any) -> str:
        function.arguments(**arguments)
        self.jobs.append((function, arguments))
        return f"job {len(self.jobs)}"


class Context:
    """A context of any kind: what a kind must not use, the type checkers and rules have told."""

    def __init__(self, database: Database) -> None:
        self.db = database
        self.auth = _Auth()
        self.jobs: list[tuple[Any, dict[str, Any]]] = []
        self.scheduler = _Scheduler(self.jobs)
        self.random = Random(0)

    def now(self) -> float:
        return 1_000_000.0

    async def run_query(self, function: Function[Any, ..., Any], **arguments: Any) -> Any:
        return await function.handler(self, **arguments)

    run_mutation = run_action = run_query
