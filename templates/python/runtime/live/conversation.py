"""The conversation with a server over as many sockets as it takes, without any I/O.

**How it is driven.** Whoever holds the socket calls a method for each event, one at a
time, and then carries out what `take_effects` gives, in that order. `tick` is to be
called when `deadline` has come. Times are seconds since the epoch on a clock that does
not jump. Arguments and results are encoded JSON.

**What it sees to.** What is asked for is sent at once, or when there is a connection.
When one is lost, the next begins with all that counts: who we are, which queries are
followed, and each mutation whose effect has not been seen. One session id for the life of
a conversation lets the server tell a repeated mutation from a new one. All results that
are told together are of one timestamp, and a mutation's answer comes after the results
that it changed.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final

from ..transport import Update
from ..values import JsonObject
from . import messages
from .backoff import Backoff
from .chunks import Chunks
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
from .messages import (
    AuthError,
    Chunk,
    FatalError,
    Lost,
    Misunderstood,
    Outcome,
    Response,
    Success,
    Transition,
    Version,
)
from .optimism import Optimism
from .queries import QuerySet
from .requests import Requests
from .tokens import Tokens, Verdict

SILENCE: Final = 60.0
"""Seconds without a message after which a connection counts as lost; servers that have
nothing to say send a ping every 15."""


class _Link(Enum):
    IDLE = "nothing was asked for yet"
    WAITING = "until it is time to try again"
    OPENING = "a socket that is not there yet"
    OPEN = "a socket that is there"
    STOPPED = "until there is a token that the server may like better"
    ENDED = "for good"


class _Fetch(Enum):
    """What a token is fetched for."""

    FIRST = "to begin with; nothing is sent before it is there"
    FIRST_FORCED = "to begin with, after one that was kept turned out to be none"
    RENEWAL = "since ours will expire"
    REFUSED = "since the server has refused ours; the socket is closed until then"


class Conversation:
    """See above. `random` gives numbers from 0 to 1.

    Life cycle: idle until something is asked for or `start` is called; of no more use
    after `end`, or once an `Ended` was among the effects.
    """

    def __init__(
        self,
        session_id: str,
        random: Callable[[], float],
        *,
        silence: float = SILENCE,
    ) -> None:
        self._session_id = session_id
        self._silence = silence
        self._effects: list[Effect] = []

        self._link = _Link.IDLE
        self._is_greeted = False
        self._is_held = False
        """Whether nothing is to be sent until the first token is there."""
        self._heard_at = 0.0
        self._open_at = 0.0
        self._backoff = Backoff(random)
        self._connections = 0
        self._last_close: str | None = "InitialConnect"

        self._version: Version = Version()
        self._max_observed: int | None = None
        self._chunks = Chunks()
        self._queries = QuerySet()
        self._requests = Requests()
        self._optimism = Optimism()
        self._shown: dict[int, Outcome] = {}
        self._shown_at = 0
        self._tokens = Tokens()
        self._fetches = 0
        self._fetching: _Fetch | None = None

    def take_effects(self) -> list[Effect]:
        """What is to be done now, in this order."""
        effects, self._effects = self._effects, []
        return effects

    @property
    def deadline(self) -> float | None:
        """When `tick` is to be called, if nothing happens before."""
        times = [self._tokens.renewal_due] if self._fetching is None else []
        if self._link is _Link.WAITING:
            times.append(self._open_at)
        elif self._has_socket:
            times.append(self._heard_at + self._silence)
        return min([time for time in times if time is not None], default=None)

    @property
    def is_connected(self) -> bool:
        return self._link is _Link.OPEN

    @property
    def _has_socket(self) -> bool:
        return self._link in (_Link.OPENING, _Link.OPEN)

    @property
    def is_ended(self) -> bool:
        return self._link is _Link.ENDED

    # --- What is asked for ------------------------------------------------------------

    def start(self, now: float) -> None:
        """Connect. Asking for something does not do so by itself."""
        if self._link is _Link.IDLE:
            self._open(now)

    def follow(self, path: str, args: JsonObject) -> int:
        """Follow a query: its id, which is the same for all who follow it."""
        query_id = self._queries.follow(path, args)
        self._flush()
        return query_id

    def leave(self, query_id: int) -> None:
        """Follow a query no more, as often as it was followed."""
        if self._queries.leave(query_id):
            self._shown.pop(query_id, None)
            self._flush()

    def outcome(self, query_id: int) -> Outcome | None:
        """What was told of a query last."""
        return self._shown.get(query_id)

    @property
    def timestamp(self) -> int:
        """Of all results that were told last, in nanoseconds since the epoch."""
        return self._shown_at

    def mutate(self, path: str, args: JsonObject, update: Update | None = None) -> int:
        """Run a mutation exactly once: the id of the request.

        `update` changes results until the mutation has ended; what it raises now is
        raised here, and nothing is sent.
        """
        request_id = self._requests.add("Mutation", path, args)
        if update is not None:
            self._optimism.add(request_id, update)
            try:
                self._optimism.test(self._queries)
            except BaseException:
                self._optimism.drop(request_id)
                self._requests.abandon(request_id)
                raise
            self._show()
        self._flush()
        return request_id

    def act(self, path: str, args: JsonObject) -> int:
        """Run an action at most once: the id of the request."""
        request_id = self._requests.add("Action", path, args)
        self._flush()
        return request_id

    def abandon(self, request_id: int) -> None:
        """Nobody waits for a request any more. If it was not sent yet, it will not be."""
        self._requests.abandon(request_id)
        if self._optimism.drop(request_id):
            self._show()

    def set_token(self, token: str | None, now: float) -> None:
        """Be who `token` says from now on, or nobody."""
        self._forget_fetch()
        self._tokens.reset(can_renew=False)
        self._tokens.use(token)
        self._resume(now)

    def fetch_tokens(self) -> None:
        """Ask for tokens from now on. Nothing is sent before the first one is there."""
        self._tokens.reset(can_renew=True)
        self._is_held = True
        self._fetch(_Fetch.FIRST)

    def end(self) -> None:
        """Close the socket. What is under way will not be heard of."""
        self._end("the client was closed")

    # --- What happens -----------------------------------------------------------------

    def opened(self, now: float) -> None:
        """The socket is open."""
        if self._link is _Link.OPENING:
            self._link, self._heard_at = _Link.OPEN, now
            self._greet(now)

    def closed(self, reason: str, now: float, *, by_our_doing: bool = False) -> None:
        """The socket could not be opened, or is closed."""
        if self._has_socket:
            self._disconnected(reason)
            self._link = _Link.WAITING
            self._open_at = now + self._backoff.next(reason, by_our_doing=by_our_doing)

    def received(self, text: str, now: float) -> None:
        """A text frame has come."""
        if self._link is not _Link.OPEN:
            return
        self._heard_at = now
        try:
            self._hear(messages.read(text), now)
        except Misunderstood:
            self._break_off("ProtocolError", now)
            return
        if (
            self._queries.is_caught_up
            and self._requests.is_caught_up
            and self._tokens.is_caught_up
        ):
            self._backoff.succeeded()

    def tick(self, now: float) -> None:
        """Time has passed."""
        if self._link is _Link.WAITING and now >= self._open_at:
            self._open(now)
        elif self._has_socket and now >= self._heard_at + self._silence:
            self._break_off("InactiveServer", now)
        due = self._tokens.renewal_due
        if due is not None and now >= due and self._fetching is None:
            self._fetch(_Fetch.RENEWAL)

    def token_fetched(self, attempt: int, token: str | None, now: float) -> None:
        """What came of `FetchToken`; None if there is no token to be had."""
        if attempt != self._fetches or self._fetching is None:
            return
        purpose, self._fetching = self._fetching, None
        if token is None and purpose is _Fetch.FIRST:
            self._fetch(_Fetch.FIRST_FORCED)
            return
        if token is not None and token != self._tokens.token:
            self._tokens.use(token, fresh=purpose is not _Fetch.FIRST)
        elif token is not None and purpose is not _Fetch.REFUSED:
            self._tokens.keep()
        else:
            self._give_up("there is no fresh token")
        self._resume(now)

    # --- Connections ------------------------------------------------------------------

    def _open(self, now: float) -> None:
        self._link, self._heard_at = _Link.OPENING, now
        self._effects.append(Open())

    def _greet(self, now: float) -> None:
        """Say all that counts on a new connection, unless the first token is awaited."""
        if self._is_held:
            return
        self._is_greeted = True
        self._version = Version()
        self._send(
            messages.connect(
                self._session_id,
                self._connections,
                self._last_close,
                self._max_observed,
                now,
            )
        )
        self._connections += 1
        self._last_close = None
        self._send(self._tokens.restarted())
        self._send(self._queries.restarted())
        for text in self._requests.restarted():
            self._send(text)

    def _flush(self) -> None:
        """Say what has not been said."""
        if self._is_greeted and not self._is_held:
            self._send(self._tokens.take_message())
            self._send(self._queries.take_message())
            for text in self._requests.take_unsent():
                self._send(text)

    def _resume(self, now: float) -> None:
        """Go on after a token was set."""
        self._is_held = False
        if self._link is _Link.STOPPED:
            self._open(now)
        elif self._link is _Link.OPEN and not self._is_greeted:
            self._greet(now)
        else:
            self._flush()

    def _send(self, text: str | None) -> None:
        if text is not None:
            self._effects.append(Send(text))

    def _break_off(self, reason: str, now: float) -> None:
        self._effects.append(Shut())
        self.closed(reason, now, by_our_doing=True)

    def _disconnected(self, reason: str | None) -> None:
        self._is_greeted = False
        self._last_close = self._last_close or reason
        self._chunks.clear()
        for request_id, lost in self._requests.disconnected():
            self._effects.append(Answered(request_id, lost))

    def _end(self, reason: str) -> None:
        if self._has_socket:
            self._effects.append(Shut())
        self._link, self._is_greeted = _Link.ENDED, False
        self._forget_fetch()
        self._tokens.reset(can_renew=False)
        for request_id in self._requests.take_all():
            self._effects.append(Answered(request_id, Lost(reason)))
        self._effects.append(Ended(reason))

    # --- Messages ---------------------------------------------------------------------

    def _hear(self, message: messages.ServerMessage, now: float) -> None:
        match message:
            case Chunk():
                transition = self._chunks.add(message)
                if transition is not None:
                    self._move(transition, now)
                return
            case Transition():
                self._move(message, now)
            case Response():
                self._answer(message)
            case AuthError():
                self._refuse(message, now)
            case FatalError():
                self._end(message.message)
            case _:
                return  # a ping may come between chunks
        self._chunks.clear()

    def _move(self, transition: Transition, now: float) -> None:
        if transition.start != self._version:
            raise Misunderstood(f"a transition from {transition.start}")
        self._version = transition.end
        self._shown_at = transition.end.timestamp
        self._observe(transition.end.timestamp)
        if self._tokens.confirmed(transition, now):
            self._effects.append(AuthChanged(True))
        self._queries.apply(transition)
        done: list[tuple[int, Success]] = []
        # The first transition of a connection may confirm who is there, and know of no
        # queries yet: what they show is older than it says.
        if transition.end.query_set > 0:
            done = self._requests.reflected(transition.end.timestamp)
        for request_id, _ in done:
            self._optimism.drop(request_id)
        self._show()
        for request_id, outcome in done:
            self._effects.append(Answered(request_id, outcome))

    def _answer(self, response: Response) -> None:
        if response.timestamp is not None:
            self._observe(response.timestamp)
        outcome = self._requests.respond(response)
        if outcome is not None:
            if self._optimism.drop(response.request_id):
                self._show()
            self._effects.append(Answered(response.request_id, outcome))

    def _observe(self, timestamp: int) -> None:
        self._max_observed = max(timestamp, self._max_observed or 0)

    def _show(self) -> None:
        """Tell the results that are not what was told last."""
        outcomes = self._optimism.over(self._queries)
        changed = {
            query_id: outcome
            for query_id, outcome in outcomes.items()
            if not _is_same(outcome, self._shown.get(query_id))
        }
        self._shown = outcomes
        if changed:
            self._effects.append(Changed(self._shown_at, changed))

    # --- Tokens -----------------------------------------------------------------------

    def _fetch(self, purpose: _Fetch) -> None:
        self._fetching = purpose
        self._fetches += 1
        force = purpose is not _Fetch.FIRST
        self._effects.append(FetchToken(self._fetches, force))

    def _forget_fetch(self) -> None:
        self._fetching = None

    def _refuse(self, error: AuthError, now: float) -> None:
        match self._tokens.refused(error):
            case Verdict.IGNORE:
                pass
            case Verdict.RENEW:
                self._effects.append(Shut())
                self._disconnected(None)
                self._link = _Link.STOPPED
                self._fetch(_Fetch.REFUSED)
            case Verdict.GIVE_UP:
                self._give_up(error.message)
                self._break_off("AuthError", now)

    def _give_up(self, reason: str) -> None:
        self._tokens.give_up()
        self._effects.append(AuthChanged(False, reason))


def _is_same(one: Outcome, other: Outcome | None) -> bool:
    """Whether two results tell the same. Of numbers and truth values `==` would not know."""
    if one is other:
        return True
    if isinstance(one, Success) and isinstance(other, Success):
        same = one.value == other.value
        return same and messages.canonical(one.value) == messages.canonical(other.value)
    return one == other
