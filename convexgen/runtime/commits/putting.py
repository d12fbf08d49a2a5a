"""Putting any number of documents in at once: what an import does.

It is one commit, so that nobody ever sees a half of it, and made in a turn, so that nothing it rests on can change.
Others wait for as long as that takes.

Numbers of tables are in ids. Where documents keep ids that were given elsewhere, their table takes the number that is
in them: that puts the program live anew, as a deployment does, in the same commit as the documents.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from convexgen.ir import Table
from convexgen.runtime.commits.committer import Committer, Deployment, tell
from convexgen.runtime.commits.deploy import build_indexes
from convexgen.runtime.commits.deployment_record import DeploymentRecord
from convexgen.runtime.commits.errors import RedeployedError
from convexgen.runtime.commits.numbering import number
from convexgen.runtime.commits.watches import Watch
from convexgen.runtime.drafts import DocumentWrite

Changes: TypeAlias = Callable[[int], Iterable[DocumentWrite]]
"""Given a snapshot, says what is to be written over it. Called in a turn; what it raises, nothing is written of."""


def put_documents(committer: Committer, deployment: int, changes: Changes, not_before: int) -> int:
    """Commit changes that were checked against the program of a deployment; gives the timestamp.

    `not_before`: nanoseconds. Raises `RedeployedError` if another program is live, `StoreError`, what `changes` raises.
    """
    stale: list[Watch] = []
    try:
        with committer.turn():
            if committer.record.number != deployment:
                raise RedeployedError
            stale = committer.put_documents(changes(committer.latest), None, not_before)
            return committer.latest
    finally:
        tell(stale)


def put_renumbered(
    committer: Committer,
    deployment: int,
    tables: Iterable[Table],
    numbers: Mapping[str, int],
    changes: Changes,
    not_before: int,
) -> Deployment:
    """The same where tables get other numbers, by their names. `tables` are those of the program.

    What is returned is live. Raises `DeployInProgressError` too.
    """
    stale: list[Watch] = []
    try:
        with committer.deploying():
            goal = _with_indexes(committer, tables, numbers)
            with committer.turn():
                if committer.record.number != deployment:
                    raise RedeployedError
                stale = committer.put_documents(changes(committer.latest), goal, not_before)
                return committer.deployment
    finally:
        tell(stale)


def renumbered(record: DeploymentRecord, numbers: Mapping[str, int]) -> DeploymentRecord:
    """The record with other numbers for some tables; those of others are given to nobody any more."""
    next_table = max(record.next_table, *(number + 1 for number in numbers.values()))
    return replace(record, tables={**record.tables, **numbers}, next_table=next_table)


def _with_indexes(committer: Committer, tables: Iterable[Table], numbers: Mapping[str, int]) -> DeploymentRecord:
    """The record that is to count, with all indexes that it serves ready."""
    with committer.turn():
        record = committer.record
        planned = number(renumbered(record, numbers), tables, committer.store.indexes())
    goal = replace(planned.reserved, number=record.number + 1, served=planned.served)
    # What is live until then has the numbers from before.
    reserved = replace(planned.reserved, tables=record.tables)
    _exhaust(build_indexes(committer, replace(planned, reserved=reserved), goal.catalogue()))
    return goal


def _exhaust(steps: Generator[object, None, None]) -> None:
    for _ in steps:
        pass
