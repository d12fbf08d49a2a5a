"""How much a transaction may read and write, and what is told when it is too much."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from convexgen import Id
from convexgen.runtime.database import LimitError, Transaction, limits
from convexgen.runtime.store.memory_store import MemoryStore
from tests.runtime.database.asked import Asked, page
from tests.runtime.database.deployment import Deployment, finish
from tests.runtime.database.schema import Task

HINT = (
    "Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective "
    "index range expressions."
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """Ten tasks, of about 90 bytes each, and limits that they pass."""
    deployment = Deployment(MemoryStore())
    deployment.insert(*(Task(title=str(number)) for number in range(10)))
    for name, value in {"DOCUMENTS_READ": 8, "RANGES_READ": 5, "DOCUMENTS_WRITTEN": 3}.items():
        monkeypatch.setattr(limits, f"MAXIMUM_{name}", value)
    for name in ("BYTES_READ", "BYTES_WRITTEN"):
        monkeypatch.setattr(limits, f"MAXIMUM_{name}", 2000)
    return deployment


def first(transaction: Transaction) -> Id[Task]:
    found = finish(transaction.reader.query(Task).first())
    assert found is not None
    return found.id


async def _collect(transaction: Transaction) -> None:
    await transaction.reader.query(Task).collect()


async def _gets(transaction: Transaction) -> None:
    task = first(transaction)
    for _ in range(5):
        await transaction.reader.get(task)


async def _inserts(transaction: Transaction, count: int, title: str) -> None:
    for _ in range(count):
        await transaction.writer.insert(Task(title=title))


async def _patches(transaction: Transaction) -> None:
    task = first(transaction)
    for rank in range(4):
        await transaction.writer.patch(task, rank=float(rank))


async def _read_much(transaction: Transaction) -> None:
    await _inserts(transaction, 3, "x" * 500)
    for _ in range(2):
        await transaction.writer.query(Task).order("desc").take(3)


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (
            _collect,
            f"Too many documents read in a single function execution (limit: 8). {HINT}",
        ),
        (_gets, f"Too many reads in a single function execution (limit: 5). {HINT}"),
        (_read_much, f"Too many bytes read in a single function execution (limit: 2000 bytes). {HINT}"),
        (
            partial(_inserts, count=4, title=""),
            "Too many documents written in a single function execution (limit: 3).",
        ),
        (_patches, "Too many documents written in a single function execution (limit: 3)."),
        (
            partial(_inserts, count=3, title="x" * 700),
            "Too many bytes written in a single function execution (limit: 2000 bytes).",
        ),
    ],
)
def test_a_transaction_that_passed_a_limit_has_failed(
    small: Deployment, use: Callable[[Transaction], Awaitable[None]], message: str
) -> None:
    transaction = small.begin()
    with pytest.raises(LimitError) as passed:
        finish(use(transaction))
    assert str(passed.value) == message
    assert transaction.exceeded is passed.value

    # Whoever has caught it gets no further.
    for again in (
        lambda: finish(transaction.reader.query(Task).first()),
        lambda: finish(transaction.writer.insert(Task(title=""))),
        transaction.writes,
    ):
        with pytest.raises(LimitError) as still:
            again()
        assert still.value is passed.value


def test_what_is_just_within_the_limits_is_done(small: Deployment) -> None:
    transaction = small.begin()
    assert len(finish(transaction.reader.query(Task).take(8))) == 8
    finish(_inserts(transaction, 3, ""))
    for _ in range(4):
        assert finish(transaction.reader.query(Task).take(0)) == []
    assert transaction.exceeded is None
    assert len(transaction.writes()) == 3


def test_a_page_ends_before_the_limit_of_the_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = Deployment(MemoryStore())
    deployment.insert(*(Task(title=str(number)) for number in range(10)))
    monkeypatch.setattr(limits, "MAXIMUM_DOCUMENTS_READ", 8)
    transaction = deployment.begin()
    finish(transaction.reader.query(Task).take(3))
    found = page(transaction.reader, Asked("by_creation_time", (), "asc", None), 7)
    assert ([task.title for task in found.page], found.page_status) == (list("01234"), "SplitRequired")
    assert transaction.exceeded is None
