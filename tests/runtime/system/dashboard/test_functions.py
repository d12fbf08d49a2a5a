"""The functions of the dashboard: what they tell, what they change, and what they refuse."""

from __future__ import annotations

from typing import Any, cast

import pytest

from convexgen.runtime.calls import Call, Failure, Outcome, Success
from convexgen.runtime.system.system_engine import SystemEngine
from convexgen.runtime.values import Value
from tests.runtime.engine.served import ADMIN, Served

FIRST: dict[str, Value] = {"numItems": 10.0, "cursor": None}


class Asked:
    """Calls functions of the dashboard by what comes after `_system/frontend/`."""

    def __init__(self, engine: SystemEngine) -> None:
        self.engine = engine

    def outcome(self, path: str, **arguments: Value) -> Outcome:
        full = f"_system/frontend/{path}"
        full = full if ":" in full else f"{full}:default"
        kind = self.engine.kind(full)
        call = Call(full, arguments, kind, ADMIN)
        return self.engine.run_query(call).outcome if kind == "query" else self.engine.run_mutation(call).outcome

    def value(self, path: str, **arguments: Value) -> Any:
        outcome = self.outcome(path, **arguments)
        assert isinstance(outcome, Success), outcome
        return outcome.value

    def refusal(self, path: str, **arguments: Value) -> str:
        outcome = self.outcome(path, **arguments)
        assert isinstance(outcome, Failure), outcome
        return outcome.message

    def notes(self, *filters: Value, options: Value = FIRST) -> Any:
        return self.value("documents:page", table="notes", filters=list(filters), paginationOpts=options)

    def texts(self, *filters: Value) -> list[str]:
        return [each["text"] for each in self.notes(*filters)["page"]]


@pytest.fixture
def asked(engine: SystemEngine) -> Asked:
    return Asked(engine)


def add_note(asked: Asked, text: str, **more: Value) -> str:
    return cast("str", asked.value("documents:add", table="notes", document={"text": text, **more}))


def where(field: str, comparison: str, value: Value = None) -> Value:
    return {"field": field, "comparison": comparison, "value": value}


class TestDocuments:
    def test_what_was_made_last_comes_first(self, asked: Asked) -> None:
        made = [add_note(asked, text) for text in "abc"]

        page = asked.notes()

        assert [each["_id"] for each in page["page"]] == made[::-1]
        assert page["isDone"] is True

    def test_a_page_goes_on_where_another_ended(self, asked: Asked) -> None:
        for text in "abc":
            add_note(asked, text)

        first = asked.notes(options={"numItems": 2.0, "cursor": None})
        second = asked.notes(options={"numItems": 2.0, "cursor": first["continueCursor"]})

        assert [[each["text"] for each in page["page"]] for page in (first, second)] == [["c", "b"], ["a"]]
        assert [page["isDone"] for page in (first, second)] == [False, True]

    def test_a_page_is_told_of_what_comes(self, asked: Asked) -> None:
        call = Call(
            "_system/frontend/documents:page",
            {"table": "notes", "filters": [], "paginationOpts": FIRST},
            "query",
            ADMIN,
        )
        told: list[str] = []
        asked.engine.watch(asked.engine.run_query(call), lambda: told.append("stale"))

        asked.value("documents:add", table="counters", document={"name": "a"})
        assert told == []
        add_note(asked, "a")
        assert told == ["stale"]

    @pytest.mark.parametrize(
        ("filter_", "texts"),
        [
            (where("text", "==", "Beta"), ["Beta"]),
            (where("text", "!=", "Beta"), ["gamma", "alpha"]),
            (where("text", "<", "a"), ["Beta"]),
            (where("text", "<=", "alpha"), ["Beta", "alpha"]),
            (where("text", ">", "alpha"), ["gamma"]),
            (where("text", ">=", "alpha"), ["gamma", "alpha"]),
            (where("text", "contains", "BET"), ["Beta"]),
            (where("owner", "is missing"), ["gamma", "Beta"]),
            (where("owner", "==", None), []),
            (where("owner", "<", "z"), ["alpha"]),
            (where("_creationTime", ">", 0.0), ["gamma", "Beta", "alpha"]),
            (where("text.inner", "==", "alpha"), []),
        ],
    )
    def test_filters(self, asked: Asked, filter_: Value, texts: list[str]) -> None:
        add_note(asked, "alpha", owner="ada")
        add_note(asked, "Beta")
        add_note(asked, "gamma")

        assert asked.texts(filter_) == texts

    def test_all_filters_have_to_let_a_document_through(self, asked: Asked) -> None:
        add_note(asked, "alpha", owner="ada")
        add_note(asked, "alpha")

        assert asked.texts(where("text", "==", "alpha"), where("owner", "==", "ada")) == ["alpha"]

    @pytest.mark.parametrize(
        "filter_",
        [1.0, {}, where("", "=="), where("text", "~="), {"field": "text"}, {"field": 1.0, "comparison": "=="}],
    )
    def test_what_is_no_filter(self, asked: Asked, filter_: Value) -> None:
        message = asked.refusal("documents:page", table="notes", filters=[filter_], paginationOpts=FIRST)

        assert message.startswith("A filter is {field, comparison, value}, with one of ==, !=, ")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({}, "The argument 'table' is missing, or no str."),
            ({"table": "notes"}, "The argument 'filters' is missing, or no list."),
            ({"table": "notes", "filters": []}, "The argument 'paginationOpts' is missing, or no dict."),
            (
                {"table": "notes", "filters": [], "paginationOpts": {"numItems": 1.5, "cursor": None}},
                "The argument 'paginationOpts' is no {numItems, cursor, endCursor?}.",
            ),
            (
                {"table": "notes", "filters": [], "paginationOpts": {"numItems": 1.0, "cursor": 5.0}},
                "The argument 'paginationOpts' is no {numItems, cursor, endCursor?}.",
            ),
            ({"table": "gone", "filters": [], "paginationOpts": FIRST}, "There is no table 'gone'."),
            (
                {"table": "notes", "filters": [], "paginationOpts": {"numItems": 0.0, "cursor": None}},
                "Must request at least 1 document while paginating",
            ),
        ],
    )
    def test_what_is_no_page(self, asked: Asked, arguments: dict[str, Value], message: str) -> None:
        assert asked.refusal("documents:page", **arguments) == message

    def test_a_cursor_of_something_else(self, asked: Asked) -> None:
        options: Value = {"numItems": 1.0, "cursor": "abc"}

        message = asked.refusal("documents:page", table="notes", filters=[], paginationOpts=options)

        assert message.startswith("InvalidCursor: ")

    def test_a_document_is_replaced(self, asked: Asked) -> None:
        made = add_note(asked, "a", owner="ada")

        asked.value("documents:replace", id=made, document={"text": "b"})

        [found] = asked.notes()["page"]
        assert (found["_id"], found["text"], "owner" in found) == (made, "b", False)

    def test_what_does_not_fit_changes_nothing(self, asked: Asked) -> None:
        made = add_note(asked, "a")

        message = asked.refusal("documents:replace", id=made, document={"text": 5.0})

        assert message.splitlines()[:2] == [
            f'Document with ID "{made}" in table "notes" does not match the schema: Value does not match validator.',
            "Path: .text",
        ]
        assert asked.refusal("documents:add", table="notes", document={"txt": "a"}).startswith("Document with ID ")
        assert asked.texts() == ["a"]

    def test_documents_are_removed_together(self, asked: Asked) -> None:
        made: list[Value] = [add_note(asked, text) for text in "abc"]

        asked.value("documents:remove", ids=made[:2])
        asked.value("documents:remove", ids=made[:2])

        assert asked.texts() == ["c"]

    @pytest.mark.parametrize("ids", [["nonsense"], [5.0]])
    def test_what_is_no_id_removes_nothing(self, asked: Asked, ids: list[Value]) -> None:
        made = add_note(asked, "a")

        assert asked.refusal("documents:remove", ids=[made, *ids])
        assert asked.texts() == ["a"]

    @pytest.mark.parametrize("change", ["documents:add", "documents:replace", "documents:remove", "schedules:cancel"])
    def test_changes_are_for_administrators(self, asked: Asked, change: str) -> None:
        outcome = asked.engine.run_mutation(Call(f"_system/frontend/{change}", {}, "mutation")).outcome

        assert outcome == Failure(f"Could not find public function for '_system/frontend/{change}'.")


class TestSchedules:
    def add_job(self, served: Served, due: float) -> str:
        fields: dict[str, Value] = {
            "name": "counters.js:add",
            "args": [{"name": "a"}],
            "scheduledTime": due,
            "state": {"kind": "pending"},
        }
        return served.engine.system(lambda system: system.insert("_scheduled_functions", fields))

    def test_what_is_due_first_comes_first(self, asked: Asked, served: Served) -> None:
        late, early = self.add_job(served, 2e12), self.add_job(served, 1e12)

        waiting = asked.value("schedules:waiting")

        assert ([job["_id"] for job in waiting["jobs"]], waiting["isAll"]) == ([early, late], True)

    def test_many_are_shown_in_part(self, asked: Asked, served: Served) -> None:
        for due in range(201):
            self.add_job(served, float(due))

        waiting = asked.value("schedules:waiting")

        assert (len(waiting["jobs"]), waiting["isAll"]) == (200, False)

    def test_what_is_canceled_has_ended(self, asked: Asked, served: Served) -> None:
        job = self.add_job(served, 2e12)
        assert asked.value("schedules:ended", paginationOpts=FIRST)["page"] == []

        asked.value("schedules:cancel", id=job)

        assert asked.value("schedules:waiting")["jobs"] == []
        [ended] = asked.value("schedules:ended", paginationOpts=FIRST)["page"]
        assert (ended["_id"], ended["state"]) == (job, {"kind": "canceled"})

    def test_what_is_no_job_is_not_canceled(self, asked: Asked) -> None:
        assert asked.refusal("schedules:cancel", id="abc") == "'abc' is no id of a scheduled function"

    def test_crons(self, asked: Asked, served: Served) -> None:
        fields: dict[str, Value] = {
            "name": "clean up",
            "schedule": "every 60s",
            "path": "counters:add",
            "arguments": {},
            "scheduledTime": 1e12,
            "state": {"kind": "pending"},
        }
        served.engine.system(lambda system: system.insert("_cron_jobs", fields))

        [cron] = asked.value("schedules:crons")

        assert (cron["name"], cron["scheduledTime"]) == ("clean up", 1e12)


class TestFiles:
    def test_a_file_has_the_path_to_its_content(self, asked: Asked, served: Served) -> None:
        made = served.engine.files.store(b"hello", "text/plain")

        [found] = asked.value("files:page", paginationOpts=FIRST)["page"]

        assert (found["_id"], found["contentType"], found["size"]) == (made, "text/plain", 5.0)
        name = found["path"].removeprefix("/api/storage/")
        content = served.engine.files.find_named(name)
        assert content is not None
        assert content.read_all() == b"hello"

    def test_a_file_is_removed(self, asked: Asked, served: Served) -> None:
        made = served.engine.files.store(b"hello")

        asked.value("files:remove", id=made)

        assert asked.value("files:page", paginationOpts=FIRST)["page"] == []
        assert asked.refusal("files:remove", id=made) == f"storage id {made} not found"


class TestProgram:
    def test_tables(self, asked: Asked) -> None:
        tables = {table["name"]: table for table in asked.value("program")["tables"]}

        assert sorted(tables) == ["counters", "notes"]
        assert tables["counters"] == {
            "name": "counters",
            "doc": "A number that goes up.",
            "fields": [
                {"name": "name", "validator": "v.string()", "isOptional": False},
                {"name": "value", "validator": "v.float64()", "isOptional": True},
            ],
            "indexes": [{"name": "by_name", "fields": ["name"]}],
            "template": {"name": "", "value": 0.0},
        }

    def test_a_template_of_a_table_fits(self, asked: Asked) -> None:
        for table in asked.value("program")["tables"]:
            asked.value("documents:add", table=table["name"], document=table["template"])

    def test_functions(self, asked: Asked) -> None:
        functions = asked.value("program")["functions"]

        paths = [function["path"] for function in functions]
        assert paths == sorted(paths)
        [add] = [function for function in functions if function["path"] == "counters:add"]
        assert (add["kind"], add["isPublic"]) == ("mutation", True)
        assert {field["name"] for field in add["arguments"] if not field["isOptional"]} <= set(add["template"])
