"""Vectors of one index side by side, and which of them point most nearly where another one does.

All of them are looked at. So what is found is exact, depends on nothing but what is there, and is there at once; with
numpy, ten thousand vectors of 1,536 numbers take some milliseconds. An approximate index is quicker for millions, but
forgets some of what is near, and which ones hangs on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_FEW: Final = 64
"""Rows that there is room for at first."""
_DOUBT: Final = 1e-3
"""More than the products of single precision can be wrong, by how they are rounded and in which order added up."""

Groups = Sequence[Sequence[tuple[int, bytes]]]
"""Filters: of each group one has to hold. A filter is the place of a filter field, and the sort key it has to have."""


class Near(NamedTuple):
    """A document, and the cosine of the angle between its vector and the one asked for."""

    document: bytes
    score: float


class VectorMatrix:
    """One row for each document: its vector, of length one. For one thread at a time.

    `dimensions`: of every vector. `filters`: how many filter fields there are.
    """

    def __init__(self, dimensions: int, filters: int) -> None:
        self._vectors = np.zeros((_FEW, dimensions), np.float32)
        self._filters = np.zeros((_FEW, filters), np.int64)
        self._documents: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._numbers: dict[bytes, int] = {}
        """What stands for a value of a filter field in the matrix, by its sort key."""
        self._next_number = count(1)

    def __len__(self) -> int:
        return len(self._documents)

    def put(self, document: bytes, vector: Sequence[float], filters: Sequence[bytes]) -> None:
        """Add a document, or change it. `filters` are the sort keys of its filter fields. One whose vector is not of
        these dimensions, or has a number that is not finite, is not in the index.
        """
        direction = _direction(vector)
        if len(vector) != self._vectors.shape[1] or direction is None:
            self.discard(document)
            return
        place = self._places.get(document, len(self._documents))
        if place == len(self._documents):
            self._make_room(place)
            self._documents.append(document)
            self._places[document] = place
        self._vectors[place] = direction
        self._filters[place] = [self._number(key) for key in filters]

    def _make_room(self, place: int) -> None:
        if place == len(self._vectors):
            self._vectors = np.concatenate((self._vectors, np.zeros_like(self._vectors)))
            self._filters = np.concatenate((self._filters, np.zeros_like(self._filters)))

    def _number(self, key: bytes) -> int:
        if key not in self._numbers:
            self._numbers[key] = next(self._next_number)
        return self._numbers[key]

    def discard(self, document: bytes) -> None:
        """Remove a document if it is there. The last one takes its place."""
        place = self._places.pop(document, None)
        if place is None:
            return
        last = self._documents.pop()
        if last != document:
            self._documents[place] = last
            self._places[last] = place
            self._vectors[place] = self._vectors[len(self._documents)]
            self._filters[place] = self._filters[len(self._documents)]

    def nearest(self, vector: Sequence[float], groups: Groups, limit: int) -> list[Near]:
        """The nearest documents among those that the filters admit, the nearest first; of equals, by id.

        Raises `ValueError` for a vector with a number that is not finite.
        """
        direction = _direction(vector)
        if direction is None:
            raise ValueError("a vector to search for has finite numbers only")
        places = np.flatnonzero(self._admitted(groups))
        if not len(places):
            return []
        # The quick product tells which ones can be among the nearest. Its last digits hang on where a row stands in the
        # matrix, and what comes out must not: for those few, the exact one decides.
        vectors = self._vectors[: len(self)] if len(places) == len(self) else self._vectors[places]
        guessed = vectors @ direction.astype(np.float32)
        if len(places) > limit:
            least = np.partition(guessed, len(guessed) - limit)[len(guessed) - limit]
            places = places[guessed >= least - _DOUBT]
        scores = (self._vectors[places].astype(np.float64) * direction).sum(axis=1).clip(-1.0, 1.0)
        found = zip(scores.tolist(), places.tolist(), strict=True)
        best = sorted((-score, self._documents[place]) for score, place in found)[:limit]
        return [Near(document, -score) for score, document in best]

    def _admitted(self, groups: Groups) -> NDArray[np.bool_]:
        admitted = np.ones(len(self), np.bool_)
        for group in groups:
            one = np.zeros(len(self), np.bool_)
            for place, key in group:
                one |= self._filters[: len(self), place] == self._numbers.get(key, 0)
            admitted &= one
        return admitted


def _direction(vector: Sequence[float]) -> NDArray[np.float64] | None:
    """The vector of length one that points the same way; no length at all stays none. None if that cannot be said."""
    given = np.array(vector, np.float64)
    if not np.isfinite(given).all():
        return None
    largest = np.abs(given).max(initial=0.0)
    if largest == 0.0:
        return given
    scaled = given / largest  # squares of very large or small numbers would be lost
    return np.asarray(scaled / np.sqrt((scaled * scaled).sum()), np.float64)
