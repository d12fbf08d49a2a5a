"""`ctx` of queries and mutations: what a function may do while it runs in a transaction.

What one function asks of another goes through the doors of `program` both ways, as if it came from outside: the callee
cannot tell, and neither shares an object with the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from random import Random
from typing import Any, Final

from convexgen.authoring.contexts import UserIdentity
from convexgen.authoring.database import DatabaseReader, DatabaseWriter
from convexgen.authoring.functions import Function, Kind
from convexgen.runtime.calls import Identity, stored_path
from convexgen.runtime.catalogue import Catalogue
from convexgen.runtime.database import Transaction
from convexgen.runtime.engine.scheduler import MutationScheduler, ScheduledSoFar
from convexgen.runtime.engine.storage import FileReader, FileWriter
from convexgen.runtime.files import FileUrls
from convexgen.runtime.program.live import LiveFunction, Program
from convexgen.runtime.values import Value, check_arguments, check_result

MAXIMUM_DEPTH: Final = 8
"""How many functions may run in one another, beside the first."""


class Deployed:
    """What runs: a program, the numbers of its tables, and the number of the deployment that put it live."""

    def __init__(self, program: Program, catalogue: Catalogue, number: int) -> None:
        self.program = program
        self.catalogue = catalogue
        self.number = number

    def schedulable(self, function: object) -> LiveFunction:
        """The mutation or action that is to be run later, perhaps by another program: its path is what counts.

        So one from before the program was loaded anew means the one that has taken its place.
        """
        if isinstance(function, Function) and id(function) not in self.program.paths:
            for live in self.program.functions.values():
                successor = live.function
                if (successor.__module__, successor.__qualname__) == (function.__module__, function.__qualname__):
                    return self.function(successor, "mutation", "action")
        return self.function(function, "mutation", "action")

    def function(self, function: object, *kinds: Kind) -> LiveFunction:
        """The function that users' code names. Raises `TypeError` for one of another kind, `ValueError` if it is none
        of the program's: one of a module that was left behind when the program was loaded anew.
        """
        if not isinstance(function, Function) or function.kind not in kinds:
            raise TypeError(f"{function!r} is no {' or '.join(kinds)}")
        path = self.program.paths.get(id(function))
        if path is None:
            raise ValueError(f"{function!r} is not part of the program that is running")
        return self.program.functions[path]


class Run:
    """What all contexts of one run share, and what its functions have asked about.

    `now`: milliseconds since the epoch. `seed`: where the random numbers of the function come from. `urls`: where
    clients find files. `job`: the scheduled job that this is a part of; `is_job` where it is all of it.
    """

    def __init__(
        self,
        deployed: Deployed,
        transaction: Transaction,
        identity: Identity,
        *,
        now: float,
        seed: int,
        urls: FileUrls,
    ) -> None:
        self.deployed = deployed
        self.transaction = transaction
        self.identity = identity
        self.now = now
        self.seed = seed
        self.urls = urls
        self.job: str | None = None
        self.is_job = False
        self.scheduled = ScheduledSoFar()
        self.observed_identity = False
        self.observed_time = False

    @cached_property
    def random(self) -> Random:
        return Random(self.seed)


class _Auth:
    def __init__(self, run: Run) -> None:
        self._run = run

    async def get_user_identity(self) -> UserIdentity | None:
        self._run.observed_identity = True
        return self._run.identity.caller()


class QueryContext:
    """The `QueryCtx` of a run. `depth` counts the functions around this one."""

    def __init__(self, run: Run, depth: int = 0) -> None:
        self._run = run
        self._depth = depth

    @property
    def db(self) -> DatabaseReader:
        return self._run.transaction.reader

    @property
    def auth(self) -> _Auth:
        return _Auth(self._run)

    @property
    def storage(self) -> FileReader:
        return FileReader(self._run.transaction.system, self._run.urls, self._run.now)

    @property
    def random(self) -> Random:
        return self._run.random

    def now(self) -> float:
        self._run.observed_time = True
        return self._run.now

    async def run_query(self, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any) -> Any:
        callee = self._run.deployed.function(function, "query")
        return await self._call(callee, QueryContext(self._run, self._depth + 1), args, kwargs)

    async def _call(
        self, callee: LiveFunction, context: QueryContext, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        check_depth(self._depth)
        arguments = callee.dump_arguments(callee.function.arguments(*args, **kwargs))
        names = self._run.deployed.catalogue.names
        return callee.load_result(await handled(callee, context, arguments, names))


class MutationContext(QueryContext):
    """The `MutationCtx` of a run."""

    @property
    def db(self) -> DatabaseWriter:
        return self._run.transaction.writer

    @property
    def storage(self) -> FileWriter:
        return FileWriter(self._run.transaction.system, self._run.urls, self._run.now)

    @property
    def scheduler(self) -> MutationScheduler:
        run = self._run
        return MutationScheduler(
            run.transaction.system, run.deployed.schedulable, run.now, run.job, run.is_job, run.scheduled
        )

    async def run_mutation(self, function: Function[Any, ..., Any], /, *args: Any, **kwargs: Any) -> Any:
        callee = self._run.deployed.function(function, "mutation")
        before = self._run.transaction.savepoint()
        try:
            return await self._call(callee, MutationContext(self._run, self._depth + 1), args, kwargs)
        except BaseException:
            self._run.transaction.roll_back(before)
            raise


def check_depth(depth: int) -> None:
    """Raises `RecursionError` where a function with so many around it is to run a further one."""
    if depth >= MAXIMUM_DEPTH:
        raise RecursionError(f"functions run in one another, more than {MAXIMUM_DEPTH} deep")


async def handled(
    function: LiveFunction, context: object, arguments: dict[str, Value], tables: Mapping[int, str]
) -> Value:
    """What a function makes of its arguments, both checked. Raises what the handler raises, and `InvalidValueError`.

    `tables` has the names of tables by their numbers.
    """
    path = stored_path(function.path)
    check_arguments(path, arguments)
    loaded = function.load_arguments(arguments, tables)
    result = function.dump_result(await function.function.handler(context, **loaded), tables)
    check_result(path, result)
    return result
