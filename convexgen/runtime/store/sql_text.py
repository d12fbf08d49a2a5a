"""What text indexes in SQL databases have in common: how filters are asked for, and what is made of what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from convexgen.runtime.search import DIGEST_SIZE, Match, TextQuery
from convexgen.runtime.store.sql_store import Parameters, SqlRow

Read: TypeAlias = Callable[[str, Parameters, Callable[[Iterable[SqlRow]], list[SqlRow]]], list[SqlRow]]
"""Runs a statement with its parameters, and gives what is made of the rows."""


def filter_condition(query: TextQuery) -> tuple[str, Parameters]:
    """What else holds for an `entry` that answers a query, and the parameters of that."""
    places = (1 + place * DIGEST_SIZE for place, _ in query.filters)
    condition = "".join(f" AND substr(entry.filters, {start}, {DIGEST_SIZE}) = ?" for start in places)
    return condition, tuple(digest for _, digest in query.filters)


def matches_of(found: Sequence[Iterable[SqlRow]]) -> list[Match]:
    """The matches, from what was found for each term: its entries, how often they have it, their documents, when those
    were created, and their lengths.
    """
    known: dict[int, tuple[bytes, float, int, list[int]]] = {}
    for column, rows in enumerate(found):
        for entry, count, document, created, length in rows:
            if entry not in known:
                known[entry] = (document, created, length, [0] * len(found))
            known[entry][3][column] = count
    return [Match(document, created, length, tuple(counts)) for document, created, length, counts in known.values()]
