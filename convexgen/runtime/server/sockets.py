"""The sockets of clients: frames in and out, and what a session asks for carried out on the engine.

All of it happens on the event loop of the server, but for the functions themselves. A socket at rest costs one task
that waits for a frame; to write, to run a function and to work out a transition there are others while it lasts.

Slow clients are bounded by their sessions, which make no further transition while two are unsent and begin no mutation
while a hundred messages are; clients that are stuck answer no pings, and are cut off by the server underneath.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, Final

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from convexgen.runtime.calls import Disclosure
from convexgen.runtime.engine.contract import Engine, EngineError, QueryResult, Watch
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.client_versions import client, npm_client
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.sync import (
    INTERNAL_ERROR,
    Authenticate,
    ClientVersion,
    Close,
    ComputedQuery,
    ComputeTransition,
    Effect,
    Limits,
    LiveCall,
    RunAction,
    RunMutation,
    Send,
    Session,
    UserToken,
)

logger = logging.getLogger("convexgen.server")

_AT_ONCE: Final = 20
"""Queries of one socket that are run at the same time."""
_PAUSES: Final = (0.1, 0.5)
"""Seconds after which a query that came to nothing is run again."""
_UNANSWERED: Final = 64 * 2**20
"""Bytes of a client's messages that may be in hand before no more are read, as they are all kept until then."""
_NEWS_AT_ONCE: Final = 50
"""Outdated results that are passed on before others have their turn."""
_TICK: Final = 5.0
"""Seconds between two looks at who has been silent."""
_FAREWELL: Final = 1.0
"""Seconds that all clients have to take leave when the server stops."""
_GOING_AWAY: Final = Close(1001, "")
_LIMITS: Final = Limits(silence=None)  # pings of the server underneath see to that


class SyncSockets:
    """All of them. `now` gives milliseconds since the epoch."""

    def __init__(
        self, engine: Engine, access: Access, runs: FunctionRuns, disclosure: Disclosure, now: Callable[[], float]
    ) -> None:
        self.engine = engine
        self.access = access
        self.runs = runs
        self.disclosure = disclosure
        self.now = now
        self._open: set[_Socket] = set()
        self._news: deque[Callable[[], None]] = deque()
        self._news_lock = threading.Lock()
        self._is_telling = False
        self._ticker: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    def routes(self) -> list[BaseRoute]:
        return [WebSocketRoute("/api/sync", self._serve), WebSocketRoute("/api/{version}/sync", self._serve)]

    async def close(self) -> None:
        """Take leave of everybody: clients connect again at once, if there is somebody to connect to."""
        if self._open:
            leaving = [asyncio.create_task(each.leave()) for each in self._open]
            await asyncio.wait(leaving, timeout=_FAREWELL)

    async def _serve(self, websocket: WebSocket) -> None:
        try:
            version = _client(websocket)
        except RequestError as error:
            await websocket.send_denial_response(error.response())
            return
        await websocket.accept()
        socket = _Socket(self, websocket, version)
        self._open.add(socket)
        if self._ticker is None:
            self._ticker = asyncio.create_task(self._tick())
        try:
            await socket.serve()
        finally:
            self._open.discard(socket)

    def tell_later(self, loop: asyncio.AbstractEventLoop, news: Callable[[], None]) -> None:
        """Have `news` called on the loop, from any thread. A thousand at a time wake it once."""
        with self._news_lock:
            self._news.append(news)
            if self._is_telling:
                return
            self._is_telling = True
        with suppress(RuntimeError):  # the loop has ended, and everything with it
            loop.call_soon_threadsafe(self._tell, loop)

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        """Pass on some of the news, and the rest after whatever else is waiting, such as answers."""
        for _ in range(_NEWS_AT_ONCE):
            with self._news_lock:
                if not self._news:
                    self._is_telling = False
                    return
                news = self._news.popleft()
            try:
                news()
            except Exception:
                logger.exception("a client was not told of news through a mistake of ours")
        loop.call_soon(self._tell, loop)

    async def _tick(self) -> None:
        while self._open:
            await asyncio.sleep(_TICK)
            for socket in tuple(self._open):
                socket.tick()
        self._ticker = None


def _client(websocket: WebSocket) -> ClientVersion | None:
    """Who connects, None if it does not say. Raises `RequestError` for one that cannot be served."""
    version = websocket.path_params.get("version")
    if version is not None:
        return npm_client(version)
    header = websocket.headers.get("convex-client")
    return None if header is None else client(header)


class _Socket:
    """One socket and its session, from the accepted handshake to the end of the connection."""

    def __init__(self, sockets: SyncSockets, websocket: WebSocket, version: ClientVersion | None) -> None:
        self._sockets = sockets
        self._engine = sockets.engine
        self._access = sockets.access
        self._runs = sockets.runs
        self._now = sockets.now
        self._websocket = websocket
        self._session = Session(version, disclosure=sockets.disclosure, now=self._now(), limits=_LIMITS)
        self._loop = asyncio.get_running_loop()
        self._gone = False
        self._unanswered = 0
        self._outbox: deque[Send | Close] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._watches: dict[int, Watch] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        try:
            while (message := await self._websocket.receive())["type"] != "websocket.disconnect":
                frame = message.get("text")
                frame = message["bytes"] if frame is None else frame
                await self._room_for(len(frame))
                self._carry_out(self._session.receive(frame, now=self._now(), latest=self._engine.latest))
        finally:
            self._gone = True
            for watch in self._watches.values():
                watch.close()
            self._watches.clear()

    async def _room_for(self, size: int) -> None:
        """Come back when not too much is unanswered of what the client has sent."""
        if self._unanswered + size > _UNANSWERED:
            while self._tasks:
                await asyncio.wait(self._tasks)
        if not self._tasks:
            self._unanswered = 0
        self._unanswered += size

    def tick(self) -> None:
        if not self._access.authenticator.believes(self._session.identity):
            self._carry_out(self._session.identity_revoked(now=self._now()))
        self._carry_out(self._session.tick(now=self._now()))

    async def leave(self) -> None:
        """Say that the server goes away, and wait until that is said."""
        self._say(_GOING_AWAY)
        if self._writer is not None:
            await self._writer

    def _carry_out(self, effects: list[Effect]) -> None:
        if self._gone:
            return
        for effect in effects:
            match effect:
                case Send() | Close():
                    self._say(effect)
                case RunMutation():
                    self._begin(self._mutate(effect))
                case RunAction():
                    self._begin(self._act(effect))
                case Authenticate():
                    self._begin(self._authenticate(effect))
                case ComputeTransition():
                    self._begin(self._compute(effect, self._engine.latest))

    # Writing

    def _say(self, effect: Send | Close) -> None:
        self._outbox.append(effect)
        if self._writer is None:
            self._writer = self._loop.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._outbox:
                effect = self._outbox.popleft()
                if isinstance(effect, Close):
                    await self._websocket.send(
                        {"type": "websocket.close", "code": effect.code, "reason": effect.reason}
                    )
                    return
                await self._websocket.send({"type": "websocket.send", "text": effect.text})
                self._carry_out(self._session.sent(effect, now=self._now()))
        except (WebSocketDisconnect, RuntimeError):
            self._gone = True  # `serve` is about to hear of it too
        finally:
            self._writer = None

    # Running functions

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """What comes to nothing ends the conversation. The client begins another, and asks again."""
        try:
            await work
        except EngineError as error:
            self._carry_out(self._session.engine_failed(error.code, now=self._now()))
        except RequestError as error:
            self._carry_out(self._session.engine_failed(error.code, now=self._now()))
        except Exception:
            logger.exception("a socket was closed through a mistake of ours")
            self._carry_out(self._session.engine_failed(INTERNAL_ERROR, now=self._now()))

    async def _mutate(self, effect: RunMutation) -> None:
        result = await self._runs.in_turn(partial(self._engine.run_mutation, effect.call, effect.request))
        finished = self._session.mutation_finished
        self._carry_out(finished(effect.request.request_id, result.outcome, result.timestamp, now=self._now()))

    async def _act(self, effect: RunAction) -> None:
        outcome = await self._runs.on_action_loop(lambda: self._engine.run_action(effect.call))
        self._carry_out(self._session.action_finished(effect.request_id, outcome, now=self._now()))

    async def _authenticate(self, effect: Authenticate) -> None:
        credentials = effect.credentials
        try:
            if isinstance(credentials, UserToken):
                identity = await self._access.authenticator.identity(credentials.value)
            else:
                identity = self._access.of_admin(credentials.value, credentials.acting_as)
        except RequestError as error:
            if error.status >= 500:
                raise  # the client comes back with the same token
            self._carry_out(self._session.authentication_failed(error.message, now=self._now()))
        else:
            self._carry_out(self._session.authenticated(identity, now=self._now()))

    # Following queries

    async def _compute(self, wanted: ComputeTransition, timestamp: int) -> None:
        """`timestamp` is the snapshot that was the latest when this was asked for."""
        for query_id in wanted.removed:
            self._unwatch(query_id)
        to_run = [*wanted.to_run, *(each for each in wanted.watched if self._is_stale(each.query_id))]
        at_once = asyncio.Semaphore(_AT_ONCE)

        async def run(live: LiveCall) -> QueryResult:
            async with at_once:
                return await self._run_query(live, timestamp)

        results: dict[int, QueryResult] = {}
        unknown: list[LiveCall] = []
        for live in to_run:
            known = self._engine.cached_query(live.call, journal=live.journal, timestamp=timestamp)
            if known is None:
                unknown.append(live)
            else:
                results[live.query_id] = known
        if unknown:
            found = await asyncio.gather(*map(run, unknown))
            results.update((live.query_id, result) for live, result in zip(unknown, found, strict=True))
        if self._gone:
            return
        for query_id, result in results.items():
            self._watch(query_id, result, timestamp)
        computed = {query_id: ComputedQuery(result.outcome, result.journal) for query_id, result in results.items()}
        self._carry_out(self._session.computed(timestamp, computed, now=self._now()))

    async def _run_query(self, live: LiveCall, timestamp: int) -> QueryResult:
        work = partial(self._engine.run_query, live.call, journal=live.journal, timestamp=timestamp)
        for pause in _PAUSES:
            try:
                return await self._runs.in_turn(work)
            except EngineError:
                await asyncio.sleep(pause)
        return await self._runs.in_turn(work)

    def _is_stale(self, query_id: int) -> bool:
        watch = self._watches.get(query_id)
        return watch is None or watch.is_stale

    def _watch(self, query_id: int, result: QueryResult, timestamp: int) -> None:
        self._unwatch(query_id)

        def on_stale() -> None:
            self._sockets.tell_later(self._loop, partial(self._went_stale, query_id, timestamp))

        self._watches[query_id] = self._engine.watch(result, on_stale)

    def _unwatch(self, query_id: int) -> None:
        watch = self._watches.pop(query_id, None)
        if watch is not None:
            watch.close()

    def _went_stale(self, query_id: int, timestamp: int) -> None:
        self._carry_out(self._session.query_went_stale(query_id, timestamp, now=self._now()))
