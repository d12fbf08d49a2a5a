"""HTTP actions: actions that are given a request and answer it, and that no client can call by a name."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from convexgen.authoring.functions import HttpActionFunction
from convexgen.runtime.calls import Call, Failure, Identity
from convexgen.runtime.engine.actions import ActionContext, Raised, Transactions, limited
from convexgen.runtime.engine.contexts import Deployed
from convexgen.runtime.program.logs import collecting


async def run_http_action_in(
    transactions: Transactions,
    deployed: Deployed,
    function: HttpActionFunction,
    request: Request,
    identity: Identity,
    request_id: str,
    limit: float | None,
) -> tuple[Response | Failure, tuple[str, ...]]:
    """What the handler answers, within `limit` seconds, and its log lines."""
    call = Call(f"http:{function.__name__}", {}, "action", identity, request_id)
    with collecting() as lines:
        context = ActionContext(deployed, transactions, call, lines.extend, 0)
        found = await limited(_answer(function, context, request), call, limit, lines)
        return found.failure if isinstance(found, Raised) else found, tuple(lines)


async def _answer(function: HttpActionFunction, context: ActionContext, request: Request) -> Response:
    answer = await function.handler(context, request)
    if not isinstance(answer, Response):
        raise TypeError(f"{function!r} returned {answer!r}, which is no Response")
    return answer
