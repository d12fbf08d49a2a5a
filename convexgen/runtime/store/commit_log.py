"""The changes of a commit as bytes, for the log of a store that keeps it on disk.

Numbers are four or eight bytes, the highest first; of bytes the length comes first. Logs lie in files: whoever changes
what they look like raises the version of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct

from convexgen.runtime.store.commits import Change, KeyChange

_change = Struct(">IHqBI")
_key = Struct(">IBII")
_HAS_OLD, _HAS_NEW = 1, 2
_NO_PREVIOUS = -1


def pack_changes(changes: Iterable[Change]) -> bytes:
    return b"".join(piece for change in changes for piece in _packed(change))


def _packed(change: Change) -> Iterator[bytes]:
    previous = _NO_PREVIOUS if change.previous is None else change.previous
    yield _change.pack(change.table, len(change.document), previous, change.deleted, len(change.keys))
    yield change.document
    for index, old, new in change.keys:
        present = (_HAS_OLD if old is not None else 0) | (_HAS_NEW if new is not None else 0)
        yield _key.pack(index, present, len(old or b""), len(new or b""))
        yield old or b""
        yield new or b""


def unpack_changes(content: bytes) -> tuple[Change, ...]:
    changes = []
    place = 0
    while place < len(content):
        table, length, previous, deleted, count = _change.unpack_from(content, place)
        place += _change.size
        document = content[place : place + length]
        place += length
        keys = []
        for _ in range(count):
            key, place = _unpack_key(content, place)
            keys.append(key)
        known = None if previous == _NO_PREVIOUS else previous
        changes.append(Change(table, document, known, bool(deleted), tuple(keys)))
    return tuple(changes)


def _unpack_key(content: bytes, place: int) -> tuple[KeyChange, int]:
    """A change of a key, and where what follows it begins."""
    index, present, old_length, new_length = _key.unpack_from(content, place)
    middle = place + _key.size + old_length
    old = content[middle - old_length : middle] if present & _HAS_OLD else None
    new = content[middle : middle + new_length] if present & _HAS_NEW else None
    return KeyChange(index, old, new), middle + new_length


def versions_before(timestamp: int, changes: Iterable[Change]) -> list[tuple[int, bytes, int]]:
    """What no snapshot from a commit on sees, by table, document and timestamp: the versions that it has replaced, and
    its own deletions.
    """
    replaced = [(each.table, each.document, each.previous) for each in changes if each.previous is not None]
    return replaced + [(each.table, each.document, timestamp) for each in changes if each.deleted]


def entries_before(changes: Iterable[Change]) -> list[tuple[int, bytes, bytes]]:
    """Where documents stood before a commit, by index, key and document. Those that stayed there are among them."""
    return [(key.index_number, key.old, each.document) for each in changes for key in each.keys if key.old is not None]
