"""Documents of any table, as they are stored, page by page and live."""

from __future__ import annotations

import pytest

from convexgen.runtime.calls import ANONYMOUS, Call, Failure, Success
from convexgen.runtime.engine.contract import QueryResult
from convexgen.runtime.system.system_engine import SystemEngine
from convexgen.runtime.values import Value
from tests.runtime.engine.served import ADMIN, Served

PATH = "_system/cli/tableData:default"


def _asked(
    engine: SystemEngine,
    *,
    table: str = "counters",
    order: str = "asc",
    journal: str | None = None,
    **options: Value,
) -> QueryResult:
    arguments: dict[str, Value] = {
        "table": table,
        "order": order,
        "paginationOpts": {"numItems": 2.0, "cursor": None, **options},
    }
    return engine.run_query(Call(PATH, arguments, "query", ADMIN), journal=journal)


def _page(result: QueryResult) -> tuple[list[Value], bool, str]:
    """The names on the page, whether it is the last one, and where the next one begins."""
    assert isinstance(result.outcome, Success)
    value = result.outcome.value
    assert isinstance(value, dict)
    assert isinstance(value["page"], list)
    done, cursor = value["isDone"], value["continueCursor"]
    assert isinstance(done, bool)
    assert isinstance(cursor, str)
    return [each["name"] for each in value["page"] if isinstance(each, dict)], done, cursor


@pytest.fixture
def counters(served: Served) -> list[Value]:
    """Five documents, by their names in the order in which they were made."""
    names: list[Value] = ["e", "a", "d", "b", "c"]
    for name in names:
        served.mutate("counters:add", name=name, by=1.0)
    return names


def test_documents_are_as_they_are_stored(engine: SystemEngine, served: Served) -> None:
    served.mutate("counters:add", name="a", by=2.0)

    outcome = _asked(engine).outcome

    assert isinstance(outcome, Success)
    assert isinstance(outcome.value, dict)
    assert isinstance(outcome.value["page"], list)
    (document,) = outcome.value["page"]
    assert isinstance(document, dict)
    assert set(document) > {"_id", "_creationTime", "name"}
    assert document["name"] == "a"


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_fit_together(engine: SystemEngine, counters: list[Value], order: str) -> None:
    found: list[Value] = []
    cursor: str | None = None
    done = False
    while not done:
        names, done, cursor = _page(_asked(engine, order=order, cursor=cursor))
        found += names
    assert found == (counters if order == "asc" else counters[::-1])


@pytest.mark.usefixtures("counters")
def test_a_page_ends_where_it_did_though_documents_come(engine: SystemEngine, served: Served) -> None:
    first = _asked(engine, order="desc")
    assert _page(first)[0] == ["c", "b"]
    told: list[str] = []
    engine.watch(first, lambda: told.append("stale"))

    served.mutate("counters:add", name="new", by=1.0)

    assert told == ["stale"]
    names, _, cursor = _page(_asked(engine, order="desc", journal=first.journal))
    assert names == ["new", "c", "b"]
    assert _page(_asked(engine, order="desc", cursor=cursor))[0] == ["d", "a"]


@pytest.mark.usefixtures("counters")
def test_a_page_may_be_asked_for_up_to_a_cursor(engine: SystemEngine) -> None:
    _, _, end = _page(_asked(engine, numItems=3.0))
    assert _page(_asked(engine, numItems=1.0, endCursor=end))[0] == ["e", "a", "d"]


def test_tables_of_the_system_can_be_read_that_functions_read(engine: SystemEngine) -> None:
    assert _page(_asked(engine, table="_scheduled_functions"))[:2] == ([], True)
    assert _asked(engine, table="_file_contents").outcome == Failure("There is no table '_file_contents'.")


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"table": "nothing"}, "There is no table 'nothing'."),
        ({"order": "up"}, "The argument 'order' is neither 'asc' nor 'desc'."),
        ({"numItems": 0.5}, "The argument 'paginationOpts' is no {numItems, cursor, endCursor?}."),
        ({"numItems": 0.0}, "Must request at least 1 document while paginating"),
        ({"endCursor": 7.0}, "The argument 'paginationOpts' is no {numItems, cursor, endCursor?}."),
    ],
)
def test_what_makes_no_sense_is_refused(engine: SystemEngine, wrong: dict[str, str], text: str) -> None:
    assert _asked(engine, **wrong).outcome == Failure(text)


def test_a_cursor_of_another_table_is_refused(engine: SystemEngine, counters: list[Value]) -> None:
    del counters
    _, _, cursor = _page(_asked(engine))
    outcome = _asked(engine, table="_storage", cursor=cursor).outcome
    assert isinstance(outcome, Failure)
    assert outcome.message.startswith("InvalidCursor: ")


def test_nobody_else_sees_documents(engine: SystemEngine) -> None:
    arguments: dict[str, Value] = {"table": "counters", "order": "asc", "paginationOpts": {}}
    assert engine.run_query(Call(PATH, arguments, "query", ANONYMOUS)).outcome == Failure(
        "Could not find public function for '_system/cli/tableData'."
    )
