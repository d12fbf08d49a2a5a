"""An engine that serves the program of these tests, asked in as few words as possible."""

from __future__ import annotations

import asyncio
import inspect
from functools import cache
from random import Random
from types import ModuleType

from convexgen import UserIdentity
from convexgen.runtime.calls import ANONYMOUS, Call, Identity, Outcome, SessionRequest
from convexgen.runtime.engine.contract import MutationResult, QueryResult
from convexgen.runtime.engine.engine import Engine
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.store import Store
from convexgen.runtime.values import Value
from tests.runtime.commits.clock import Clock

PACKAGE = "tests.runtime.engine.backend"
ADMIN = Identity(is_admin=True)


@cache
def program() -> Program:
    """The program of these tests."""
    return load_program(PACKAGE, ["schema", "counters", "functions", "actions"], "camel")


def user(name: str) -> Identity:
    """Somebody who is signed in."""
    issuer = "https://people.example"
    return Identity(UserIdentity(token_identifier=f"{issuer}|{name}", subject=name, issuer=issuer, name=name), name)


def at(module: ModuleType, function: str, line: str) -> str:
    """The line of a traceback for the first line of a function's module that holds `line`, after its `def`."""
    lines = inspect.getsource(module).splitlines()
    begin = next(number for number, text in enumerate(lines) if text.startswith(f"async def {function}("))
    number = next(number for number in range(begin, len(lines)) if line in lines[number])
    return f"    at {function} (../{module.__name__.replace('.', '/')}.py:{number + 1})"


class Served:
    """`seed`: where ids come from. `pauses`: the seconds between attempts that the engine would have waited for."""

    def __init__(self, store: Store, seed: int = 1) -> None:
        self.clock = Clock()
        self.pauses: list[float] = []
        self.engine = Engine(store, clock=self.clock, ids=Random(seed), pause=self.pauses.append)

    def deploy(self, program: Program) -> None:
        for _ in self.engine.deploy(program):
            pass

    def result(
        self, path: str, *, identity: Identity = ANONYMOUS, journal: str | None = None, **arguments: Value
    ) -> QueryResult:
        return self.engine.run_query(Call(path, arguments, "query", identity), journal=journal)

    def query(self, path: str, *, identity: Identity = ANONYMOUS, **arguments: Value) -> Outcome:
        return self.engine.run_query(Call(path, arguments, "query", identity)).outcome

    def mutate(
        self, path: str, *, identity: Identity = ANONYMOUS, request: SessionRequest | None = None, **arguments: Value
    ) -> MutationResult:
        return self.engine.run_mutation(Call(path, arguments, "mutation", identity), request)

    def act(self, path: str, *, identity: Identity = ANONYMOUS, **arguments: Value) -> Outcome:
        return asyncio.run(self.engine.run_action(Call(path, arguments, "action", identity)))
