"""An engine that serves the program of these tests."""

from __future__ import annotations

import asyncio
from functools import cache
from random import Random

from convexgen.runtime.calls import Call, Failure, Outcome, Success
from convexgen.runtime.engine.contract import QueryResult
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.files import Blobs, FileUrls
from convexgen.runtime.files.memory_blobs import MemoryBlobs
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.store import Store
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.values import Value
from tests.runtime.commits.clock import Clock

ORIGIN = "https://files.example"


@cache
def program() -> Program:
    """The program of these tests."""
    return load_program("tests.runtime.files.backend", ["gallery"], "camel")


class Gallery:
    """Everything in memory unless it is given. A second one over the same store and blobs is a restart."""

    def __init__(self, store: Store | None = None, blobs: Blobs | None = None, seed: int = 1) -> None:
        self.clock = Clock()
        self.store = store or MemoryStore()
        self.blobs = blobs or MemoryBlobs()
        urls = FileUrls(b"a secret", ORIGIN)
        self.engine = Engine(self.store, clock=self.clock, ids=Random(seed), blobs=self.blobs, urls=urls)
        for _ in self.engine.deploy(program()):
            pass

    @property
    def files(self) -> list[str]:
        """The names of all blobs."""
        return sorted(self.blobs.names())

    def result(self, function: str, **arguments: Value) -> QueryResult:
        return self.engine.run_query(Call(f"gallery:{function}", arguments, "query"))

    def query(self, function: str, **arguments: Value) -> Value:
        return value(self.result(function, **arguments).outcome)

    def mutate(self, function: str, **arguments: Value) -> Outcome:
        return self.engine.run_mutation(Call(f"gallery:{function}", arguments, "mutation")).outcome

    def act(self, function: str, **arguments: Value) -> Outcome:
        return asyncio.run(self.engine.run_action(Call(f"gallery:{function}", arguments, "action")))


def value(outcome: Outcome) -> Value:
    """What a function that succeeded has returned."""
    assert isinstance(outcome, Success), outcome
    return outcome.value


def said(outcome: Outcome) -> str:
    """The first line of the error of a function that failed."""
    assert isinstance(outcome, Failure), outcome
    return outcome.message.splitlines()[0]
