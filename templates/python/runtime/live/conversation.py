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
from typing import Final

from ..transport import Update
from ..values import JsonObject
from . import messages
from .chunks import Chunks
from .effects import (
    AuthChanged,
    Effect,
    Ended,
    Open,
    Send,
    Shut,
)
from .fetches import Fetches, Purpose
from .introduction import Introduction
from .link import Link
from .messages import (
    AuthError,
    Chunk,
    FatalError,
    Misunderstood,
    Outcome,
    Response,
    Transition,
    Version,
)
from .results import Results
from .tokens import Tokens, Verdict

SILENCE: Final = 60.0
"""Seconds without a message after which a connection counts as lost; servers that have
nothing to say send a ping every 15."""


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
        self._effects: list[Effect] = []
        self._link = Link(random, silence)
        self._introduction = Introduction(session_id)
        self._is_greeted = False
        self._is_held = False
        """Whether nothing is to be sent until the first token is there."""

        self._version: Version = Version()
        self._chunks = Chunks()
        self._results = Results(self._tell)
        self._tokens = Tokens()
        self._fetches = Fetches()

    def take_effects(self) -> list[Effect]:
        """What is to be done now, in this order."""
        effects, self._effects = self._effects, []
        return effects

    @property
    def deadline(self) -> float | None:
        """When `tick` is to be called, if nothing happens before."""
        renewal = None if self._fetches.is_under_way else self._tokens.renewal_due
        times = [time for time in (self._link.deadline, renewal) if time is not None]
        return min(times, default=None)

    @property
    def is_connected(self) -> bool:
        return self._link.is_open

    @property
    def is_ended(self) -> bool:
        return self._link.is_ended

    # --- What is asked for ------------------------------------------------------------

    def start(self, now: float) -> None:
        """Connect. Asking for something does not do so by itself."""
        if self._link.is_idle:
            self._open(now)

    def follow(self, path: str, args: JsonObject) -> int:
        """Follow a query: its id, which is the same for all who follow it."""
        query_id = self._results.follow(path, args)
        self._flush()
        return query_id

    def leave(self, query_id: int) -> None:
        """Follow a query no more, as often as it was followed."""
        self._results.leave(query_id)
        self._flush()

    def outcome(self, query_id: int) -> Outcome | None:
        """What was told of a query last."""
        return self._results.outcome(query_id)

    @property
    def timestamp(self) -> int:
        """Of all results that were told last, in nanoseconds since the epoch."""
        return self._results.timestamp

    def mutate(self, path: str, args: JsonObject, update: Update | None = None) -> int:
        """Run a mutation exactly once: the id of the request.

        `update` changes results until the mutation has ended; what it raises now is
        raised here, and nothing is sent.
        """
        request_id = self._results.request("Mutation", path, args, update)
        self._flush()
        return request_id

    def act(self, path: str, args: JsonObject) -> int:
        """Run an action at most once: the id of the request."""
        request_id = self._results.request("Action", path, args)
        self._flush()
        return request_id

    def abandon(self, request_id: int) -> None:
        """Nobody waits for a request any more. If it was not sent yet, it will not be."""
        self._results.abandon(request_id)

    def set_token(self, token: str | None, now: float) -> None:
        """Be who `token` says from now on, or nobody."""
        self._fetches.forget()
        self._tokens.reset(can_renew=False)
        self._tokens.use(token)
        self._resume(now)

    def fetch_tokens(self) -> None:
        """Ask for tokens from now on. Nothing is sent before the first one is there."""
        self._tokens.reset(can_renew=True)
        self._is_held = True
        self._fetch(Purpose.FIRST)

    def end(self) -> None:
        """Close the socket. What is under way will not be heard of."""
        self._end("the client was closed")

    # --- What happens -----------------------------------------------------------------

    def opened(self, now: float) -> None:
        """The socket is open."""
        if self._link.is_opening:
            self._link.opened(now)
            self._greet(now)

    def closed(self, reason: str, now: float, *, by_our_doing: bool = False) -> None:
        """The socket could not be opened, or is closed."""
        if self._link.has_socket:
            self._disconnected(reason)
            self._link.lost(reason, now, by_our_doing=by_our_doing)

    def received(self, text: str, now: float) -> None:
        """A text frame has come."""
        if not self._link.is_open:
            return
        self._link.heard(now)
        try:
            self._hear(messages.read(text), now)
        except Misunderstood:
            self._break_off("ProtocolError", now)
            return
        if self._results.is_caught_up and self._tokens.is_caught_up:
            self._link.caught_up()

    def tick(self, now: float) -> None:
        """Time has passed."""
        if self._link.is_due(now):
            self._open(now)
        elif self._link.is_silent(now):
            self._break_off("InactiveServer", now)
        due = self._tokens.renewal_due
        if due is not None and now >= due and not self._fetches.is_under_way:
            self._fetch(Purpose.RENEWAL)

    def token_fetched(self, attempt: int, token: str | None, now: float) -> None:
        """What came of `FetchToken`; None if there is no token to be had."""
        purpose = self._fetches.finish(attempt)
        if purpose is None:
            return
        if token is None and purpose is Purpose.FIRST:
            self._fetch(Purpose.FIRST_FORCED)
            return
        if token is not None and token != self._tokens.token:
            self._tokens.use(token, fresh=purpose is not Purpose.FIRST)
        elif token is not None and purpose is not Purpose.REFUSED:
            self._tokens.keep()
        else:
            self._give_up("there is no fresh token")
        self._resume(now)

    # --- Connections ------------------------------------------------------------------

    def _open(self, now: float) -> None:
        self._link.opening(now)
        self._tell(Open())

    def _greet(self, now: float) -> None:
        """Say all that counts on a new connection, unless the first token is awaited."""
        if self._is_held:
            return
        self._is_greeted = True
        self._version = Version()
        self._send(self._introduction.message(now))
        self._send(self._tokens.restarted())
        for text in self._results.restarted():
            self._send(text)

    def _flush(self) -> None:
        """Say what has not been said."""
        if self._is_greeted and not self._is_held:
            self._send(self._tokens.take_message())
            for text in self._results.unsaid():
                self._send(text)

    def _resume(self, now: float) -> None:
        """Go on after a token was set."""
        self._is_held = False
        if self._link.is_stopped:
            self._open(now)
        elif self._link.is_open and not self._is_greeted:
            self._greet(now)
        else:
            self._flush()

    def _tell(self, effect: Effect) -> None:
        self._effects.append(effect)

    def _send(self, text: str | None) -> None:
        if text is not None:
            self._tell(Send(text))

    def _break_off(self, reason: str, now: float) -> None:
        self._tell(Shut())
        self.closed(reason, now, by_our_doing=True)

    def _disconnected(self, reason: str | None) -> None:
        self._is_greeted = False
        self._introduction.closed(reason)
        self._chunks.clear()
        self._results.disconnected()

    def _end(self, reason: str) -> None:
        if self._link.has_socket:
            self._tell(Shut())
        self._link.end()
        self._is_greeted = False
        self._fetches.forget()
        self._tokens.reset(can_renew=False)
        self._results.end(reason)
        self._tell(Ended(reason))

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
        self._introduction.observe(transition.end.timestamp)
        if self._tokens.confirmed(transition, now):
            self._tell(AuthChanged(True))
        self._results.move(transition)

    def _answer(self, response: Response) -> None:
        if response.timestamp is not None:
            self._introduction.observe(response.timestamp)
        self._results.answer(response)

    # --- Tokens -----------------------------------------------------------------------

    def _fetch(self, purpose: Purpose) -> None:
        self._tell(self._fetches.begin(purpose))

    def _refuse(self, error: AuthError, now: float) -> None:
        match self._tokens.refused(error):
            case Verdict.IGNORE:
                pass
            case Verdict.RENEW:
                self._tell(Shut())
                self._disconnected(None)
                self._link.stop()
                self._fetch(Purpose.REFUSED)
            case Verdict.GIVE_UP:
                self._give_up(error.message)
                self._break_off("AuthError", now)

    def _give_up(self, reason: str) -> None:
        self._tokens.give_up()
        self._tell(AuthChanged(False, reason))
