"""What is written to a store: commits of whole documents, and where each stood and now stands in its indexes.

Keys of index entries are bytes of which a store knows only the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final, NamedTuple

LAST_TIMESTAMP: Final = 2**63 - 1


class InvalidCommitError(ValueError):
    """A commit that contradicts itself or what is stored. Nothing of it was written: whoever made it has a fault."""


class KeyChange(NamedTuple):
    """Where a document stood in one index, and where it stands now.

    `old` is None for a new document, `new` for a deleted one. They are equal if the document changed in other fields;
    that is told all the same, because whoever has read this entry has read something that is no longer so.
    """

    index_number: int
    old: bytes | None
    new: bytes | None


class Change(NamedTuple):
    """What a commit did to one document, without its value: enough to tell whom it concerns."""

    table: int
    document: bytes
    previous: int | None
    deleted: bool
    keys: tuple[KeyChange, ...]


class Write(NamedTuple):
    """One new version of a document.

    `document` is its id within the table, sixteen bytes; `value` is None where it is deleted. `previous` is the
    timestamp of the version that this one replaces, None if there is no such document (any more). `keys` has every
    index of the table once, those too that are still being built.
    """

    table: int
    document: bytes
    value: bytes | None
    previous: int | None
    keys: tuple[KeyChange, ...] = ()

    @property
    def change(self) -> Change:
        return Change(self.table, self.document, self.previous, self.value is None, self.keys)


@dataclass(frozen=True, slots=True)
class Commit:
    """Writes that become visible together. `timestamp`: nanoseconds since the epoch, 1 … 2^63-2.

    `metadata` has no history: None forgets what was kept under a name.
    """

    timestamp: int
    writes: tuple[Write, ...] = ()
    metadata: Mapping[str, bytes | None] = field(default_factory=dict)


class LoggedCommit(NamedTuple):
    """A commit as the log remembers it."""

    timestamp: int
    changes: tuple[Change, ...]


def check_commits(commits: Sequence[Commit], latest: int, indexes: Mapping[int, AbstractSet[int]]) -> None:
    """Raises `InvalidCommitError` for what can be seen without looking at documents.

    `latest` is the newest timestamp so far; `indexes` has the numbers of the indexes of each table.

    That every write tells of every index is what lets an index be built while commits go on: a transaction that began
    before there was such an index cannot slip past it.
    """
    for commit in commits:
        if not latest < commit.timestamp < LAST_TIMESTAMP:
            raise InvalidCommitError(f"a commit at {commit.timestamp} cannot follow one at {latest}")
        latest = commit.timestamp
        if len({(write.table, write.document) for write in commit.writes}) < len(commit.writes):
            raise InvalidCommitError(f"the commit at {latest} writes a document twice")
        for write in commit.writes:
            _check_write(write, indexes.get(write.table, frozenset()))


def _check_write(write: Write, indexes: AbstractSet[int]) -> None:
    if write.value is None and write.previous is None:
        raise InvalidCommitError(f"{_name(write)} is deleted, but there is none to delete")
    if len(write.keys) != len(indexes) or {change.index_number for change in write.keys} != indexes:
        told = sorted(change.index_number for change in write.keys)
        raise InvalidCommitError(f"{_name(write)} tells of the indexes {told}, but its table has {sorted(indexes)}")
    for change in write.keys:
        if (change.old is None) != (write.previous is None) or (change.new is None) != (write.value is None):
            raise InvalidCommitError(
                f"{_name(write)} and its entry in the index {change.index_number} do not go together"
            )


def not_the_newest(write: Write) -> InvalidCommitError:
    """The error for a write that does not replace the newest version of its document."""
    replaced = "no version" if write.previous is None else f"the version of {write.previous}"
    return InvalidCommitError(f"{_name(write)} replaces {replaced}, which is not what is there now")


def not_in_the_index(write: Write, index: int) -> InvalidCommitError:
    """The error for a write whose document does not stand in a finished index where it says that it stood."""
    return InvalidCommitError(f"{_name(write)} does not stand in the index {index} where it says")


def _name(write: Write) -> str:
    return f"the document {write.document.hex()} of the table {write.table}"
