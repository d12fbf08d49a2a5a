"""The functions of a server as asynchronous code calls them: each call is awaited.

A generated method is a `WireQuery`, `WireMutation` or `WireAction`; on a client it becomes
something to call, and to follow if it is a query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from .functions import Function
from .transport import (
    DEFAULT_TIMEOUT,
    AsyncFollower,
    AsyncLiveTransport,
    AsyncTransport,
)

P = ParamSpec("P")
ResultT_co = TypeVar("ResultT_co", covariant=True)


@dataclass(frozen=True, slots=True)
class AsyncCaller:
    """A transport, and how long a call may take."""

    transport: AsyncTransport
    timeout: float | None


class AsyncFunctions:
    """The base of generated classes that call the functions of one module."""

    def __init__(self, caller: AsyncCaller) -> None:
        self.wire_caller = caller


class BoundFunction(Generic[P, ResultT_co]):
    """A function of the server, to be called."""

    def __init__(self, caller: AsyncCaller, function: Function) -> None:
        self.wire_caller = caller
        self.wire_function = function
        self.__doc__ = function.method.__doc__

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResultT_co:
        call = self.wire_function.call(args, kwargs, self.wire_caller.timeout)
        result: ResultT_co = self.wire_function.receive(
            await self.wire_caller.transport.call(call)
        )
        return result


class BoundQuery(BoundFunction[P, ResultT_co]):
    """A query of the server, to be called or followed."""

    def subscribe(self, *args: P.args, **kwargs: P.kwargs) -> Subscription[ResultT_co]:
        """The result now, and again whenever it is another one."""
        transport = self.wire_caller.transport
        if not isinstance(transport, AsyncLiveTransport):
            raise TypeError("this client's transport cannot follow queries")
        call = self.wire_function.call(args, kwargs, None)
        return Subscription(
            self.wire_function, transport.follow((call.path, call.args))
        )


class Subscription(Generic[ResultT_co]):
    """The results of a query, one after another: `async for result in subscription`.

    What comes while nobody asks is passed over: what is given is the latest. A query
    that fails raises its error here, and may be asked on. Ends with `close`, at the end
    of an `async with` statement, or when nobody holds it any more.
    """

    def __init__(self, function: Function, follower: AsyncFollower) -> None:
        self._function = function
        self._follower = follower

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ResultT_co:
        return await self.next()

    async def next(self, timeout: float | None = None) -> ResultT_co:
        """The result when it is there, or when it is another than last time.

        Raises `Timeout` after that many seconds.
        """
        (result,) = await self._follower.values(timeout)
        received: ResultT_co = self._function.receive(result)
        return received

    def close(self) -> None:
        """Follow the query no more. Closing twice does nothing."""
        self._follower.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class _Method(Generic[P, ResultT_co]):
    """A generated method, before there is a client."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.__doc__ = function.method.__doc__


class FunctionMethod(_Method[P, ResultT_co]):
    """A generated method that is a mutation or an action."""

    @overload
    def __get__(self, instance: None, owner: type[AsyncFunctions]) -> Self: ...
    @overload
    def __get__(
        self, instance: AsyncFunctions, owner: type[AsyncFunctions]
    ) -> BoundFunction[P, ResultT_co]: ...
    def __get__(
        self, instance: AsyncFunctions | None, owner: type[AsyncFunctions]
    ) -> Self | BoundFunction[P, ResultT_co]:
        if instance is None:
            return self
        return BoundFunction(instance.wire_caller, self.function)


class QueryMethod(_Method[P, ResultT_co]):
    """A generated method that is a query."""

    @overload
    def __get__(self, instance: None, owner: type[AsyncFunctions]) -> Self: ...
    @overload
    def __get__(
        self, instance: AsyncFunctions, owner: type[AsyncFunctions]
    ) -> BoundQuery[P, ResultT_co]: ...
    def __get__(
        self, instance: AsyncFunctions | None, owner: type[AsyncFunctions]
    ) -> Self | BoundQuery[P, ResultT_co]:
        if instance is None:
            return self
        return BoundQuery(instance.wire_caller, self.function)


@dataclass(frozen=True, slots=True)
class WireQuery:
    """Says of a method's signature that it is that of a query."""

    path: str
    renamed: Mapping[str, str] | None = None

    def __call__(
        self, method: Callable[Concatenate[Any, P], ResultT_co]
    ) -> QueryMethod[P, ResultT_co]:
        return QueryMethod(Function("query", self.path, method, self.renamed))


@dataclass(frozen=True, slots=True)
class WireMutation:
    """Says of a method's signature that it is that of a mutation."""

    path: str
    renamed: Mapping[str, str] | None = None

    def __call__(
        self, method: Callable[Concatenate[Any, P], ResultT_co]
    ) -> FunctionMethod[P, ResultT_co]:
        return FunctionMethod(Function("mutation", self.path, method, self.renamed))


@dataclass(frozen=True, slots=True)
class WireAction:
    """Says of a method's signature that it is that of an action."""

    path: str
    renamed: Mapping[str, str] | None = None

    def __call__(
        self, method: Callable[Concatenate[Any, P], ResultT_co]
    ) -> FunctionMethod[P, ResultT_co]:
        return FunctionMethod(Function("action", self.path, method, self.renamed))


class BaseAsyncClient:
    """The base of the generated `AsyncClient`.

    `server` is the URL of a deployment, or a transport of your own. `token` is a JSON
    Web Token, `timeout` how many seconds a call may wait for the server (None: for ever).
    One client may be used by several tasks at once; its connection is closed by
    `aclose` or at the end of an `async with` statement.
    """

    def __init__(
        self,
        server: str | AsyncTransport,
        *,
        token: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
    ) -> None:
        if isinstance(server, str):
            from .live.connection import Connection  # slow to import

            server = Connection(server)
        if token is not None:
            server.set_auth(token)
        self._attach(AsyncCaller(server, timeout))

    def _attach(self, caller: AsyncCaller) -> None:
        self._caller = caller

    def set_auth(self, token: str | None) -> None:
        """Send this JSON Web Token with all further calls, or none."""
        self._caller.transport.set_auth(token)

    def with_timeout(self, seconds: float | None) -> Self:
        """This client with another time-out; the two share their connection."""
        twin = copy(self)
        twin._attach(AsyncCaller(self._caller.transport, seconds))
        return twin

    async def aclose(self) -> None:
        """Close the connection."""
        await self._caller.transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
