"""What a transaction asks to be committed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from convexgen.runtime.reads import Reads
from convexgen.runtime.values import Value


@dataclass(frozen=True, slots=True)
class DocumentWrite:
    """A document before and after, with its system fields. `old` is None for a new one, `new` for a deleted one.

    `document` is the sixteen bytes of its id, `previous` the timestamp of the version that is replaced.
    """

    table: int
    document: bytes
    previous: int | None
    old: dict[str, Value] | None
    new: dict[str, Value] | None


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a transaction has read at `snapshot`, and wants to have written.

    `metadata` is written along. Where `unless` names metadata that is there already, nothing is to be done any more.
    `deployment` is the number of the deployment whose schema the writes were checked against. The timestamp of the
    commit is to be `not_before` one in nanoseconds: documents are not from a time after that of their commit.
    """

    snapshot: int
    deployment: int
    reads: Reads
    writes: tuple[DocumentWrite, ...] = ()
    metadata: Mapping[str, bytes | None] = field(default_factory=dict)
    unless: str | None = None
    not_before: int = 0
