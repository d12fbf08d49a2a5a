"""The public routes below `/api` that run functions."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import Call, Disclosure, Failure, Identity, Outcome, disclosed_to, shown_path, stored_path
from convexgen.runtime.engine.contract import Engine
from convexgen.runtime.server import requests
from convexgen.runtime.server.answers import answer, json_response
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.bodies import read_body
from convexgen.runtime.server.client_versions import client
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.server.requests import FunctionRequest, Writer
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.sync import timestamp_text
from convexgen.runtime.values import InvalidValueError, Json, write_json

_is_request_id = re.compile(r"[0-9A-Za-z_-]{1,64}").fullmatch

Reader = Callable[[bytes], FunctionRequest]


class _Caller(NamedTuple):
    """Who asks, and what the request is called in the text of errors."""

    identity: Identity
    request_id: str


class _Action(NamedTuple):
    """An action that is yet to be run."""

    call: Call
    write: Writer


@dataclass(frozen=True, slots=True)
class HttpApi:
    """Endpoints. `new_request_id` gives sixteen hexadecimal digits."""

    engine: Engine
    access: Access
    runs: FunctionRuns
    disclosure: Disclosure
    new_request_id: Callable[[], str]

    def routes(self) -> list[BaseRoute]:
        """All of them, with the paths that clients use."""
        return [
            Route("/api/query", self._get, methods=["GET"]),
            *(
                Route(f"/api/{kind}", self._endpoint(kind), methods=["POST"])
                for kind in ("query", "mutation", "action")
            ),
            Route("/api/query_ts", self._timestamp, methods=["POST"]),
            Route("/api/query_at_ts", self._query_at, methods=["POST"]),
            Route("/api/query_batch", self._batch, methods=["POST"]),
            Route("/api/run/{path:path}", self._run, methods=["POST"]),
            Route("/api/function", self._function, methods=["POST"]),
        ]

    def _endpoint(self, kind: FunctionKind) -> Callable[[Request], Awaitable[Response]]:
        return partial(self._call, kind=kind)

    async def _call(self, request: Request, kind: FunctionKind) -> Response:
        caller = await self._caller(request)
        return await self._answered(caller, await read_body(request), _from_body, kind)

    async def _get(self, request: Request) -> Response:
        caller = await self._caller(request)
        return await self._answered(caller, b"", lambda _: requests.url_request(request.query_params), "query")

    async def _run(self, request: Request) -> Response:
        path: str = request.path_params["path"]
        caller = await self._caller(request)
        body = await read_body(request)
        return await self._answered(caller, body, lambda body: requests.run_request(path, requests.json_object(body)))

    async def _function(self, request: Request) -> Response:
        caller = await self._caller(request)
        if not caller.identity.is_admin:
            raise RequestError(403, "BadDeployKey", "Only an administrator may call functions here, with an admin key.")
        return await self._answered(caller, await read_body(request), _from_body)

    async def _timestamp(self, request: Request) -> Response:
        await self._caller(request)
        return json_response(write_json({"ts": timestamp_text(self.engine.latest)}))

    async def _query_at(self, request: Request) -> Response:
        caller = await self._caller(request)
        body = await read_body(request)

        def run() -> str:
            fields = requests.json_object(body)
            timestamp = requests.timestamp(fields, self.engine.latest)
            return write_json(self._query(requests.function_request(fields), caller, timestamp))

        return json_response(await self.runs.in_worker(run))

    async def _batch(self, request: Request) -> Response:
        caller = await self._caller(request)
        body = await read_body(request)
        queries = await self.runs.in_worker(lambda: requests.batch(requests.json_object(body)))
        timestamp = self.engine.latest
        running = (self.runs.in_worker(partial(self._query, each, caller, timestamp)) for each in queries)
        results = await asyncio.gather(*running)
        return json_response(await self.runs.in_worker(lambda: write_json({"results": list(results)})))

    async def _answered(self, caller: _Caller, body: bytes, read: Reader, kind: FunctionKind | None = None) -> Response:
        begun = await self.runs.in_worker(lambda: self._begin(read(body), caller, kind))
        if isinstance(begun, str):
            return json_response(begun)
        outcome = await self.runs.on_action_loop(lambda: self.engine.run_action(begun.call))
        return json_response(await self.runs.in_worker(lambda: self._told(outcome, begun.write, caller)))

    def _begin(self, wanted: FunctionRequest, caller: _Caller, kind: FunctionKind | None) -> str | _Action:
        """The answer, or the action that has to be run for it. Blocks."""
        call = _call(wanted, caller, kind)
        if isinstance(call, Failure):
            return self._told(call, wanted.write, caller)
        match kind or self.engine.kind(call.path):
            case "query":
                return self._told(self.engine.run_query(call).outcome, wanted.write, caller)
            case "mutation":
                return self._told(self.engine.run_mutation(call).outcome, wanted.write, caller)
            case "action":
                return _Action(call, wanted.write)
            case None:
                missing = (
                    f"Could not find function for '{shown_path(call.path)}'. Did you forget to run `npx convex dev`?"
                )
                return self._told(Failure(missing), wanted.write, caller)

    def _query(self, wanted: FunctionRequest, caller: _Caller, timestamp: int) -> Json:
        call = _call(wanted, caller, "query")
        outcome = call if isinstance(call, Failure) else self.engine.run_query(call, timestamp=timestamp).outcome
        return answer(outcome, wanted.write, caller.request_id, disclosed_to(caller.identity, self.disclosure))

    def _told(self, outcome: Outcome, write: Writer, caller: _Caller) -> str:
        return write_json(answer(outcome, write, caller.request_id, disclosed_to(caller.identity, self.disclosure)))

    async def _caller(self, request: Request) -> _Caller:
        named = request.headers.get("convex-client")
        if named is not None:
            client(named)
        asked = request.headers.get("convex-request-id", "")
        return _Caller(await self._identity(request), asked if _is_request_id(asked) else self.new_request_id())

    async def _identity(self, request: Request) -> Identity:
        header, key = request.headers.get("authorization"), request.query_params.get("adminKey")
        if header is None and key is not None:
            return self.access.of_key(key)
        return await self.access.of_header(header)


def _from_body(body: bytes) -> FunctionRequest:
    return requests.function_request(requests.json_object(body))


def _call(wanted: FunctionRequest, caller: _Caller, kind: FunctionKind | None) -> Call | Failure:
    try:
        arguments = requests.arguments(wanted.arguments)
    except InvalidValueError as error:
        return Failure(f"Invalid arguments for {stored_path(wanted.path)}: {error}")
    return Call(wanted.path, arguments, kind, caller.identity, caller.request_id)
