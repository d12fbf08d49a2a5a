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


def in_characters(span: Span, lines: list[bytes]) -> Span:
    """`span`, whose columns count bytes as Python's parser does, with columns that count characters.

    `lines` are those of its file.
    """
    if not span.line or span.end_line > len(lines):
        return span
    start = _characters(lines[span.line - 1], span.column)
    return Span(span.path, span.line, start, span.end_line, _characters(lines[span.end_line - 1], span.end_column))


def _characters(line: bytes, column: int) -> int:
    return column if line.isascii() else len(line[: column - 1].decode("utf-8", "replace")) + 1


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
