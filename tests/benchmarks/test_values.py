"""The benchmark of values measures what it says, on a document that can be stored."""

from __future__ import annotations

from convexgen.runtime.values import check_document, decode, encode
from tests.benchmarks.values import DOCUMENT, Cost, measure, table


def test_the_document_is_one() -> None:
    assert decode(encode(DOCUMENT)) == DOCUMENT
    assert 300 < check_document(DOCUMENT) < 600


def test_every_operation_is_measured() -> None:
    costs = measure(rounds=1)
    assert len({cost.operation for cost in costs}) == len(costs) == 12


def test_the_table_is_aligned() -> None:
    assert table([Cost("short", 1.234), Cost("much longer", 100)]) == (
        "short           1.23 µs\nmuch longer   100.00 µs"
    )
