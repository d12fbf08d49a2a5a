"""What the decorators make of a handler."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from typing_extensions import deprecated

from convexgen import (
    ActionCtx,
    ConvexError,
    MutationCtx,
    Page,
    QueryCtx,
    Request,
    Response,
    action,
    http_action,
    internal_action,
    internal_mutation,
    internal_query,
    mutation,
    query,
)


async def read(ctx: QueryCtx, limit: int = 100, *, word: str) -> list[str]:
    """Reads."""
    return [word] * limit


async def write(ctx: MutationCtx) -> None: ...


async def act(ctx: ActionCtx) -> None: ...


@pytest.mark.parametrize(
    ("function", "kind", "visibility"),
    [
        (query(read), "query", "public"),
        (internal_query(read), "query", "internal"),
        (mutation(write), "mutation", "public"),
        (internal_mutation(write), "mutation", "internal"),
        (action(act), "action", "public"),
        (internal_action(act), "action", "internal"),
    ],
)
def test_kind_and_visibility(function: Any, kind: str, visibility: str) -> None:
    assert (function.kind, function.visibility) == (kind, visibility)
    assert repr(function) == f"<{visibility} {kind} {__name__}.{function.handler.__name__}>"


def test_the_handler_and_what_it_says_of_itself_are_kept() -> None:
    function = query(read)
    assert function.handler is read
    assert (function.__name__, function.__qualname__, function.__doc__, function.__module__) == (
        "read",
        "read",
        "Reads.",
        __name__,
    )


def test_the_handler_can_be_called() -> None:
    ctx: Any = object()
    assert asyncio.run(query(read).handler(ctx, 2, word="a")) == ["a", "a"]


def test_a_function_is_not_called_itself() -> None:
    with pytest.raises(TypeError, match="not callable"):
        query(read)(None, word="a")  # type: ignore[operator]


def test_arguments_by_name_without_defaults() -> None:
    function = query(read)
    assert function.arguments(word="a") == {"word": "a"}
    assert function.arguments(3, word="a") == {"limit": 3, "word": "a"}
    with pytest.raises(TypeError, match="missing a required argument: 'word'"):
        function.arguments()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'wrod'"):
        function.arguments(word="a", wrod="a")  # type: ignore[call-arg]


def test_handlers_are_async() -> None:
    def plain(ctx: QueryCtx) -> int:
        return 1

    with pytest.raises(TypeError, match="plain: the handler of a query is an `async def`"):
        query(plain)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="the handler of a http_action is an `async def`"):
        http_action(plain)  # type: ignore[arg-type]


def test_handlers_may_be_deprecated() -> None:
    @query
    @deprecated("use read")
    async def old(ctx: QueryCtx) -> None: ...

    assert getattr(old.handler, "__deprecated__", None) == "use read"


def test_http_actions() -> None:
    @http_action
    async def hook(ctx: ActionCtx, request: Request) -> Response:
        return Response(status_code=204)

    handler_arguments: Any = (None, None)
    assert (hook.kind, hook.__name__, asyncio.run(hook.handler(*handler_arguments)).status_code) == (
        "http_action",
        "hook",
        204,
    )


def test_convex_errors_carry_data() -> None:
    error = ConvexError({"code": 3})
    assert (error.data, str(error)) == ({"code": 3}, "{'code': 3}")


def test_a_page_with_other_items() -> None:
    page = Page(page=[1], is_done=True, continue_cursor="c", split_cursor="s", page_status="SplitRequired")
    assert page.with_items(["a"]) == Page(
        page=["a"], is_done=True, continue_cursor="c", split_cursor="s", page_status="SplitRequired"
    )
