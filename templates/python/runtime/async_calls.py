"""The functions of a server as asynchronous code calls them: each call is awaited.

A generated method is a `WireQuery`, `WirePaginatedQuery`, `WireMutation` or `WireAction`;
on a client it becomes something to call, and to follow if it is a query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Self,
    TypeVar,
    overload,
)

from .async_subscriptions import Paginated, Subscription, Together, live
from .functions import Function, ListReference, QueryReference
from .local_store import LocalStore
from .paged_calls import PagedCall
from .transport import (
    DEFAULT_TIMEOUT,
    AsyncTokenSource,
    AsyncTransport,
    EditableResults,
)

if TYPE_CHECKING:
    from .models import Page, PaginationOptions  # slow to import

P = ParamSpec("P")
ResultT = TypeVar("ResultT")
ResultT_co = TypeVar("ResultT_co", covariant=True)
ItemT = TypeVar("ItemT")
OneT = TypeVar("OneT")
TwoT = TypeVar("TwoT")
ThreeT = TypeVar("ThreeT")
FourT = TypeVar("FourT")
FiveT = TypeVar("FiveT")


@dataclass(frozen=True, slots=True)
class AsyncCaller:
    """A transport, and how long a call may take."""

    transport: AsyncTransport
    timeout: float | None


class AsyncFunctions:
    """The base of generated classes that call the functions of one module."""

    def __init__(self, caller: AsyncCaller) -> None:
        self.wire_caller = caller


class _Bound:
    """A function of the server, and what it is called by."""

    def __init__(self, caller: AsyncCaller, function: Function) -> None:
        self.wire_caller = caller
        self.wire_function = function
        self.__doc__ = function.method.__doc__


class BoundFunction(_Bound, Generic[P, ResultT_co]):
    """A function of the server, to be called."""

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResultT_co:
        call = self.wire_function.call(args, kwargs, self.wire_caller.timeout)
        result: ResultT_co = self.wire_function.receive(
            await self.wire_caller.transport.call(call)
        )
        return result


class BoundQuery(BoundFunction[P, ResultT], QueryReference[P, ResultT]):
    """A query of the server, to be called or followed."""

    def subscribe(self, *args: P.args, **kwargs: P.kwargs) -> Subscription[ResultT]:
        """The result now, and again whenever it is another one."""
        transport = live(self.wire_caller.transport)
        call = self.wire_function.call(args, kwargs, None)
        return Subscription(transport, self.wire_function, (call.path, call.args))


class BoundPaginatedQuery(_Bound, ListReference[P, ItemT]):
    """A query of the server that gives a list by pages."""

    async def __call__(
        self, pagination_opts: PaginationOptions, *args: P.args, **kwargs: P.kwargs
    ) -> Page[ItemT]:
        function, args_given = self.wire_function, (pagination_opts, *args)
        call = function.call(args_given, kwargs, self.wire_caller.timeout)
        page: Page[ItemT] = function.receive(
            await self.wire_caller.transport.call(call)
        )
        return page

    def subscribe(
        self, pagination_opts: PaginationOptions, *args: P.args, **kwargs: P.kwargs
    ) -> Subscription[Page[ItemT]]:
        """One page now, and again whenever it is another one."""
        transport = live(self.wire_caller.transport)
        call = self.wire_function.call((pagination_opts, *args), kwargs, None)
        return Subscription(transport, self.wire_function, (call.path, call.args))

    def paginate(
        self, page_size: int, *args: P.args, **kwargs: P.kwargs
    ) -> Paginated[ItemT]:
        """The list, loaded by and by: at first `page_size` items, then as many more.

        It can be followed, as far as it is loaded, or be read once from end to end.
        """
        call: PagedCall[ItemT] = PagedCall(self.wire_function, page_size, args, kwargs)
        return Paginated(
            self.wire_caller.transport, call, page_size, self.wire_caller.timeout
        )


class BoundMutation(BoundFunction[P, ResultT_co]):
    """A mutation of the server, to be called."""

    def optimistic(
        self, update: Callable[Concatenate[LocalStore, P], None]
    ) -> OptimisticMutation[P, ResultT_co]:
        """The mutation, to be called, with results of queries as they are going to be.

        `update` is given the arguments of the call. What it shows is there at once, and
        goes when the results of the server are there, or when the mutation has failed.
        """
        return OptimisticMutation(self.wire_caller, self.wire_function, update)


class OptimisticMutation(Generic[P, ResultT_co]):
    """A mutation with an optimistic update, to be called."""

    def __init__(
        self,
        caller: AsyncCaller,
        function: Function,
        update: Callable[Concatenate[LocalStore, P], None],
    ) -> None:
        self.wire_caller = caller
        self._transport = live(caller.transport)
        self.wire_function = function
        self._update = update

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> ResultT_co:
        def update(results: EditableResults) -> None:
            self._update(LocalStore(results), *args, **kwargs)

        call = self.wire_function.call(args, kwargs, self.wire_caller.timeout)
        answer = await self._transport.call(call, update)
        result: ResultT_co = self.wire_function.receive(answer)
        return result


class _Method(Generic[P, ResultT_co]):
    """A generated method, before there is a client."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.__doc__ = function.method.__doc__


class ActionMethod(_Method[P, ResultT_co]):
    """A generated method that is an action."""

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


class MutationMethod(_Method[P, ResultT_co]):
    """A generated method that is a mutation."""

    @overload
    def __get__(self, instance: None, owner: type[AsyncFunctions]) -> Self: ...
    @overload
    def __get__(
        self, instance: AsyncFunctions, owner: type[AsyncFunctions]
    ) -> BoundMutation[P, ResultT_co]: ...
    def __get__(
        self, instance: AsyncFunctions | None, owner: type[AsyncFunctions]
    ) -> Self | BoundMutation[P, ResultT_co]:
        if instance is None:
            return self
        return BoundMutation(instance.wire_caller, self.function)


class QueryMethod(_Method[P, ResultT]):
    """A generated method that is a query."""

    @overload
    def __get__(self, instance: None, owner: type[AsyncFunctions]) -> Self: ...
    @overload
    def __get__(
        self, instance: AsyncFunctions, owner: type[AsyncFunctions]
    ) -> BoundQuery[P, ResultT]: ...
    def __get__(
        self, instance: AsyncFunctions | None, owner: type[AsyncFunctions]
    ) -> Self | BoundQuery[P, ResultT]:
        if instance is None:
            return self
        return BoundQuery(instance.wire_caller, self.function)


class PaginatedMethod(_Method[P, ItemT]):
    """A generated method that is a query of pages."""

    @overload
    def __get__(self, instance: None, owner: type[AsyncFunctions]) -> Self: ...
    @overload
    def __get__(
        self, instance: AsyncFunctions, owner: type[AsyncFunctions]
    ) -> BoundPaginatedQuery[P, ItemT]: ...
    def __get__(
        self, instance: AsyncFunctions | None, owner: type[AsyncFunctions]
    ) -> Self | BoundPaginatedQuery[P, ItemT]:
        if instance is None:
            return self
        return BoundPaginatedQuery(instance.wire_caller, self.function)


@dataclass(frozen=True, slots=True)
class WireQuery:
    """Says of a method's signature that it is that of a query."""

    path: str
    renamed: Mapping[str, str] | None = None

    def __call__(
        self, method: Callable[Concatenate[Any, P], ResultT]
    ) -> QueryMethod[P, ResultT]:
        return QueryMethod(Function("query", self.path, method, self.renamed))


@dataclass(frozen=True, slots=True)
class WirePaginatedQuery:
    """Says of a method's signature that it is that of a query that gives pages."""

    path: str
    renamed: Mapping[str, str] | None = None

    def __call__(
        self,
        method: Callable[Concatenate[Any, PaginationOptions, P], Page[ItemT]],
    ) -> PaginatedMethod[P, ItemT]:
        return PaginatedMethod(Function("query", self.path, method, self.renamed))


@dataclass(frozen=True, slots=True)
class WireMutation:
    """Says of a method's signature that it is that of a mutation."""

    path: str
    renamed: Mapping[str, str] | None = None

    def __call__(
        self, method: Callable[Concatenate[Any, P], ResultT_co]
    ) -> MutationMethod[P, ResultT_co]:
        return MutationMethod(Function("mutation", self.path, method, self.renamed))


@dataclass(frozen=True, slots=True)
class WireAction:
    """Says of a method's signature that it is that of an action."""

    path: str
    renamed: Mapping[str, str] | None = None

    def __call__(
        self, method: Callable[Concatenate[Any, P], ResultT_co]
    ) -> ActionMethod[P, ResultT_co]:
        return ActionMethod(Function("action", self.path, method, self.renamed))


class BaseAsyncClient:
    """The base of the generated `AsyncClient`.

    `server` is the URL of a deployment, or a transport of your own. `token` is what
    `set_auth` takes, and `on_auth_change` is called with True when the server has
    accepted a token, with False when we are nobody any more. `timeout` is how many seconds a call may wait for the server (None: for ever).
    One client may be used by several tasks at once; its connection is closed by
    `aclose` or at the end of an `async with` statement.
    """

    def __init__(
        self,
        server: str | AsyncTransport,
        *,
        token: str | AsyncTokenSource | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        on_auth_change: Callable[[bool], None] | None = None,
    ) -> None:
        if isinstance(server, str):
            from .live.connection import Connection  # slow to import

            server = Connection(server, on_auth_change=on_auth_change)
        elif on_auth_change is not None:
            raise TypeError("a transport of your own tells itself who is signed in")
        self._attach(AsyncCaller(server, timeout))
        if token is not None:
            self.set_auth(token)

    def _attach(self, caller: AsyncCaller) -> None:
        self._caller = caller

    def set_auth(self, token: str | AsyncTokenSource | None) -> None:
        """Be who a JSON Web Token says from now on, or nobody.

        Instead of a token, an asynchronous function that gives one: it is called at once, before the
        token ends, and with True when the server has refused the token, for a new one.

        """
        transport = self._caller.transport
        if callable(token):
            live(transport).set_auth(token)
        else:
            transport.set_auth(token)

    @overload
    def together(
        self, one: Subscription[OneT], two: Subscription[TwoT], /
    ) -> Together[tuple[OneT, TwoT]]: ...
    @overload
    def together(
        self,
        one: Subscription[OneT],
        two: Subscription[TwoT],
        three: Subscription[ThreeT],
        /,
    ) -> Together[tuple[OneT, TwoT, ThreeT]]: ...
    @overload
    def together(
        self,
        one: Subscription[OneT],
        two: Subscription[TwoT],
        three: Subscription[ThreeT],
        four: Subscription[FourT],
        /,
    ) -> Together[tuple[OneT, TwoT, ThreeT, FourT]]: ...
    @overload
    def together(
        self,
        one: Subscription[OneT],
        two: Subscription[TwoT],
        three: Subscription[ThreeT],
        four: Subscription[FourT],
        five: Subscription[FiveT],
        /,
    ) -> Together[tuple[OneT, TwoT, ThreeT, FourT, FiveT]]: ...
    @overload
    def together(
        self, *subscriptions: Subscription[ResultT]
    ) -> Together[tuple[ResultT, ...]]: ...
    def together(self, *subscriptions: Subscription[Any]) -> Together[Any]:
        """The results of several subscriptions, all as of one time; these end with it."""
        return Together(*subscriptions)

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
