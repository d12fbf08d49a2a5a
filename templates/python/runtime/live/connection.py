"""A conversation on an event loop: sockets, timers, and those who wait for answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from random import random
from threading import get_ident
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from ..errors import ConnectionFailed, Timeout
from ..transport import (
    CLIENT_NAME,
    AsyncTokenSource,
    Call,
    Query,
    Update,
    result_of,
)
from ..values import JsonObject, JsonValue
from .conversation import Conversation
from .effects import (
    Answered,
    AuthChanged,
    Changed,
    Effect,
    Ended,
    FetchToken,
    Open,
    Send,
    Shut,
)
from .following import Follower
from .messages import Failure, Lost, Outcome

_logger = logging.getLogger(__name__)


class Connection:
    """Calls functions and follows queries of a server over one socket, from tasks.

    It is opened when it is first used, on the event loop that runs then, and again
    whenever it breaks, until `aclose`. Methods that are not `async` are for tasks, too.
    `on_auth_change` is told when the server begins or ceases to take us for somebody.
    """

    def __init__(
        self, url: str, *, on_auth_change: Callable[[bool], None] | None = None
    ) -> None:
        self._url = sync_url(url)
        self._on_auth_change = on_auth_change
        self._conversation = Conversation(str(uuid4()), random)
        self._clock_start = time.time() - time.monotonic()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._socket: asyncio.Task[None] | None = None
        self._unsent: asyncio.Queue[str] = asyncio.Queue()
        self._waiting: dict[int, asyncio.Future[Outcome | Lost]] = {}
        self._followers: dict[int, list[Follower]] = {}
        self._token_source: AsyncTokenSource | None = None
        self._trouble = "it is not connected yet"

    # --- For those who call -----------------------------------------------------------

    async def call(self, call: Call, update: Update | None = None) -> JsonValue:
        """The result of a function as encoded JSON; raises what `errors` describes.

        `update` is an optimistic one, for mutations. When the call is cancelled or takes
        too long, a mutation or action may still run; one not sent yet is not sent.
        """
        try:
            async with asyncio.timeout(call.timeout):
                if call.kind == "query":
                    outcome: Outcome | Lost = await self._ask(call)
                else:
                    outcome = await self._request(call, update)
        except TimeoutError:
            raise self._too_late(call) from None
        return self.result(call.path, outcome)

    def follow(self, *queries: Query) -> Follower:
        """Follow queries, given by paths and encoded arguments."""
        self._begin()
        return Follower(self, dict(enumerate(queries)))

    def set_auth(self, token: str | AsyncTokenSource | None) -> None:
        """Be who the token says, or ask for tokens when there is need of one."""
        if token is None or isinstance(token, str):
            self._token_source = None
            self._conversation.set_token(token, self._now)
        else:
            self._token_source = token
            self._conversation.fetch_tokens()
        if self._loop is not None:
            self._carry_out()

    async def aclose(self) -> None:
        """Close the socket. Whoever still waits for something gets an error."""
        if not self._conversation.is_ended:
            self._conversation.end()
            if self._loop is not None:
                self._carry_out()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def result(self, path: str, outcome: Outcome | Lost) -> JsonValue:
        """What an outcome holds: a value, or an error to raise."""
        if isinstance(outcome, Lost):
            raise ConnectionFailed(f"{path}: {outcome.reason}")
        if not isinstance(outcome, Failure):
            return outcome.value
        answer: JsonObject = {
            "status": "error",
            "errorMessage": outcome.message,
            "logLines": list(outcome.log_lines),
        }
        if outcome.is_convex_error:
            answer["errorData"] = outcome.data
        return result_of(path, answer)

    # --- Waiting ----------------------------------------------------------------------

    async def _ask(self, call: Call) -> Outcome | Lost:
        follower = self.follow((call.path, call.args))
        try:
            (outcome,) = await follower.next()
            return outcome
        finally:
            follower.close()

    async def _request(self, call: Call, update: Update | None) -> Outcome | Lost:
        loop = self._begin()
        if call.kind == "mutation":
            request_id = self._conversation.mutate(call.path, call.args, update)
        else:
            request_id = self._conversation.act(call.path, call.args)
        answer: asyncio.Future[Outcome | Lost] = loop.create_future()
        self._waiting[request_id] = answer
        self._carry_out()
        try:
            return await answer
        finally:
            if self._waiting.pop(request_id, None) is not None:
                self._conversation.abandon(request_id)
                self._carry_out()

    def _too_late(self, call: Call) -> Exception:
        if self._conversation.is_connected:
            return Timeout(f"{call.path}: no answer within {call.timeout} s")
        return ConnectionFailed(
            f"{call.path}: no connection within {call.timeout} s: {self._trouble}"
        )

    # --- For followers ----------------------------------------------------------------

    def outcome(self, query_id: int) -> Outcome | None:
        """What a query gives, as of the timestamp of all others; None while it has none."""
        return self._conversation.outcome(query_id)

    @property
    def is_ended(self) -> bool:
        return self._conversation.is_ended

    @property
    def trouble(self) -> str:
        """Why there is no connection."""
        return self._trouble

    def join(self, follower: Follower, query: Query) -> int:
        """Wake `follower` whenever `query` gives something else: the query's id."""
        self._begin()
        query_id = self._conversation.follow(*query)
        self._followers.setdefault(query_id, []).append(follower)
        self._carry_out()
        return query_id

    def leave(self, follower: Follower, query_ids: list[int]) -> None:
        """`follower` needs these no more. For any thread: it may be garbage."""
        loop = self._loop
        if loop is None or loop.is_closed() or self.is_ended:
            return
        if get_ident() == self._thread:
            self._leave(follower, query_ids)
        else:
            loop.call_soon_threadsafe(self._leave, follower, query_ids)

    def _leave(self, follower: Follower, query_ids: list[int]) -> None:
        for query_id in query_ids:
            followers = self._followers[query_id]
            followers.remove(follower)
            if not followers:
                del self._followers[query_id]
            self._conversation.leave(query_id)
        self._carry_out()

    # --- Carrying out -----------------------------------------------------------------

    @property
    def _now(self) -> float:
        return self._clock_start + time.monotonic()

    def _begin(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        if self._conversation.is_ended:
            raise ConnectionFailed(self._trouble)
        if self._loop is None:
            self._loop, self._thread = loop, get_ident()
            self._conversation.start(self._now)
        elif self._loop is not loop:
            raise RuntimeError("a client belongs to the event loop that it began on")
        return loop

    def _carry_out(self) -> None:
        for effect in self._conversation.take_effects():
            self._do(effect)
        assert self._loop is not None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._conversation.deadline
        if deadline is not None:
            wait = max(0.0, deadline - self._now)
            self._timer = self._loop.call_later(wait, self._tick)

    def _do(self, effect: Effect) -> None:
        match effect:
            case Open():
                self._unsent = asyncio.Queue()
                self._socket = self._spawn(self._converse(self._unsent))
            case Shut():
                assert self._socket is not None
                self._socket.cancel()
            case Send(text):
                self._unsent.put_nowait(text)
            case Changed(_, outcomes):
                self._wake(*outcomes)
            case Answered(request_id, outcome):
                answer = self._waiting.pop(request_id, None)
                if answer is not None and not answer.done():
                    answer.set_result(outcome)
            case FetchToken(attempt, force):
                self._spawn(self._fetch_token(attempt, force))
            case AuthChanged(is_authenticated, reason):
                if reason:
                    _logger.warning("signed out: %s", reason)
                self._tell_auth_change(is_authenticated)
            case Ended(reason):
                self._trouble = reason
                self._wake(*self._followers)

    def _tell_auth_change(self, is_authenticated: bool) -> None:
        if self._on_auth_change is not None:
            try:
                self._on_auth_change(is_authenticated)
            except Exception:
                _logger.exception("what is told of signing in and out has failed")

    def _wake(self, *query_ids: int) -> None:
        for query_id in query_ids:
            for follower in self._followers.get(query_id, ()):
                follower.wake()

    def _tick(self) -> None:
        self._timer = None
        self._conversation.tick(self._now)
        self._carry_out()

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _fetch_token(self, attempt: int, force: bool) -> None:
        token = None
        if self._token_source is not None:
            try:
                token = await self._token_source(force)
            except Exception:
                _logger.exception("there is no token to be had")
        self._conversation.token_fetched(attempt, token, self._now)
        self._carry_out()

    # --- The socket -------------------------------------------------------------------

    async def _converse(self, unsent: asyncio.Queue[str]) -> None:
        """Hold one socket from its opening to its end, or until this is cancelled."""
        try:
            async with connect(
                self._url,
                additional_headers={"Convex-Client": CLIENT_NAME},
                open_timeout=None,
                ping_interval=None,
                close_timeout=1,
                max_size=None,
            ) as socket:
                self._conversation.opened(self._now)
                self._carry_out()
                reason = await self._listen(socket, unsent)
        except (OSError, EOFError, WebSocketException) as error:
            reason = str(error) or type(error).__name__
        self._trouble = reason
        self._conversation.closed(reason, self._now)
        self._carry_out()

    async def _listen(
        self, socket: ClientConnection, unsent: asyncio.Queue[str]
    ) -> str:
        """Take what comes until the socket is closed; the result says why."""
        speaking = self._spawn(_speak(socket, unsent))
        try:
            async for text in socket:
                if isinstance(text, str):
                    self._conversation.received(text, self._now)
                    self._carry_out()
        except ConnectionClosed:
            pass  # without the closing handshake
        finally:
            speaking.cancel()
        return socket.close_reason or f"closed with code {socket.close_code}"


async def _speak(socket: ClientConnection, unsent: asyncio.Queue[str]) -> None:
    try:
        while True:
            await socket.send(await unsent.get())
    except ConnectionClosed:
        pass  # the one who listens knows of it


def sync_url(url: str) -> str:
    """Where the socket of a deployment is: `ws://host/api/sync` for `http://host`."""
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    path = f"{parts.path.rstrip('/')}/api/sync"
    return urlunsplit((scheme, parts.netloc, path, "", ""))
