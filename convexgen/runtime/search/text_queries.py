"""What is asked of a search index, and whether a document answers it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from convexgen.runtime.search.entries import SearchEntry, digest
from convexgen.runtime.search.ranking import Match
from convexgen.runtime.search.words import words_of

MAXIMUM_TERMS: Final = 16
"""Different words that a search heeds: those that come first."""


@dataclass(frozen=True, slots=True)
class TextQuery:
    """Documents that have one of the `terms`, or a word that begins with the last of them.

    The terms are different. `filters` are places of filter fields, each with the digest that has to stand there.
    """

    terms: tuple[str, ...]
    filters: tuple[tuple[int, bytes], ...] = ()

    @classmethod
    def of(cls, text: str, filters: Iterable[tuple[int, bytes]] = ()) -> TextQuery:
        """The query for the words of a text. `filters`: the place and the sort key of each value."""
        terms = tuple(dict.fromkeys(words_of(text)))[:MAXIMUM_TERMS]
        return cls(terms, tuple((place, digest(key)) for place, key in filters))

    def admits(self, filters: tuple[bytes, ...]) -> bool:
        """Whether these are values that the filters ask for."""
        return all(filters[place] == wanted for place, wanted in self.filters)

    def match(self, document: bytes, entry: SearchEntry) -> Match | None:
        """How a document answers, None if it does not."""
        if not self.terms or not self.admits(entry.filters):
            return None
        found = Counter(entry.words)
        last = self.terms[-1]
        longer = sum(count for word, count in found.items() if word != last and word.startswith(last))
        counts = (*(found[term] for term in self.terms), longer)
        return Match(document, entry.created, len(entry.words), counts) if any(counts) else None
