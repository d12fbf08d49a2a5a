"""What a search should give, worked out the long way from all documents that there are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from convexgen.runtime.values import decode_id
from tests.runtime.database.schema import Note


def found(notes: Iterable[Note], text: str) -> list[Note]:
    """The notes that have one of the words, the best first. Texts are small letters and spaces."""
    terms = list(dict.fromkeys(text.split()))
    if not terms:
        return []
    matching = [note for note in notes if any(_weights(note, terms))]
    average = sum(len(note.text.split()) for note in matching) / len(matching) if matching else 0.0
    with_term = [sum(_weights(note, terms)[place] > 0 for note in matching) for place in range(len(terms))]

    def score(note: Note) -> float:
        total = 0.0
        length = len(note.text.split()) / average
        for weight, documents in zip(_weights(note, terms), with_term, strict=True):
            rarity = math.log(1 + (len(matching) - documents + 0.5) / (documents + 0.5))
            total += rarity * weight * 2.2 / (weight + 1.2 * (0.25 + 0.75 * length))
        return total

    # Sums that differ only by how they were rounded are the same.
    return sorted(matching, key=lambda note: (-round(score(note), 9), -note.creation_time, decode_id(note.id).internal))


def _weights(note: Note, terms: Sequence[str]) -> list[float]:
    """How much of each term is in a note: words that only begin with the last one count half."""
    words = note.text.split()
    weights = [float(words.count(term)) for term in terms]
    weights[-1] += 0.5 * sum(word.startswith(terms[-1]) and word != terms[-1] for word in words)
    return weights
