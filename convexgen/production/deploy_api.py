"""The routes that `convexgen deploy` uses: what is live, and something else in its place. For administrators alone."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from convexgen.emit.spec import render
from convexgen.production.bundle import LARGEST, Bundle, InvalidBundleError, read_bundle
from convexgen.production.deployer import BusyError, Deployer
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.bodies import read_body
from convexgen.runtime.server.problems import RequestError

DEPLOY: Final = "/api/convexgen/deploy"
PROGRAM: Final = "/api/convexgen/program"
BUSY: Final = "Somebody else deploys just now; nothing was changed."
BROKEN: Final = "The server could not carry this out; its log says why."

logger = logging.getLogger("convexgen.production")


@dataclass(frozen=True, slots=True)
class DeployApi:
    """Endpoints. An answer to a deployment is a line of JSON for everything there is to say of it, as it is said, and
    at last `{"good": true}` or `{"good": false}`. A deployment goes on when whoever asked for it goes away.
    """

    deployer: Deployer
    access: Access

    def routes(self) -> list[BaseRoute]:
        return [Route(DEPLOY, self._deploy, methods=["POST"]), Route(PROGRAM, self._program, methods=["GET"])]

    async def _program(self, request: Request) -> Response:
        """`null` before the first deployment."""
        await self.access.check_administrator(request)
        program = await asyncio.to_thread(self.deployer.program)
        text = "null" if program is None else render(program, "ir")
        return Response(text, media_type="application/json")

    async def _deploy(self, request: Request) -> Response:
        await self.access.check_administrator(request)
        body = await read_body(request, LARGEST)
        try:
            bundle = await asyncio.to_thread(read_bundle, body)
        except InvalidBundleError as error:
            raise RequestError(400, "InvalidBundle", f"These are no functions: {error}.") from None
        said: asyncio.Queue[str | bool] = asyncio.Queue()
        deployment = _Deployment(self.deployer, bundle, request.query_params.get("rehearse") == "true", said)
        threading.Thread(target=deployment.run, name="convexgen deployment").start()
        return StreamingResponse(_lines(said), media_type="application/x-ndjson")


class _Deployment:
    """Runs in a thread, and tells the event loop that made it."""

    def __init__(self, deployer: Deployer, bundle: Bundle, rehearse: bool, said: asyncio.Queue[str | bool]) -> None:
        self._deployer = deployer
        self._bundle = bundle
        self._rehearse = rehearse
        self._said = said
        self._loop = asyncio.get_running_loop()

    def run(self) -> None:
        good = False
        try:
            good = self._deployer.deploy(self._bundle, self._say, rehearse=self._rehearse)
        except BusyError:
            self._say(BUSY)
        except Exception:
            logger.exception("a deployment came to nothing through a mistake of ours")
            self._say(BROKEN)
        finally:
            self._say(good)

    def _say(self, said: str | bool) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._said.put_nowait, said)


async def _lines(said: asyncio.Queue[str | bool]) -> AsyncIterator[str]:
    while isinstance(line := await said.get(), str):
        yield f"{json.dumps({'say': line})}\n"
    yield f"{json.dumps({'good': line})}\n"
