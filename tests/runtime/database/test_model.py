"""Transactions against a plain dictionary of documents: whatever is written, queries answer alike."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from convexgen import Id
from tests.runtime.database.asked import ASKED, ASSIGNEES, RANKS, TASKS, TITLES, Asked
from tests.runtime.database.deployment import Deployment, finish
from tests.runtime.database.schema import Task
from tests.runtime.store.implementations import Implementation

CHANGES = st.fixed_dictionaries({}, optional={"title": TITLES, "rank": RANKS, "assignee": ASSIGNEES})


class Comparison(RuleBasedStateMachine):
    """One transaction after another. `tasks` is what the current one sees, by id."""

    implementation: Implementation
    ids: Bundle[Id[Task]] = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="convexgen-database-")
        self.deployment = Deployment(self.implementation.open(Path(self.folder.name)), tick=0.0)
        self.tasks: dict[str, Task] = {}
        self.before: dict[str, Task] = {}
        self.transaction = self.deployment.begin()
        self.savepoints: list[tuple[int, dict[str, Task]]] = []

    def teardown(self) -> None:
        self.deployment.store.close()
        self.folder.cleanup()

    def see(self, task_id: Id[Task]) -> None:
        found = finish(self.transaction.writer.get(task_id))
        assert found is not None
        self.tasks[task_id] = found

    @rule(target=ids, task=TASKS)
    def insert(self, task: Task) -> Id[Task]:
        task_id = finish(self.transaction.writer.insert(task))
        self.see(task_id)
        stored = self.tasks[task_id]
        assert (stored.title, stored.rank, stored.assignee) == (task.title, task.rank, task.assignee)
        return task_id

    @rule(task_id=ids, changes=CHANGES)
    def patch(self, task_id: Id[Task], changes: dict[str, Any]) -> None:
        if task_id in self.tasks:
            finish(self.transaction.writer.patch(task_id, **changes))
            expected = self.tasks[task_id].model_copy(update=changes)
            self.see(task_id)
            assert self.tasks[task_id] == expected

    @rule(task_id=ids, task=TASKS)
    def replace(self, task_id: Id[Task], task: Task) -> None:
        if task_id in self.tasks:
            old = self.tasks[task_id]
            finish(self.transaction.writer.replace(task_id, task))
            self.see(task_id)
            new = self.tasks[task_id]
            assert (new.id, new.creation_time, new.title) == (old.id, old.creation_time, task.title)

    @rule(task_id=ids)
    def delete(self, task_id: Id[Task]) -> None:
        if task_id in self.tasks:
            finish(self.transaction.writer.delete(task_id))
            del self.tasks[task_id]

    @rule(task_id=ids)
    def get(self, task_id: Id[Task]) -> None:
        assert finish(self.transaction.reader.get(task_id)) == self.tasks.get(task_id)

    @rule()
    def savepoint(self) -> None:
        self.savepoints.append((self.transaction.savepoint(), dict(self.tasks)))

    @precondition(lambda self: self.savepoints)
    @rule(data=st.data())
    def roll_back(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.savepoints) - 1))
        savepoint, self.tasks = self.savepoints[place]
        self.transaction.roll_back(savepoint)
        del self.savepoints[place:]

    @rule(asked=ASKED, limit=st.integers(0, 3))
    def query(self, asked: Asked, limit: int) -> None:
        expected = asked.among(self.tasks.values())
        query = asked.of(self.transaction.writer)
        assert finish(query.collect()) == expected
        assert finish(query.take(limit)) == expected[:limit]
        assert finish(query.first()) == (expected[0] if expected else None)

    @invariant()
    def indexes_agree(self) -> None:
        for asked in (Asked("by_rank", (), "asc", None), Asked("by_assignee", (), "desc", None)):
            assert finish(asked.of(self.transaction.writer).collect()) == asked.among(self.tasks.values())

    @rule()
    def commit(self) -> None:
        self.deployment.commit(self.transaction)
        self.begin(self.tasks)

    @rule()
    def abandon(self) -> None:
        self.begin(self.before)

    def begin(self, tasks: dict[str, Task]) -> None:
        self.transaction = self.deployment.begin()
        self.savepoints = []
        self.tasks, self.before = dict(tasks), dict(tasks)


def test_it_answers_as_a_dictionary_does(implementation: Implementation) -> None:
    machine = type("ComparisonWithStore", (Comparison,), {"implementation": implementation})
    run_state_machine_as_test(machine, settings=settings(max_examples=30, stateful_step_count=40))
