"""The simulation finds what it is there to find: faults that are planted in the server come to light."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convexgen.runtime.commits import EXPIRING
from convexgen.runtime.commits.committer import Committer
from convexgen.runtime.commits.document_checks import DocumentChecks
from convexgen.runtime.commits.timeline import Timeline
from convexgen.runtime.commits.watches import Watch, Watches
from convexgen.runtime.database.pages import Journal
from convexgen.runtime.database.transaction import Transaction
from convexgen.runtime.reads import ReadRecorder
from convexgen.runtime.search import SearchEntry
from convexgen.runtime.store import InvalidCommitError, memory_store
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.sync.session import Session
from tests.runtime.simulation.history import WrongError
from tests.runtime.simulation.simulate import simulate

SEEDS = range(1, 60)

Plant = Callable[[pytest.MonkeyPatch], None]


def no_conflicts(patch: pytest.MonkeyPatch) -> None:
    """Whatever others have committed meanwhile, a transaction is committed too, if it writes no same document."""
    patch.setattr(Timeline, "since", lambda timeline, snapshot: iter(()))


def reads_of_indexes_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ReadRecorder, "entries", lambda recorder, index, interval: None)


def searches_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ReadRecorder, "search", lambda recorder, index, query: None)


def no_words_of_what_is_deleted(patch: pytest.MonkeyPatch) -> None:
    """Whoever searches is told of new documents, and not of those that are gone."""
    patch.setattr(
        "convexgen.runtime.reads.search_entries",
        lambda key: iter(() if key.new is None else (SearchEntry.unpack(key.new),)),
    )
    patch.setattr(
        "convexgen.runtime.commits.watches.search_entries",
        lambda key: iter(() if key.new is None else (SearchEntry.unpack(key.new),)),
    )


def news_missed_while_a_result_is_on_its_way(patch: pytest.MonkeyPatch) -> None:
    """A watch waits for what comes, and does not ask what has come since its result was found."""

    def watch(timeline: Any, reads: Any, since: int, on_stale: Callable[[], None]) -> Watch:
        made = Watch(on_stale, timeline._close)
        timeline._watches.add(made, reads)
        return made

    patch.setattr(Timeline, "watch", watch)


def no_news_of_some(patch: pytest.MonkeyPatch) -> None:
    """Of many who wait for the same, one is not told."""
    take_touched = Watches.take_touched
    patch.setattr(Watches, "take_touched", lambda watches, commits: take_touched(watches, commits)[1:])


def requests_forgotten(patch: pytest.MonkeyPatch) -> None:
    metadata = MemoryStore.metadata
    patch.setattr(
        MemoryStore, "metadata", lambda store, name: None if name.startswith(EXPIRING) else metadata(store, name)
    )


def journals_ignored(patch: pytest.MonkeyPatch) -> None:
    init = Journal.__init__
    patch.setattr(Journal, "__init__", lambda journal, given: init(journal, None))


def time_goes_back(patch: pytest.MonkeyPatch) -> None:
    """Commits have the time of the clock, even where it was set back."""
    patch.setattr(Committer, "_next_timestamp", lambda committer, before=(): committer._now())
    patch.setattr(memory_store, "check_commits", lambda commits, latest, indexes: None)


def results_never_outdated(patch: pytest.MonkeyPatch) -> None:
    """Whoever asks again is given what was once found."""
    patch.setattr(Timeline, "unchanged", lambda *_: True)


def snapshots_ignored(patch: pytest.MonkeyPatch) -> None:
    """Each scan of an index reads what is the newest then."""
    scan = MemoryStore.scan
    patch.setattr(
        MemoryStore,
        "scan",
        lambda store, index, lower, upper, snapshot, **more: scan(store, index, lower, upper, store.latest, **more),
    )


def transitions_while_a_mutation_runs(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        Session,
        "_may_compute",
        lambda session: session._scheduled and session._computing is None and not session._authenticating,
    )


def nested_writes_stay(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Transaction, "roll_back", lambda transaction, savepoint: None)


def schemas_checked_once(patch: pytest.MonkeyPatch) -> None:
    """What is committed while a schema is being put live is not looked at."""
    patch.setattr(DocumentChecks, "changed_documents", lambda *_: 0)


FAULTS: tuple[Plant, ...] = (
    no_conflicts,
    reads_of_indexes_forgotten,
    searches_forgotten,
    no_words_of_what_is_deleted,
    news_missed_while_a_result_is_on_its_way,
    no_news_of_some,
    requests_forgotten,
    journals_ignored,
    time_goes_back,
    results_never_outdated,
    snapshots_ignored,
    transitions_while_a_mutation_runs,
    nested_writes_stay,
    schemas_checked_once,
)


@pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
def test_a_fault_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plant(monkeypatch)
    with pytest.raises((WrongError, InvalidCommitError)):
        for seed in SEEDS:
            simulate(seed, tmp_path)
