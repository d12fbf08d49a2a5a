"""HTTP actions: actions that are given a request and answer it, and that no client can call by a name."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from convexgen.authoring.functions import HttpActionFunction
from convexgen.runtime.calls import Call, Failure, Identity
from convexgen.runtime.engine.actions import ActionContext, Transactions
from convexgen.runtime.engine.contexts import Deployed
from convexgen.runtime.program.failures import failure
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
        try:
            async with asyncio.timeout(limit) as time_limit:
                answer = await function.handler(context, request)  # type: ignore[arg-type] # until it has a scheduler too
            if not isinstance(answer, Response):
                raise TypeError(f"{function!r} returned {answer!r}, which is no Response")
        except (asyncio.CancelledError, KeyboardInterrupt):
            raise
        except BaseException as error:
            told = failure(error, tuple(lines))
            if time_limit.expired():
                told = Failure(f"Uncaught TimeLimitError: {call.path} took more than {limit:g} seconds, and was ended.")
            return told, tuple(lines)
        return answer, tuple(lines)
