"""Pages: that they fit together whatever happens to the rows, their cursors, and what keeps them small."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen.authoring.database import DatabaseWriter
from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.runtime.database import InvalidCursorError
from convexgen.runtime.database.access_paths import AccessPath
from convexgen.runtime.database.cursors import fingerprint, write_cursor
from convexgen.runtime.database.scans import Stretch
from convexgen.runtime.store import Position
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.values import index_interval, index_key
from tests.runtime.database.asked import ASKED, TASKS, Asked, page
from tests.runtime.database.deployment import Deployment, finish, ranked_tasks
from tests.runtime.database.schema import Task
from tests.runtime.database.test_reads import WRITES, Step, outcome, touched

BY_RANK = Asked("by_rank", (), "asc", None)


def titles(found: Page[Task]) -> str:
    return "".join(task.title for task in found.page)


@dataclass
class Subscription:
    """A client's query for one page, which is run again from time to time with the journal of the run before."""

    asked: Asked
    size: int
    cursor: str | None
    journal: str | None = None

    def run(self, deployment: Deployment) -> Page[Task]:
        transaction = deployment.begin(journal=self.journal)
        found = page(transaction.reader, self.asked, self.size, self.cursor)
        assert self.journal in (None, transaction.journal)
        self.journal = transaction.journal
        return found


@dataclass
class List:
    """A list that grows by a page whenever somebody asks for more."""

    deployment: Deployment
    asked: Asked
    size: int
    pages: list[Subscription] = field(default_factory=list)

    def more(self) -> bool:
        """Add a page, unless the last one is there."""
        last = self.pages[-1].run(self.deployment) if self.pages else None
        if last is None or not last.is_done:
            self.pages.append(Subscription(self.asked, self.size, last.continue_cursor if last else None))
            self.pages[-1].run(self.deployment)
        return last is None or not last.is_done

    def shown(self) -> list[Task]:
        return [task for each in self.pages for task in each.run(self.deployment).page]

    def everything(self) -> list[Task]:
        return self.asked.among(finish(self.deployment.begin().reader.query(Task).collect()))


@settings(max_examples=100)
@given(
    st.lists(TASKS, max_size=8),
    ASKED,
    st.integers(1, 3),
    st.lists(st.lists(WRITES, max_size=3), max_size=5),
)
def test_pages_fit_together_while_rows_come_and_go(
    tasks: list[Task], asked: Asked, size: int, rounds: list[list[Step]]
) -> None:
    deployment = Deployment(MemoryStore(), tick=0.0)
    ids = deployment.insert(Task(title="x"), *tasks)
    grown = List(deployment, asked, size)
    for changes in rounds:
        grown.more()
        other = deployment.begin()
        for change in changes:
            outcome(change, other.writer, ids)
        deployment.commit(other)
        shown = grown.shown()
        assert shown == grown.everything()[: len(shown)]
    while grown.more():
        pass
    assert grown.shown() == grown.everything()


@settings(max_examples=100)
@given(st.lists(TASKS, max_size=4), st.lists(TASKS, min_size=1, max_size=4), ASKED, st.integers(1, 3))
def test_own_writes_stand_on_the_page_where_they_belong(
    stored: list[Task], written: list[Task], asked: Asked, size: int
) -> None:
    deployment = Deployment(MemoryStore(), tick=0.0)
    deployment.insert(*stored)

    def begin() -> DatabaseWriter:
        deployment.random = Random(7)
        db = deployment.begin().writer
        for task in written:
            finish(db.insert(task))
        return db

    expected = asked.among(finish(begin().query(Task).collect()))
    first = page(begin(), asked, size)
    second = page(begin(), asked, size, first.continue_cursor)
    assert first.page + second.page == expected[: 2 * size]


@settings(max_examples=100)
@given(st.lists(TASKS, max_size=8), ASKED, st.integers(1, 8))
def test_a_page_can_be_split(tasks: list[Task], asked: Asked, size: int) -> None:
    deployment = Deployment(MemoryStore(), tick=0.0)
    deployment.insert(*tasks)
    whole = page(deployment.begin().reader, asked, size)
    if len(whole.page) < 3:
        assert whole.split_cursor is None
        return
    first = page(deployment.begin().reader, asked, size, end_cursor=whole.split_cursor)
    second = page(deployment.begin().reader, asked, size, whole.split_cursor, end_cursor=whole.continue_cursor)
    assert first.page + second.page == whole.page
    assert abs(len(first.page) - len(second.page)) <= 1
    assert first.continue_cursor == whole.split_cursor and not first.is_done
    assert (second.continue_cursor, second.is_done) == (whole.continue_cursor, whole.is_done)


@pytest.fixture
def ranked(deployment: Deployment) -> Deployment:
    deployment.insert(*ranked_tasks())
    return deployment


def test_a_list_is_read_page_by_page(ranked: Deployment) -> None:
    first = page(ranked.begin().reader, BY_RANK, 2)
    assert (titles(first), first.is_done, first.split_cursor, first.page_status) == ("ab", False, None, None)
    second = page(ranked.begin().reader, BY_RANK, 3, first.continue_cursor)
    assert (titles(second), second.is_done) == ("cde", False)
    last = page(ranked.begin().reader, BY_RANK, 3, second.continue_cursor)
    assert (titles(last), last.is_done) == ("", True)
    beyond = page(ranked.begin().reader, BY_RANK, 3, last.continue_cursor)
    assert (titles(beyond), beyond.is_done, beyond.continue_cursor) == ("", True, last.continue_cursor)


def test_an_end_cursor_counts_for_more_than_a_journal_or_a_number(ranked: Deployment) -> None:
    short = page(ranked.begin().reader, BY_RANK, 1).continue_cursor
    long = page(ranked.begin().reader, BY_RANK, 4).continue_cursor
    transaction = ranked.begin(journal=short)
    found = page(transaction.reader, BY_RANK, 2, end_cursor=long)
    assert (titles(found), found.continue_cursor, transaction.journal) == ("abcd", long, long)


def test_there_is_a_journal_only_where_there_is_a_page(ranked: Deployment) -> None:
    transaction = ranked.begin(journal="whatever")
    finish(transaction.reader.query(Task).collect())
    assert transaction.journal is None


def test_a_journal_of_another_query_says_nothing(ranked: Deployment) -> None:
    other = page(ranked.begin().reader, Asked("by_rank", (), "desc", None), 1).continue_cursor
    for journal in (other, "", "garbage"):
        transaction = ranked.begin(journal=journal)
        found = page(transaction.reader, BY_RANK, 2)
        assert titles(found) == "ab"
        assert transaction.journal == found.continue_cursor


def _other_cursors(ranked: Deployment) -> list[str]:
    db = ranked.begin
    fitting = page(db().reader, BY_RANK, 1).continue_cursor
    options = PaginationOptions(num_items=1)
    return [
        "",
        "garbage",
        "ü",
        fitting[:-4],
        fitting + "=",
        fitting[:20],
        page(db().reader, Asked("by_rank", (), "desc", None), 1).continue_cursor,
        page(db().reader, Asked("by_creation_time", (), "asc", None), 1).continue_cursor,
        finish(db().reader.query(Task).with_index(Task.by_rank, Task.rank >= 1).paginate(options)).continue_cursor,
        finish(db().reader.query(Task).with_index(Task.by_id).paginate(options)).continue_cursor,
    ]


@pytest.mark.parametrize("place", range(10))
@pytest.mark.parametrize("option", ["cursor", "end_cursor"])
def test_a_cursor_of_another_query_is_refused(ranked: Deployment, option: str, place: int) -> None:
    with pytest.raises(InvalidCursorError) as refused:
        page(ranked.begin().reader, BY_RANK, 1, **{option: _other_cursors(ranked)[place]})
    assert str(refused.value).startswith(
        "InvalidCursor: Tried to run a query starting from a cursor, but it looks like this cursor is from a different "
        "query."
    )
    assert refused.value.data == {"isConvexSystemError": True, "paginationError": "InvalidCursor"}


def test_a_cursor_lies_within_its_query(ranked: Deployment) -> None:
    """As one does that was made by hand."""
    path = AccessPath.of(ranked.catalogue.tables["tasks"], "by_rank")
    interval = index_interval([2.0])
    forged = write_cursor(fingerprint(Stretch(path, interval)), Position(index_key([1.0]), bytes(16)))
    query = ranked.begin().reader.query(Task).with_index(Task.by_rank, Task.rank == 2)
    with pytest.raises(InvalidCursorError):
        finish(query.paginate(PaginationOptions(num_items=1, cursor=forged)))


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (0, "Must request at least 1 document while paginating"),
        (-1, "Must request at least 1 document while paginating"),
        (32_001, "Requested too many items: 32001"),
    ],
)
def test_a_page_has_some_documents_and_not_too_many(deployment: Deployment, size: int, message: str) -> None:
    with pytest.raises(ValueError) as refused:
        page(deployment.begin().reader, BY_RANK, size)
    assert str(refused.value) == message


def test_a_function_reads_one_page(ranked: Deployment) -> None:
    transaction = ranked.begin()
    page(transaction.reader, BY_RANK, 1)
    with pytest.raises(ValueError) as refused:
        page(transaction.writer, BY_RANK, 1)
    assert str(refused.value) == (
        "This query or mutation function ran multiple paginated queries. Convex only supports a single paginated query "
        "in each function."
    )


@pytest.mark.parametrize(
    ("options", "shown", "status"),
    [
        ({"maximum_rows_read": 10}, "abcd", None),
        ({"maximum_rows_read": 5}, "abcd", "SplitRecommended"),
        ({"maximum_rows_read": 4}, "abcd", "SplitRecommended"),
        ({"maximum_rows_read": 3}, "abc", "SplitRequired"),
        ({"maximum_rows_read": 0}, "a", "SplitRequired"),
        ({"maximum_bytes_read": 10_000}, "abcd", None),
        ({"maximum_bytes_read": 200}, "ab", "SplitRequired"),
    ],
)
def test_a_page_ends_where_too_much_was_read(
    ranked: Deployment, options: dict[str, Any], shown: str, status: str | None
) -> None:
    transaction = ranked.begin()
    found = page(transaction.reader, BY_RANK, 4, **options)
    assert (titles(found), found.page_status, found.is_done) == (shown, status, False)
    rest = page(ranked.begin().reader, BY_RANK, 9, found.continue_cursor)
    assert titles(found) + titles(rest) == "abcde"


def test_rows_that_a_filter_leaves_out_are_read_too(ranked: Deployment) -> None:
    asked = Asked("by_rank", (), "asc", "e")
    found = page(ranked.begin().reader, asked, 1, maximum_rows_read=3)
    assert (titles(found), found.page_status) == ("", "SplitRequired")
    assert titles(page(ranked.begin().reader, asked, 1, found.continue_cursor)) == "e"


@settings(max_examples=120)
@given(
    st.lists(TASKS, min_size=1, max_size=8),
    ASKED,
    st.integers(1, 3),
    st.booleans(),
    st.lists(WRITES, min_size=1, max_size=2),
)
def test_what_touches_no_reads_of_a_page_changes_nothing_of_it(
    tasks: list[Task], asked: Asked, size: int, again: bool, changes: list[Step]
) -> None:
    deployment = Deployment(MemoryStore(), tick=0.0)
    ids = deployment.insert(*tasks)
    begin = page(deployment.begin().reader, asked, size).continue_cursor
    transaction = deployment.begin()
    before = page(transaction.reader, asked, size, begin)
    snapshot = deployment.store.latest
    other = deployment.begin()
    for change in changes:
        outcome(change, other.writer, ids)
    deployment.commit(other)
    after = page(deployment.begin(journal=transaction.journal if again else None).reader, asked, size, begin)
    if not touched(deployment, transaction.reads(), snapshot):
        assert after == before
