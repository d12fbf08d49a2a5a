"""Putting a program's schema live, a little at a time, while the old one goes on committing.

1. All documents are checked, at one snapshot, whose tables have another type than they were last checked against.
2. Indexes that the store lacks are made: their numbers are written down first, so that no crash makes one be given
   twice. From then on every commit tells of them; then the documents from before are added.
3. Documents that were changed meanwhile are checked, until few are left; then, in a turn, those few. In the same turn
   the new deployment is written down, and is live.

Until the last commit the old deployment is live, whatever happens. Indexes that are left over, those of the old
deployment or half-built ones, are taken up by the next deployment that wants them, or dropped by `housekeeping`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from convexgen.ir import Ir
from convexgen.runtime.catalogue import Catalogue, CataloguedIndex, CataloguedSearch
from convexgen.runtime.commits.committer import Committer, Deployment
from convexgen.runtime.commits.deployment_record import SYSTEM_TABLES, DeploymentRecord
from convexgen.runtime.commits.document_checks import DocumentChecks, stored_document
from convexgen.runtime.commits.fingerprints import fingerprints
from convexgen.runtime.commits.numbering import Numbering, number
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.store import IndexState, build_index

_FEW_CHANGES = 100
"""Documents that are checked in the turn, while nobody else can commit."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a deployment has come: how many documents were checked, or put into the index `building`."""

    documents: int
    building: str | None = None


def deploy(committer: Committer, tables: Mapping[str, LiveTable], ir: Ir) -> Generator[Progress, None, Deployment]:
    """Put the tables of a program live; `ir` has the types that they mention. What is returned is live.

    Between two steps anything may happen, in this thread too; closing the generator gives the deployment up. Raises
    `SchemaMismatchError` for documents that the new schema does not allow, `DeployInProgressError`, `StoreError`.
    """
    with committer.deploying():
        planned, goal, checks = _plan(committer, tables, ir)
        with committer.snapshot() as snapshot:
            for seen in checks.all_documents(committer.store, snapshot):
                yield Progress(seen)
            yield from build_indexes(committer, planned, goal.catalogue())
            return (yield from _switch(committer, goal, checks, snapshot))


def rehearse(committer: Committer, tables: Mapping[str, LiveTable], ir: Ir) -> Generator[Progress, None, None]:
    """Check what a deployment would check, of the documents that there are now, and change nothing.

    Raises what `deploy` raises.
    """
    with committer.deploying():
        _, _, checks = _plan(committer, tables, ir)
        with committer.snapshot() as snapshot:
            for seen in checks.all_documents(committer.store, snapshot):
                yield Progress(seen)


def _plan(
    committer: Committer, tables: Mapping[str, LiveTable], ir: Ir
) -> tuple[Numbering, DeploymentRecord, DocumentChecks]:
    declared = [table.declared for name, table in tables.items() if name not in SYSTEM_TABLES]
    with committer.turn():
        planned = number(committer.record, declared, committer.store.indexes())
    known = fingerprints(ir)
    goal = _goal(planned, {table.name: known[table.name] for table in declared})
    return planned, goal, _checks(committer.record, goal, tables)


def _goal(planned: Numbering, checked: Mapping[str, str]) -> DeploymentRecord:
    """The record once the program is live. Tables that are not in it keep what they were checked against."""
    return replace(
        planned.reserved,
        number=planned.reserved.number + 1,
        served=planned.served,
        checked={**planned.reserved.checked, **checked},
    )


def _checks(record: DeploymentRecord, goal: DeploymentRecord, tables: Mapping[str, LiveTable]) -> DocumentChecks:
    changed = {
        goal.tables[name]: table
        for name, table in tables.items()
        if name not in SYSTEM_TABLES and goal.checked.get(name) != record.checked.get(name)
    }
    return DocumentChecks(changed, goal.catalogue().names)


def build_indexes(committer: Committer, planned: Numbering, catalogue: Catalogue) -> Generator[Progress, None, None]:
    """Make those that the store lacks, and see to it that all indexes of a catalogue are ready."""
    store = committer.store
    if planned.new:
        with committer.turn():
            committer.put_record(planned.reserved)
            for new in planned.new:
                wanted = planned.reserved.indexes[new]
                store.create_index(new, wanted.table, wanted.kind)
    for table in catalogue.tables.values():
        made: list[CataloguedIndex | CataloguedSearch] = [*table.indexes.values(), *table.searches.values()]
        for index in made:
            if store.indexes()[index.number].state is IndexState.BUILDING:
                for seen in build_index(store, index.number, partial(_key, index)):
                    yield Progress(seen, f"{table.name}.{index.name}")


def _key(index: CataloguedIndex | CataloguedSearch, document: bytes, value: bytes) -> bytes:
    return index.key(stored_document(value))


def _switch(
    committer: Committer, goal: DeploymentRecord, checks: DocumentChecks, checked_at: int
) -> Generator[Progress, None, Deployment]:
    if checks.are_needed:
        checked_at = yield from _catch_up(committer, checks, checked_at)
    with committer.turn():
        if checks.are_needed:
            checks.changed_documents(committer.store, committer.changes_since(checked_at), committer.latest)
        committer.put_record(goal)
        return committer.deployment


def _catch_up(committer: Committer, checks: DocumentChecks, checked_at: int) -> Generator[Progress, None, int]:
    """Check what has changed since a snapshot, and meanwhile, until little is left; gives the snapshot then."""
    checked = 0
    while sum(len(commit.changes) for commit in committer.changes_since(checked_at)) > _FEW_CHANGES:
        latest = committer.latest
        checked += checks.changed_documents(committer.store, committer.changes_since(checked_at), latest)
        checked_at = latest
        yield Progress(checked)
    return checked_at
