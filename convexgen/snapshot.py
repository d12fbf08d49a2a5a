"""What goes into `plan` and what comes out of it, as values: the disk as it was read, and the disk as it should be.

`discover` makes a `Snapshot`, `apply` carries out a `Plan`; nothing in between touches a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from convexgen.diagnostics import Diagnostic
from convexgen.source import SourceFile


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The project on disk at one moment. Two equal snapshots give equal plans.

    `sources` are the `*.py` files of the functions folder in order of their paths, test files and output folders left
    out. `outputs` are all files that lie in an output folder, or at an output's path, by path: ours and foreign ones.
    `unreadable` holds path and reason of each file that could not be read.
    """

    sources: tuple[SourceFile, ...]
    outputs: Mapping[str, bytes]
    unreadable: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file to be created (`before` is None), updated, or deleted (`after` is None)."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a command needs: the findings, and the changes in the order in which they are to be made.

    With any finding that stops generation, `changes` is empty: the last good output stays whole. `files` counts all
    generated files, changed or not; `functions` and `tables` those of the program.
    """

    diagnostics: tuple[Diagnostic, ...]
    changes: tuple[FileChange, ...] = ()
    files: int = 0
    functions: int = 0
    tables: int = 0


def after(snapshot: Snapshot, plan: Plan) -> Snapshot:
    """What `discover` finds when `plan` has been applied and nothing else happened."""
    outputs = dict(snapshot.outputs)
    for change in plan.changes:
        if change.after is None:
            outputs.pop(change.path, None)
        else:
            outputs[change.path] = change.after.encode()
    return replace(snapshot, outputs=outputs)


def fingerprint_sources(snapshot: Snapshot) -> bytes:
    """16 bytes that are equal for equal sources: every path and every content counts, no time stamp does."""
    found = blake2b(digest_size=16)
    for source in snapshot.sources:
        found.update(source.path.encode("utf-8", "surrogateescape"))
        found.update(source.digest)
    return found.digest()


def fingerprint(snapshot: Snapshot) -> bytes:
    """32 bytes that are equal for equal snapshots; they begin with the fingerprint of the sources."""
    sources = fingerprint_sources(snapshot)
    found = blake2b(digest_size=16)
    for path in sorted(snapshot.outputs):
        found.update(path.encode("utf-8", "surrogateescape"))
        found.update(blake2b(snapshot.outputs[path], digest_size=16).digest())
    found.update(repr(snapshot.unreadable).encode())
    return sources + found.digest()
