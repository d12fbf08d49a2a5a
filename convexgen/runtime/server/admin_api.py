"""The routes below `/api` that administer a deployment: its variables and its logs. For administrators alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from convexgen.runtime.auth.issuers import InvalidAuthConfigError
from convexgen.runtime.commits import DeployInProgressError
from convexgen.runtime.server.answers import json_response
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.bodies import read_body
from convexgen.runtime.server.function_logs import FunctionLogs
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.server.requests import json_object
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.values import Json, write_json
from convexgen.runtime.variables import Changes, InvalidVariableError


@dataclass(frozen=True, slots=True)
class AdminApi:
    """Endpoints. `variables` gives those that are set; `change_variables` sets others, or raises what
    `engine.change_variables` does, and `InvalidAuthConfigError`.
    """

    access: Access
    runs: FunctionRuns
    logs: FunctionLogs
    variables: Callable[[], Mapping[str, str]]
    change_variables: Callable[[Changes], None]

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/check_admin_key", self._check_key, methods=["GET"]),
            Route("/api/convexgen/variables", self._variables, methods=["GET"]),
            Route("/api/update_environment_variables", self._change_variables, methods=["POST"]),
            Route("/api/stream_function_logs", self._logs, methods=["GET"]),
        ]

    async def _check_key(self, request: Request) -> Response:
        await self.access.check_administrator(request)
        return json_response(write_json({"success": True, "allowedOps": [], "isReadOnly": False}))

    async def _variables(self, request: Request) -> Response:
        """Of all variables the values by names, whether or not any functions are live that could be asked."""
        await self.access.check_administrator(request)
        variables = await self.runs.in_worker(self.variables)
        return _private(json_response(write_json({"variables": dict(variables)})))

    async def _change_variables(self, request: Request) -> Response:
        """`{changes: [{name, value}]}`, with null as the value of those that are to be removed: all, or none."""
        await self.access.check_administrator(request)
        changes = _changes(json_object(await read_body(request)))
        try:
            await self.runs.in_worker(lambda: self.change_variables(changes))
        except InvalidVariableError as error:
            raise RequestError(400, error.code, _sentence(error)) from None
        except InvalidAuthConfigError as error:
            raise RequestError(400, "InvalidAuthConfig", f"{error}.") from None
        except DeployInProgressError as error:
            raise RequestError(409, "DeployInProgress", _sentence(error)) from None
        return Response()

    async def _logs(self, request: Request) -> Response:
        """`?cursor=`: what has ended since then. `{entries, newCursor}`."""
        await self.access.check_administrator(request)
        told = await self.logs.after(_cursor(request.query_params.get("cursor", "0")))
        return _private(json_response(write_json({"entries": told.entries, "newCursor": told.cursor})))


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def _private(response: Response) -> Response:
    """An answer that nobody keeps."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _changes(body: Mapping[str, Json]) -> Changes:
    changes = body.get("changes")
    if not isinstance(changes, list):
        raise _bad("`changes` is no list")
    read: dict[str, str | None] = {}
    for each in changes:
        if not isinstance(each, dict) or "value" not in each:
            raise _bad("one of `changes` is no {name, value}")
        name, value = each.get("name"), each["value"]
        if not isinstance(name, str) or not (value is None or isinstance(value, str)):
            raise _bad("one of `changes` is no {name, value}")
        if name in read:
            raise _bad(f"`changes` has {name!a} twice")
        read[name] = value
    return read


def _cursor(text: str) -> float:
    try:
        cursor = float(text)
    except ValueError:
        cursor = -1.0
    if not isfinite(cursor) or cursor < 0:
        raise RequestError(400, "InvalidCursor", f"{text!a} is no cursor: it is a number, 0 at first.")
    return cursor


def _bad(why: str) -> RequestError:
    return RequestError(400, "BadJsonBody", f"The request cannot be understood: {why}.")
