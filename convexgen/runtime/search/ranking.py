"""Which of the documents that answer a search come first: a pure function of these documents, and of no others.

The score is that of BM25, with one difference. How rare a word is, and how long documents are, is counted among the
documents that answer the search and not among all of the index. So a write to any other document changes nothing, and
who watches a search need not be told of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from heapq import nsmallest
from struct import Struct
from typing import Final, NamedTuple

MAXIMUM_RESULTS: Final = 1024

_SATURATION: Final = 1.2
"""How much a word counts that comes again and again: BM25's k1."""
_LENGTH: Final = 0.75
"""How much longer documents are held back: BM25's b."""
_LONGER_WORD: Final = 0.5
"""What a word counts that only begins with the last one asked for."""

_key = Struct(">dd")


class Match(NamedTuple):
    """A document that answers a search. `created` is in milliseconds, `length` in words.

    `counts`: how often it has each of the terms and, at the end, words that are longer than the last but begin so.
    """

    document: bytes
    created: float
    length: int
    counts: tuple[int, ...]


class Ranked(NamedTuple):
    """A document in its place: `key` sorts the best first, and of equals the newest."""

    key: bytes
    document: bytes


def ranked(matches: Sequence[Match]) -> list[Ranked]:
    """The best of all documents that answer one search, at most `MAXIMUM_RESULTS`, in their order."""
    if not matches:
        return []
    occurrences = [_occurrences(match) for match in matches]
    rarities = [_rarity(sum(map(bool, of_term)), len(matches)) for of_term in zip(*occurrences, strict=True)]
    average = sum(match.length for match in matches) / len(matches)
    places = (
        (-_score(found, rarities, match.length / average), -match.created, match.document)
        for match, found in zip(matches, occurrences, strict=True)
    )
    return [
        Ranked(_descending(-score, -created), document)
        for score, created, document in nsmallest(MAXIMUM_RESULTS, places)
    ]


def _occurrences(match: Match) -> list[float]:
    *first, last, longer = match.counts
    return [*first, last + _LONGER_WORD * longer]


def _rarity(documents: int, of: int) -> float:
    return math.log(1 + (of - documents + 0.5) / (documents + 0.5))


def _score(occurrences: Sequence[float], rarities: Sequence[float], length: float) -> float:
    held_back = _SATURATION * (1 - _LENGTH + _LENGTH * length)
    return sum(
        rarity * found * (_SATURATION + 1) / (found + held_back)
        for found, rarity in zip(occurrences, rarities, strict=True)
    )


def _descending(score: float, created: float) -> bytes:
    """Bytes that sort the other way round. Neither number is negative, so its own bytes sort as it does."""
    return bytes(255 - byte for byte in _key.pack(score, max(created, 0.0)))
