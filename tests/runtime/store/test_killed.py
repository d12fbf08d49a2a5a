"""A process that is killed while it writes: what it was told is kept is there, and no commit is there by half."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from convexgen.runtime.search import TextQuery
from convexgen.runtime.store.contract import Store, Version
from tests.runtime.store.implementations import IMPLEMENTATIONS
from tests.runtime.store.model import BY_START, TABLE, identity
from tests.runtime.store.unstoppable_writer import DOCUMENTS, OF_WORDS, value_of

KILLS = {"sqlite": 25, "postgres": 10}
PROJECT = Path(__file__).parents[3]


def write_and_kill(name: str, folder: Path, acknowledgements: int, moment: int) -> int:
    """The last number that was acknowledged. `moment`: how much is done between reading the last line and the kill."""
    command = [sys.executable, "-m", "tests.runtime.store.unstoppable_writer", name, str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(acknowledgements)]
        sum(range(moment))
        writer.kill()
        told += writer.stdout.readlines()
    whole = [line for line in told if line.endswith("\n")]
    assert len(whole) >= acknowledgements
    return int(whole[-1].removeprefix("acknowledged "))


@pytest.mark.parametrize("name", KILLS)
def test_no_acknowledged_commit_is_lost_and_none_is_there_by_half(name: str, tmp_path: Path) -> None:
    (implementation,) = (each for each in IMPLEMENTATIONS if each.name == name)
    implementation.open(tmp_path).close()
    chance = random.Random(4)
    latest = 0
    for _ in range(KILLS[name]):
        acknowledged = write_and_kill(name, tmp_path, chance.randint(1, 20), chance.randint(0, 200_000))
        assert acknowledged > latest
        with closing(implementation.open(tmp_path)) as store:
            latest = store.latest
            assert latest >= acknowledged
            check_whole(store)


def check_whole(store: Store) -> None:
    assert store.metadata("number") == value_of(store.latest)
    assert [logged.timestamp for logged in store.log(store.oldest, 10_000)] == list(
        range(store.oldest + 1, store.latest + 1)
    )
    for snapshot in {store.oldest, (store.oldest + store.latest) // 2, store.latest} - {0}:
        kept = Version(snapshot, value_of(snapshot))
        assert [store.get(TABLE, identity(each), snapshot) for each in range(DOCUMENTS)] == [kept] * DOCUMENTS
        rows = store.scan(BY_START, b"", b"\xff", snapshot).rows
        assert sorted(row.document for row in rows) == sorted(map(identity, range(DOCUMENTS)))
        assert {(row.key, row.timestamp, row.value) for row in rows} == {(value_of(snapshot), *kept)}
        # Of the last word its beginning would do.
        for text, found in (("every", DOCUMENTS), (f"n{snapshot} z", DOCUMENTS), (f"n{snapshot - 1} z", 0)):
            assert len(store.matches(OF_WORDS, TextQuery.of(text), snapshot)) == found
