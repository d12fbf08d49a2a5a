"""Text and places in it: the floor every other module stands on.

Paths are always relative to the project's root and always use `/`, so that nothing above
this floor can depend on the machine it runs on.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one file. Lines and columns count from 1, columns in characters; the end is exclusive.

    `line == 0` stands for the whole file: there is no smaller true place to point at.
    """

    path: str
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the functions folder as it lies on disk. `digest` identifies the content."""

    path: str
    content: bytes
    digest: bytes

    @classmethod
    def of(cls, path: str, content: bytes) -> SourceFile:
        return cls(path, content, digest(content))


def digest(content: bytes) -> bytes:
    """A 16-byte fingerprint of a content: equal fingerprints are taken to mean equal contents."""
    return blake2b(content, digest_size=16).digest()
