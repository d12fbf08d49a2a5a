"""The decorators and what they make of a handler: a typed reference to a function that others can run or schedule."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, Literal, ParamSpec, TypeAlias

from typing_extensions import TypeVar

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from convexgen.authoring.contexts import ActionCtx, MutationCtx, QueryCtx

Ctx_contra = TypeVar("Ctx_contra", contravariant=True)
P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

Kind: TypeAlias = Literal["query", "mutation", "action", "http_action"]
Visibility: TypeAlias = Literal["public", "internal"]


class _Handled:
    """What all functions share: a handler, and its name, docstring and module."""

    kind: ClassVar[Kind]

    def __init__(self, handler: Callable[..., object]) -> None:
        if not inspect.iscoroutinefunction(inspect.unwrap(handler)):
            raise TypeError(f"{handler.__qualname__}: the handler of a {self.kind} is an `async def`")
        self.__name__ = handler.__name__
        self.__qualname__ = handler.__qualname__
        self.__doc__ = handler.__doc__
        self.__module__ = handler.__module__


class Function(_Handled, Generic[Ctx_contra, P, R_co]):
    """A query, mutation or action. It is not called itself: pass it to `ctx.run_query` and its like, or to a scheduler.

    `handler` is the function as it was written, to be called in tests with a context of your own. The name, docstring
    and module are the handler's.
    """

    def __init__(
        self, handler: Callable[Concatenate[Ctx_contra, P], Coroutine[Any, Any, R_co]], visibility: Visibility
    ) -> None:
        super().__init__(handler)
        self.handler = handler
        self.visibility: Visibility = visibility

    def arguments(self, *args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        """The arguments by parameter name, as they are sent; defaults are left to the handler.

        Raises `TypeError` for a missing or unknown argument.
        """
        signature = inspect.signature(self.handler)
        without_ctx = signature.replace(parameters=list(signature.parameters.values())[1:])
        return without_ctx.bind(*args, **kwargs).arguments

    def __repr__(self) -> str:
        return f"<{self.visibility} {self.kind} {self.__module__}.{self.__qualname__}>"


class SchedulableFunction(Function[Ctx_contra, P, R_co]):
    """A mutation or an action: what `run_after`, `run_at` and crons take."""


class QueryFunction(Function["QueryCtx", P, R_co]):
    """Made by `@query` and `@internal_query`."""

    kind = "query"


class MutationFunction(SchedulableFunction["MutationCtx", P, R_co]):
    """Made by `@mutation` and `@internal_mutation`."""

    kind = "mutation"


class ActionFunction(SchedulableFunction["ActionCtx", P, R_co]):
    """Made by `@action` and `@internal_action`."""

    kind = "action"


HttpHandler: TypeAlias = "Callable[[ActionCtx, Request], Coroutine[Any, Any, Response]]"


class HttpActionFunction(_Handled):
    """Made by `@http_action`; an `HttpRouter` takes it. It is no part of the API that clients see."""

    kind = "http_action"

    def __init__(self, handler: HttpHandler) -> None:
        super().__init__(handler)
        self.handler = handler

    def __repr__(self) -> str:
        return f"<{self.kind} {self.__module__}.{self.__qualname__}>"


def query(handler: Callable[Concatenate[QueryCtx, P], Coroutine[Any, Any, R_co]], /) -> QueryFunction[P, R_co]:
    """A function that reads. Clients may call it and subscribe to it: it runs again when what it read has changed."""
    return QueryFunction(handler, "public")


def mutation(handler: Callable[Concatenate[MutationCtx, P], Coroutine[Any, Any, R_co]], /) -> MutationFunction[P, R_co]:
    """A function that reads and writes, in one transaction: all of its writes happen, or none. Clients may call it."""
    return MutationFunction(handler, "public")


def action(handler: Callable[Concatenate[ActionCtx, P], Coroutine[Any, Any, R_co]], /) -> ActionFunction[P, R_co]:
    """A function that may do anything, such as call other services. It reads and writes through queries and mutations.

    Clients may call it.
    """
    return ActionFunction(handler, "public")


def internal_query(handler: Callable[Concatenate[QueryCtx, P], Coroutine[Any, Any, R_co]], /) -> QueryFunction[P, R_co]:
    """A `query` that only other functions may call."""
    return QueryFunction(handler, "internal")


def internal_mutation(
    handler: Callable[Concatenate[MutationCtx, P], Coroutine[Any, Any, R_co]], /
) -> MutationFunction[P, R_co]:
    """A `mutation` that only other functions, the scheduler and crons may call."""
    return MutationFunction(handler, "internal")


def internal_action(
    handler: Callable[Concatenate[ActionCtx, P], Coroutine[Any, Any, R_co]], /
) -> ActionFunction[P, R_co]:
    """An `action` that only other functions, the scheduler and crons may call."""
    return ActionFunction(handler, "internal")


def http_action(handler: HttpHandler, /) -> HttpActionFunction:
    """An `action` that answers HTTP requests: `async def hook(ctx: ActionCtx, request: Request) -> Response`.

    It is reached through a route of the `HttpRouter` in `http.py`.
    """
    return HttpActionFunction(handler)
