"""Documents as wire values, as administrators read and write them."""

from __future__ import annotations

import pytest

from convexgen.authoring.pagination import PaginationOptions
from convexgen.runtime.values import InvalidValueError, Value
from tests.runtime.database.deployment import Deployment


def fields(title: str, rank: float = 1.0) -> dict[str, Value]:
    return {"title": title, "rank": rank}


def test_pages_go_on_where_the_one_before_ended(deployment: Deployment) -> None:
    stored = deployment.begin().stored
    for title in "abc":
        stored.insert("tasks", fields(title))

    first = stored.page("tasks", "desc", PaginationOptions(num_items=2))

    assert [each["title"] for each in first.page] == ["c", "b"]
    assert not first.is_done


def test_a_page_has_what_matches(deployment: Deployment) -> None:
    stored = deployment.begin().stored
    for title in "abc":
        stored.insert("tasks", fields(title))

    page = stored.page("tasks", "asc", PaginationOptions(num_items=5), lambda each: each["title"] != "b")

    assert ([each["title"] for each in page.page], page.is_done) == (["a", "c"], True)


def test_documents_are_what_is_stored(deployment: Deployment) -> None:
    """No default is filled in, and the fields that the database gives are there."""
    stored = deployment.begin().stored
    made = stored.insert("tasks", fields("a"))

    document = stored.get(made)

    assert document == {"title": "a", "rank": 1.0, "_id": made, "_creationTime": deployment.now}


def test_replacing_keeps_who_a_document_is(deployment: Deployment) -> None:
    stored = deployment.begin().stored
    made = stored.insert("tasks", fields("a"))

    stored.replace(made, fields("b", 2.0))

    assert stored.get(made) == {"title": "b", "rank": 2.0, "_id": made, "_creationTime": deployment.now}


def test_what_is_deleted_is_gone(deployment: Deployment) -> None:
    stored = deployment.begin().stored
    made = stored.insert("tasks", fields("a"))

    stored.delete(made)

    assert stored.get(made) is None
    with pytest.raises(ValueError, match=f"^There is no document {made}.$"):
        stored.delete(made)
    with pytest.raises(ValueError, match=f"^There is no document {made}.$"):
        stored.replace(made, fields("b"))


@pytest.mark.parametrize("unfit", [{"title": 1.0, "rank": 1.0}, {"rank": 1.0}, {"title": "a", "rank": 1.0, "x": 1.0}])
def test_writes_are_held_to_the_schema(deployment: Deployment, unfit: dict[str, Value]) -> None:
    stored = deployment.begin().stored
    made = stored.insert("tasks", fields("a"))

    with pytest.raises(InvalidValueError, match=r"does not match the schema"):
        stored.insert("tasks", unfit)
    with pytest.raises(InvalidValueError, match=r"does not match the schema"):
        stored.replace(made, unfit)


def test_what_the_system_gives_is_not_set(deployment: Deployment) -> None:
    stored = deployment.begin().stored
    made = stored.insert("tasks", fields("a"))

    with pytest.raises(ValueError, match=r"^The field '_id' cannot be set"):
        stored.insert("tasks", {**fields("a"), "_id": made})
    with pytest.raises(ValueError, match=r"^The field '_creationTime' cannot be set"):
        stored.replace(made, {**fields("a"), "_creationTime": 1.0})


def test_tables_of_the_system_are_read_and_not_written(deployment: Deployment) -> None:
    transaction = deployment.begin()
    made = transaction.system.insert("_storage", {"sha256": "", "size": 0.0})

    assert len(transaction.stored.page("_storage", "asc", PaginationOptions(num_items=5)).page) == 1
    with pytest.raises(ValueError, match=r"^'_storage' is a table of the system"):
        transaction.stored.delete(made)
    with pytest.raises(ValueError, match=r"^'_storage' is a table of the system"):
        transaction.stored.insert("_storage", {})


def test_a_table_that_there_is_not(deployment: Deployment) -> None:
    stored = deployment.begin().stored

    with pytest.raises(ValueError, match=r"^There is no table 'nowhere'.$"):
        stored.page("nowhere", "asc", PaginationOptions(num_items=1))
    with pytest.raises(ValueError, match=r"^There is no table 'nowhere'.$"):
        stored.insert("nowhere", {})
