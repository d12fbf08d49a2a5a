"""Which of the documents that answer a search come first: a pure function of these documents, and of no others.

The score is that of BM25, with one difference. How rare a word is, and how long documents are, is counted among the
documents that answer the search and not among all of the index. So a write to any other document changes nothing, and
who watches a search need not be told of it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
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
    # Thousands of documents may answer, but they have their words in few different ways.
    alike = Counter((match.counts, match.length) for match in matches)
    rarities = _rarities(alike, len(matches))
    average = sum(length * documents for (_, length), documents in alike.items()) / len(matches)
    scores = {(counts, length): _score(_occurrences(counts), rarities, length / average) for counts, length in alike}
    places = [(-scores[counts, length], -created, document) for document, created, length, counts in matches]
    return [
        Ranked(_descending(-score, -created), document)
        for score, created, document in nsmallest(MAXIMUM_RESULTS, places)
    ]


def _occurrences(counts: Sequence[int]) -> list[float]:
    *first, last, longer = counts
    return [*first, last + _LONGER_WORD * longer]


def _rarities(alike: Mapping[tuple[tuple[int, ...], int], int], all_documents: int) -> list[float]:
    """How much each term says, which is the more the fewer of the documents have it."""
    rows = ([documents if found else 0 for found in _occurrences(each)] for (each, _), documents in alike.items())
    having = map(sum, zip(*rows, strict=True))
    return [math.log(1 + (all_documents - documents + 0.5) / (documents + 0.5)) for documents in having]


def _score(occurrences: Sequence[float], rarities: Sequence[float], length: float) -> float:
    held_back = _SATURATION * (1 - _LENGTH + _LENGTH * length)
    return sum(
        rarity * found * (_SATURATION + 1) / (found + held_back)
        for found, rarity in zip(occurrences, rarities, strict=True)
    )


def _descending(score: float, created: float) -> bytes:
    """Bytes that sort the other way round. Neither number is negative, so its own bytes sort as it does."""
    return bytes(255 - byte for byte in _key.pack(score, max(created, 0.0)))
