"""What the values of one typical document cost, in processor time: `python -m tests.benchmarks.values [--rounds N]`.

Every query pays these for each document that it reads and sends, every mutation for each that it writes.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from convexgen import Int64
from convexgen.runtime.values import (
    Bound,
    Value,
    admitted,
    canonical,
    check_document,
    decode,
    decode_id,
    encode,
    encode_id,
    entry_key,
    from_canonical,
    index_interval,
    read_json,
    sort_key,
)

_REPETITIONS = 5

DOCUMENT: dict[str, Value] = {
    "_id": encode_id(10_001, bytes(range(16))),
    "_creationTime": 1763839525123.25,
    "author": encode_id(10_002, bytes(16)),
    "text": "Nobody ever measures a message of two words, so here is one that goes on for a while: naïve, not empty.",
    "likes": 5.0,
    "tags": ["question", "python", "answered"],
    "meta": {"rank": 3.0, "seen": True, "revision": Int64(7)},
    "edited": None,
}
INDEX = (("author",), ("_creationTime",), ("_id",))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call of an operation takes, in microseconds: the least of several measurements."""

    operation: str
    microseconds: float


def measure(rounds: int) -> list[Cost]:
    """Each operation on `DOCUMENT`, `rounds` times in a row."""
    encoded, text = encode(DOCUMENT), canonical(DOCUMENT)
    author = str(DOCUMENT["author"])
    operations: dict[str, Callable[[], object]] = {
        "a text of a client to JSON": lambda: read_json(text),
        "JSON to a value": lambda: decode(encoded),
        "a value to JSON": lambda: encode(DOCUMENT),
        "a value to its text": lambda: canonical(DOCUMENT),
        "a stored text to a value": lambda: from_canonical(text),
        "a value of a function, admitted": lambda: admitted(DOCUMENT),
        "a document, checked before it is stored": lambda: check_document(DOCUMENT),
        "an entry of an index": lambda: entry_key(DOCUMENT, INDEX),
        "the whole document as a sort key": lambda: sort_key(DOCUMENT),
        "a range of an index": lambda: index_interval((author,), Bound(5.0, inclusive=False)),
        "an id to text": lambda: encode_id(10_002, bytes(16)),
        "a text to an id": lambda: decode_id(author),
    }
    return [Cost(name, _least(operation, rounds)) for name, operation in operations.items()]


def _least(operation: Callable[[], object], rounds: int) -> float:
    gc.collect()
    least = float("inf")
    for _ in range(_REPETITIONS):
        began = time.process_time()
        for _ in range(rounds):
            operation()
        least = min(least, time.process_time() - began)
    return least / rounds * 1e6


def table(costs: list[Cost]) -> str:
    """The costs in two columns."""
    width = max(len(cost.operation) for cost in costs)
    return "\n".join(f"{cost.operation:{width}} {cost.microseconds:8.2f} µs" for cost in costs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5000, help="calls of each operation in one measurement")
    sys.stdout.write(table(measure(parser.parse_args().rounds)) + "\n")
