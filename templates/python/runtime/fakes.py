"""A server for tests, which answers as they say: no network, no process, no database.

    client = fake_client()  # of `testing`, beside this package: a `Client`
    on(client.messages.list).returns([message])
    assert greeting(client) == "1 message"

What is said of a function holds for calls of it, and is news for those who follow it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Condition
from typing import (
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    TypeAlias,
    TypeVar,
    overload,
)
from weakref import WeakSet

from . import async_calls, calls
from .errors import ConnectionFailed, ConvexClientError, Timeout
from .functions import Function
from .models import Page, PaginationOptions
from .transport import Call, Query, Result, Update
from .uploads import StorageId, Upload
from .values import JsonObject, JsonValue, Receiving, decode

P = ParamSpec("P")
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")

_Answer: TypeAlias = Callable[[JsonObject], JsonValue]
"""Gives the encoded result for encoded arguments, or raises."""


class Unanswered(AssertionError):
    """The code under test has called a function of which the test says nothing."""


@dataclass(slots=True)
class _Script:
    """What one function answers, in the order in which the test has said it."""

    answers: list[_Answer] = field(default_factory=list[_Answer])
    position: int = 0
    """The answer that the next call gets."""

    def say(self, *answers: _Answer) -> None:
        self.position = len(self.answers)
        self.answers += answers

    def next(self) -> _Answer:
        answer = self.answers[self.position]
        self.position = min(self.position + 1, len(self.answers) - 1)
        return answer


class FakeServer:
    """What the test has said, and what the code under test has called."""

    def __init__(self) -> None:
        self.client: object = None
        """Whose attributes the functions are, to name them to whoever is puzzled."""
        self.news = Condition()
        self.received: list[Call] = []
        self.uploads: list[Upload] = []
        self.upload_answers = _Script()
        self.is_closed = False
        self.sleepers: WeakSet[AsyncFakeFollower] = WeakSet()
        self._scripts: dict[str, _Script] = {}

    def script(self, path: str) -> _Script:
        """What the function at `path` answers. Raises `Unanswered`."""
        if path not in self._scripts:
            name = _attribute_names(self.client).get(path, path)
            raise Unanswered(
                f"{path} was called, and the test has not said what it answers: "
                f"on({name}).returns(...)"
            )
        return self._scripts[path]

    def say(self, path: str, *answers: _Answer) -> None:
        with self.news:
            self._scripts.setdefault(path, _Script()).say(*answers)
        self.wake()

    def answer(self, call: Call) -> JsonValue:
        with self.news:
            self.check_open(call.path)
            self.received.append(call)
            answer = self.script(call.path).next()
        return answer(call.args)

    def store(self, upload: Upload) -> JsonValue:
        with self.news:
            self.check_open("upload")
            self.uploads.append(upload)
            if not self.upload_answers.answers:
                raise Unanswered(
                    "a file was uploaded, and the test has not said what it becomes: "
                    "uploads_of(client).returns(...)"
                )
            answer = self.upload_answers.next()
        return answer({})

    def join(self, call: Call) -> int:
        """Begin to follow: which answer was given before the first to come."""
        with self.news:
            self.check_open(call.path)
            self.received.append(call)
            return self.script(call.path).position - 1

    def wake(self) -> None:
        """There is news, perhaps."""
        with self.news:
            self.news.notify_all()
        for sleeper in list(self.sleepers):
            sleeper.wake()

    def end(self) -> None:
        self.is_closed = True
        self.wake()

    def check_open(self, path: str) -> None:
        if self.is_closed:
            raise ConnectionFailed(f"{path}: the client was closed")


def _attribute_names(client: object) -> dict[str, str]:
    """How the functions of `client` are called in Python, by their wire paths."""
    names: dict[str, str] = {}
    found = [("client", client)]
    while found:
        name, holder = found.pop()
        for attribute, value in vars(type(holder)).items():
            function = getattr(value, "function", None)
            if isinstance(function, Function):
                names[function.path] = f"{name}.{attribute}"
        found += [
            (f"{name}.{attribute}", value)
            for attribute, value in vars(holder).items()
            if isinstance(value, (calls.Functions, async_calls.AsyncFunctions))
        ]
    return names


class _Following:
    """Somebody who follows queries: they get all that is said of them, in order."""

    def __init__(self, server: FakeServer, queries: Mapping[int, Query]) -> None:
        self.server = server
        self._queries: dict[int, Query] = {}
        self._positions: dict[int, int] = {}
        self._has_changed = False
        self._is_open = True
        self.change(queries)

    def change(self, queries: Mapping[int, Query]) -> None:
        """Follow these queries and no others."""
        for key in self._queries.keys() - queries.keys():
            del self._positions[key]
        for key in queries.keys() - self._queries.keys():
            path, args = queries[key]
            self._positions[key] = self.server.join(Call("query", path, args, None))
        self._queries = dict(queries)
        self._has_changed = True
        self.server.wake()

    def take(self) -> dict[int, _Answer] | None:
        """The next answers, by the keys of queries; None while there is nothing new."""
        if not self._is_open:
            raise ConnectionFailed(f"{self.name}: the client was closed")
        self.server.check_open(self.name)
        is_news, self._has_changed = self._has_changed, False
        taken: dict[int, _Answer] = {}
        for key, (path, _) in self._queries.items():
            answers = self.server.script(path).answers
            if self._positions[key] + 1 < len(answers):
                self._positions[key] += 1
                is_news = True
            taken[key] = answers[self._positions[key]]
        return taken if is_news else None

    def values(self, answers: Mapping[int, _Answer]) -> list[JsonValue]:
        return [answer(self._queries[key][1]) for key, answer in answers.items()]

    def results(self, answers: Mapping[int, _Answer]) -> dict[int, Result]:
        found: dict[int, Result] = {}
        for key, answer in answers.items():
            try:
                found[key] = answer(self._queries[key][1])
            except ConvexClientError as error:
                found[key] = error
        return found

    @property
    def name(self) -> str:
        return next((path for path, _ in self._queries.values()), "no query")

    def too_late(self, timeout: float | None) -> Timeout:
        return Timeout(f"{self.name}: no news within {timeout} s")

    def close(self) -> None:
        """Follow no more. Closing twice does nothing."""
        if self._is_open:
            self._is_open = False
            self.server.wake()


class FakeFollower:
    """What follows queries for ordinary code; `transport.Follower` describes it."""

    def __init__(self, following: _Following) -> None:
        self._following = following
        self.change = following.change
        self.close = following.close

    def values(self, timeout: float | None) -> list[JsonValue]:
        return self._following.values(self._next(timeout))

    def results(self, timeout: float | None) -> dict[int, Result]:
        return self._following.results(self._next(timeout))

    def _next(self, timeout: float | None) -> dict[int, _Answer]:
        news = self._following.server.news
        with news:
            answers = news.wait_for(self._following.take, timeout)
        if answers is None:
            raise self._following.too_late(timeout)
        return answers


class AsyncFakeFollower:
    """What follows queries for asynchronous code; as `transport.AsyncFollower`."""

    def __init__(self, following: _Following) -> None:
        self._following = following
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self.change = following.change
        self.close = following.close

    async def values(self, timeout: float | None) -> list[JsonValue]:
        return self._following.values(await self._next(timeout))

    async def results(self, timeout: float | None) -> dict[int, Result]:
        return self._following.results(await self._next(timeout))

    async def _next(self, timeout: float | None) -> dict[int, _Answer]:
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                while (answers := self._take()) is None:
                    self._woken.clear()
                    await self._woken.wait()
        except TimeoutError:
            raise self._following.too_late(timeout) from None
        finally:
            self._loop = None
        return answers

    def _take(self) -> dict[int, _Answer] | None:
        with self._following.server.news:
            return self._following.take()

    def wake(self) -> None:
        """There is news, perhaps. For any thread."""
        if (loop := self._loop) is not None:
            loop.call_soon_threadsafe(self._woken.set)


class FakeTransport:
    """Moves the calls of a `Client` to a fake server."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.close = server.end

    def call(self, call: Call, update: Update | None = None) -> JsonValue:
        """The answer. Optimistic updates are not shown: what tests say comes at once."""
        return self.server.answer(call)

    def follow(self, *queries: Query) -> FakeFollower:
        return FakeFollower(_Following(self.server, dict(enumerate(queries))))

    def upload(self, upload: Upload) -> JsonValue:
        return self.server.store(upload)

    def set_auth(self, token: object) -> None:
        """Everybody is welcome."""


class AsyncFakeTransport:
    """Moves the calls of an `AsyncClient` to a fake server."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server

    async def call(self, call: Call, update: Update | None = None) -> JsonValue:
        """The answer. Optimistic updates are not shown: what tests say comes at once."""
        return self.server.answer(call)

    def follow(self, *queries: Query) -> AsyncFakeFollower:
        follower = AsyncFakeFollower(_Following(self.server, dict(enumerate(queries))))
        self.server.sleepers.add(follower)
        return follower

    async def upload(self, upload: Upload) -> JsonValue:
        return self.server.store(upload)

    def set_auth(self, token: object) -> None:
        """Everybody is welcome."""

    async def aclose(self) -> None:
        self.server.end()


class Answers(Generic[P, ResultT]):
    """What a function answers, and how it has been called. Made by `on`.

    Each of `returns`, `raises` and `runs` takes the place of what was said before. To
    those who follow a query it is news, which they get one after the other: nothing
    that a test says is passed over.
    """

    def __init__(self, server: FakeServer, function: Function) -> None:
        self._server = server
        self._function = function

    def returns(self, first: ResultT, /, *then: ResultT) -> None:
        """Answer with this result, and further calls with the next; the last one stays.

        Raises `InvalidArguments` for a result that the server could not have given.
        """
        self._say(*(_returning(self._encoded(each)) for each in (first, *then)))

    def raises(self, error: Exception, /) -> None:
        """Answer with this error: one of `errors`, if it is to be as from a server."""
        self._say(_raising(error))

    def runs(self, function: Callable[P, ResultT], /) -> None:
        """Answer with what `function` gives for the arguments.

        Arguments that were left out in the call are left out here.
        """
        untyped: Callable[..., ResultT] = function

        def answer(args: JsonObject) -> JsonValue:
            return self._encoded(untyped(**self._decoded(args)))

        self._say(answer)

    def ends(self) -> None:
        """What follows the query ends, after what was said before, as at `close`."""
        self.raises(ConnectionFailed(f"{self._function.path}: the client was closed"))

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The arguments of all calls, by name, those left out excepted.

        That somebody has begun to follow a query is a call of it.
        """
        return [self._decoded(args) for args in self._received]

    def was_called_with(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Whether there was a call with exactly these arguments."""
        return self._function.call(args, kwargs, None).args in self._received

    def __repr__(self) -> str:
        called = ", ".join(map(repr, self.calls)) or "nothing"
        return f"<{self._function.path}, called with {called}>"

    @property
    def _received(self) -> list[JsonObject]:
        path = self._function.path
        return [call.args for call in self._server.received if call.path == path]

    def _say(self, *answers: _Answer) -> None:
        self._server.say(self._function.path, *answers)

    def _encoded(self, result: ResultT) -> JsonValue:
        return self._function.codec.show(self._function.path, result)

    def _decoded(self, args: JsonObject) -> dict[str, Any]:
        own_names = {wire: own for own, wire in self._function.renamed.items()}
        given = {name: decode(value) for name, value in args.items()}
        checked = self._function.codec.arguments.validate_python(
            given,
            context=Receiving.AS_DECLARED,
            extra="ignore",  # clients add to what chooses a page
            by_alias=True,
            by_name=False,
        )
        return {
            own_names.get(name, name): checked.get(name, value)
            for name, value in given.items()
        }


@overload
def on(
    function: calls.BoundPaginatedQuery[P, ItemT]
    | async_calls.BoundPaginatedQuery[P, ItemT],
) -> Answers[Concatenate[PaginationOptions, P], Page[ItemT]]: ...
@overload
def on(
    function: calls.BoundFunction[P, ResultT] | async_calls.BoundFunction[P, ResultT],
) -> Answers[P, ResultT]: ...
def on(function: Any) -> Answers[..., Any]:
    """What `function` of a fake client answers: `on(client.messages.list)`."""
    return Answers(_server(function.wire_caller), function.wire_function)


class Uploads:
    """What has been uploaded with a fake client, and what becomes of it."""

    def __init__(self, files: calls.Functions | async_calls.AsyncFunctions) -> None:
        self._server = _server(files.wire_caller)

    def returns(self, first: StorageId, /, *then: StorageId) -> None:
        """Give a file this id, and further ones the next; the last one stays."""
        ids = (first, *then)
        answers = [_returning({"storageId": str(each)}) for each in ids]
        self._server.upload_answers.say(*answers)

    def raises(self, error: Exception, /) -> None:
        """Refuse files with this error."""
        self._server.upload_answers.say(_raising(error))

    @property
    def received(self) -> list[Upload]:
        """All uploads, as the code under test has begun them. Nothing is read of them."""
        return list(self._server.uploads)


def _server(caller: calls.Caller | async_calls.AsyncCaller) -> FakeServer:
    transport: object = caller.transport
    if isinstance(transport, (FakeTransport, AsyncFakeTransport)):
        return transport.server
    raise TypeError("this client is none of `fake_client` or `fake_async_client`")


def _returning(value: JsonValue) -> _Answer:
    return lambda args: value


def _raising(error: Exception) -> _Answer:
    def answer(args: JsonObject) -> JsonValue:
        raise error

    return answer
