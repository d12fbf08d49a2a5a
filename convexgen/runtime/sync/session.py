"""The conversation with one client, from the first frame of its socket to the last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from convexgen.ir import FunctionKind
from convexgen.runtime.calls import (
    ANONYMOUS,
    Disclosure,
    Failure,
    Identity,
    Outcome,
    SessionRequest,
    Success,
    disclosed_to,
)
from convexgen.runtime.sync import server_messages
from convexgen.runtime.sync.client_messages import (
    Action,
    Add,
    ClientMessage,
    Connect,
    Event,
    InvalidMessageError,
    LogIn,
    ModifyQuerySet,
    Mutation,
    Target,
    read_message,
)
from convexgen.runtime.sync.effects import (
    Authenticate,
    Close,
    ComputedQuery,
    Effect,
    RunAction,
    RunMutation,
    Send,
)
from convexgen.runtime.sync.limits import ClientVersion, Limits
from convexgen.runtime.sync.mutation_queue import MutationQueue, Requested
from convexgen.runtime.sync.outbox import Outbox
from convexgen.runtime.sync.query_set import BaseVersionError, QuerySet, UnknownQueryError
from convexgen.runtime.sync.server_messages import Clocks, Shown, Version, shown
from convexgen.runtime.sync.targets import resolved

INTERNAL_ERROR: Final = "InternalServerError"
_INTERNAL = 1011
_TRY_AGAIN = 1013
_DEFAULTS: Final = Limits()


class _EndError(Exception):
    """The conversation is over: with a last message, if there is one."""

    def __init__(self, close: Close, last_words: str | None = None) -> None:
        super().__init__(close.reason)
        self.close = close
        self.last_words = last_words


class Session:
    """One client's socket, without the socket. See the package for how to drive it.

    Every method gives the effects to carry out, in their order; after `Close` there are none any more. `now` is in
    milliseconds since the epoch. Not safe for threads: all calls come from one.

    Life cycle: made when the socket is accepted, of no use after `Close` or once the socket is gone.
    """

    def __init__(
        self, client: ClientVersion | None, *, disclosure: Disclosure, now: float, limits: Limits = _DEFAULTS
    ) -> None:
        """`client` None: one that has not said what it is."""
        self._disclosure = disclosure
        self._limits = limits
        self._now = self._heard_at = now
        self._effects: list[Effect] = []
        self._closed = False
        self._outbox = Outbox(client, limits, now)

        self._session_id: str | None = None
        self._connection_count = 0
        self._clock_skew: int | None = None

        self._told = Version(0, 0, 0)
        self._identity = ANONYMOUS
        self._identity_version = 0
        self._authenticating = False
        self._inbox: deque[ClientMessage] = deque()

        self._queries = QuerySet(disclosure)
        self._mutations = MutationQueue()
        self._actions: dict[int, Requested] = {}
        self._held_answers: list[tuple[str, int]] = []
        self._answered_until = 0
        self._scheduled = False
        self._transitions = 0
        self._computing: Version | None = None
        """The version, but for its timestamp, that the transition under way leads to."""

    @property
    def is_closed(self) -> bool:
        return self._closed

    def receive(self, frame: str | bytes, *, now: float, latest: int) -> list[Effect]:
        """A frame has come; `latest` is the newest snapshot there is."""
        self._heard_at = now
        return self._step(now, lambda: self._receive(frame, latest))

    def heard(self, *, now: float) -> list[Effect]:
        """Something came that is no message, such as a pong: the client is alive."""
        self._heard_at = now
        return []

    def sent(self, message: Send, *, now: float) -> list[Effect]:
        """A message has left the socket's buffer. Call this for each, in their order."""
        return self._step(now, lambda: self._outbox.sent(message))

    def tick(self, *, now: float) -> list[Effect]:
        """Time has passed. Call this every few seconds, so that silence is noticed on both sides."""
        return self._step(now, self._tick)

    def query_went_stale(self, query_id: int, timestamp: int, *, now: float) -> list[Effect]:
        """The watch of a result reports. `timestamp`: that of the transition for which the query was run."""
        return self._step(now, lambda: self._query_went_stale(query_id, timestamp))

    def computed(self, timestamp: int, results: Mapping[int, ComputedQuery], *, now: float) -> list[Effect]:
        """What `ComputeTransition` asked for: the snapshot, and by query id the results of what was run at it.

        Raises `ValueError` if the snapshot lies before one the client knows of, or if something was not run.
        """
        return self._step(now, lambda: self._computed(timestamp, results))

    def mutation_finished(
        self, request_id: int, outcome: Outcome, timestamp: int | None, *, now: float
    ) -> list[Effect]:
        """What `RunMutation` asked for. `timestamp`: that of the commit, None if and only if the mutation failed."""
        return self._step(now, lambda: self._mutation_finished(request_id, outcome, timestamp))

    def action_finished(self, request_id: int, outcome: Outcome, *, now: float) -> list[Effect]:
        """What `RunAction` asked for."""
        return self._step(now, lambda: self._action_finished(request_id, outcome))

    def authenticated(self, identity: Identity, *, now: float) -> list[Effect]:
        """`Authenticate`: the credentials are those of `identity`."""
        return self._step(now, lambda: self._authenticated(identity))

    def authentication_failed(self, message: str, *, now: float) -> list[Effect]:
        """`Authenticate`: the credentials are not good. `message` is for the client."""
        return self._step(now, lambda: self._authentication_failed(message))

    @property
    def identity(self) -> Identity:
        """In whose name the client speaks."""
        return self._identity

    def identity_revoked(self, *, now: float) -> list[Effect]:
        """The provider that knows the client's user is not believed any more."""
        message = "The provider of the token is no longer one that is believed"
        return self._step(now, lambda: self._refuse_identity(message, update_attempted=False))

    def engine_failed(self, code: str, *, now: float) -> list[Effect]:
        """Something that was asked for has no outcome: `code` of the `EngineError`, `InternalServerError` for a fault.

        The client connects again and asks again.
        """
        return self._step(now, lambda: self._engine_failed(code))

    def _step(self, now: float, work: Callable[[], None]) -> list[Effect]:
        if self._closed:
            return []
        self._now = now
        try:
            work()
            self._advance()
        except _EndError as end:
            self._closed = True
            if end.last_words is not None:
                self._say(end.last_words)
            self._effects.append(end.close)
        effects, self._effects = self._effects, []
        return effects

    def _advance(self) -> None:
        """Begin what may begin. A transition goes first: it has the snapshot from before the next mutation."""
        while True:
            if self._may_compute():
                self._begin_transition()
            elif self._mutations.is_ready and self._outbox.has_room:
                self._begin_mutation()
            else:
                return

    # What comes from the client

    def _receive(self, frame: str | bytes, latest: int) -> None:
        try:
            message = read_message(frame)
        except InvalidMessageError as error:
            raise _fatal(str(error)) from None
        if isinstance(message, Connect):
            self._connect(message, latest)
        elif self._session_id is None:
            raise _fatal("The first message of a client is Connect.")
        elif not self._authenticating:
            self._handle(message)
        elif len(self._inbox) < self._limits.pending:
            self._inbox.append(message)
        else:
            raise _EndError(Close(_TRY_AGAIN, "TooManyConcurrentMutations"))

    def _connect(self, message: Connect, latest: int) -> None:
        if self._session_id is not None:
            raise _fatal("A client connects once on each socket.")
        if message.max_observed is not None and message.max_observed > latest:
            raise _internal()  # it has seen a future that is not ours
        self._session_id = message.session_id
        self._connection_count = message.connection_count
        if message.client_clock is not None:
            self._clock_skew = round(message.client_clock - self._now)

    def _handle(self, message: ClientMessage) -> None:
        if isinstance(message, ModifyQuerySet):
            self._modify_query_set(message)
        elif isinstance(message, Mutation):
            self._request_mutation(message)
        elif isinstance(message, Action):
            self._request_action(message)
        elif isinstance(message, LogIn):
            self._log_in(message)
        else:
            assert isinstance(message, Event)

    def _modify_query_set(self, message: ModifyQuerySet) -> None:
        for each in message.modifications:
            if isinstance(each, Add):
                self._check_component(each.target)
        try:
            self._queries.modify(message, self._identity)
        except BaseVersionError as error:
            raise _fatal(str(error)) from None
        except UnknownQueryError:
            raise _internal() from None
        self._scheduled = True

    def _request_mutation(self, message: Mutation) -> None:
        if len(self._mutations) >= self._limits.pending:
            raise _EndError(Close(_TRY_AGAIN, "TooManyConcurrentMutations"))
        self._mutations.add(self._requested(message, "mutation"))

    def _request_action(self, message: Action) -> None:
        if len(self._actions) + self._outbox.unsent >= self._limits.pending:
            raise _EndError(Close(_TRY_AGAIN, "TooManyConcurrentActions"))
        request = self._requested(message, "action")
        self._check_identity(self._identity)
        self._actions[message.request_id] = request
        if isinstance(request.call, Failure):
            self._action_finished(message.request_id, request.call)
        else:
            self._effects.append(RunAction(request.call, message.request_id))

    def _requested(self, message: Mutation | Action, kind: FunctionKind) -> Requested:
        assert self._session_id is not None
        if message.request_id in self._mutations or message.request_id in self._actions:
            raise _fatal(f"The request {message.request_id} is under way already.")
        self._check_component(message.target)
        digest = SessionRequest(self._session_id, message.request_id).digest
        return Requested(message.request_id, digest, resolved(message.target, kind, self._identity, digest))

    def _check_component(self, target: Target) -> None:
        if target.component and not self._identity.is_admin:
            raise _fatal("Only an administrator may call functions of components.")

    def _log_in(self, message: LogIn) -> None:
        if message.base_version != self._identity_version:
            raise _internal()
        if message.credentials is None:
            self._become(ANONYMOUS)
        else:
            self._authenticating = True
            self._effects.append(Authenticate(message.credentials))

    # Identities

    def _authenticated(self, identity: Identity) -> None:
        if not self._authenticating:
            raise ValueError("nobody has asked to be authenticated")
        self._authenticating = False
        self._become(identity)
        while self._inbox and not self._authenticating:
            self._handle(self._inbox.popleft())

    def _authentication_failed(self, message: str) -> NoReturn:
        if not self._authenticating:
            raise ValueError("nobody has asked to be authenticated")
        self._refuse_identity(message, update_attempted=True)

    def _become(self, identity: Identity) -> None:
        self._identity = identity
        self._identity_version += 1
        self._scheduled = True

    def _check_identity(self, identity: Identity) -> None:
        if identity.expires_at is not None and identity.expires_at <= self._now:
            self._refuse_identity("Convex token identity expired", update_attempted=False)

    def _refuse_identity(self, message: str, *, update_attempted: bool) -> NoReturn:
        last_words = server_messages.auth_error(message, self._told.identity, update_attempted=update_attempted)
        raise _EndError(Close(), last_words)

    # Mutations and actions

    def _begin_mutation(self) -> None:
        assert self._session_id is not None
        request = self._mutations.begin()
        if isinstance(request.call, Failure):
            self._mutation_finished(request.request_id, request.call, None)
            return
        self._check_identity(request.call.identity)
        self._effects.append(RunMutation(request.call, SessionRequest(self._session_id, request.request_id)))

    def _mutation_finished(self, request_id: int, outcome: Outcome, timestamp: int | None) -> None:
        request = self._mutations.finish(request_id)
        if isinstance(outcome, Success) != (timestamp is not None):
            raise ValueError(f"mutation {request_id} has a timestamp if and only if it succeeds")
        result = self._shown(request, outcome)
        text = server_messages.mutation_response(request_id, result, timestamp)
        self._held_answers.append((text, timestamp or 0))
        if self._computing is None:
            self._answer()

    def _answer(self) -> None:
        """Send the answers that have waited. Each has a transition after it, which shows that it can be seen."""
        for text, timestamp in self._held_answers:
            self._say(text)
            self._answered_until = max(self._answered_until, timestamp)
            self._scheduled = True
        self._held_answers.clear()

    def _action_finished(self, request_id: int, outcome: Outcome) -> None:
        request = self._actions.pop(request_id, None)
        if request is None:
            raise ValueError(f"action {request_id} is not running")
        result = self._shown(request, outcome)
        self._say(server_messages.action_response(request_id, result))
        self._scheduled = True

    def _shown(self, request: Requested, outcome: Outcome) -> Shown:
        caller = self._identity if isinstance(request.call, Failure) else request.call.identity
        return shown(outcome, request.digest, disclosed_to(caller, self._disclosure))

    def _engine_failed(self, code: str) -> NoReturn:
        raise _internal() if code == INTERNAL_ERROR else _EndError(Close(_TRY_AGAIN, code))

    # Transitions

    def _query_went_stale(self, query_id: int, timestamp: int) -> None:
        self._queries.went_stale(query_id, timestamp)
        if self._computing is None and self._queries.is_stale:
            self._scheduled = True

    def _may_compute(self) -> bool:
        return (
            self._scheduled
            and self._computing is None
            and not self._authenticating
            and self._mutations.running is None
            and self._outbox.has_room_for_transition
        )

    def _begin_transition(self) -> None:
        self._check_identity(self._identity)
        self._scheduled = False
        self._transitions += 1
        self._computing = Version(self._queries.version, self._identity_version, 0)
        request_id = self._transition_request_id
        self._effects.append(self._queries.begin(self._identity, self._identity_version, request_id))

    @property
    def _transition_request_id(self) -> str:
        """What stands in the texts of errors of the queries of one transition, so that each can be told apart."""
        socket = f"{self._session_id}|{self._connection_count}|transition"
        return SessionRequest(socket, self._transitions).digest

    def _computed(self, timestamp: int, results: Mapping[int, ComputedQuery]) -> None:
        if self._computing is None:
            raise ValueError("nobody has asked for a transition")
        if timestamp < max(self._told.timestamp, self._answered_until):
            raise ValueError(f"the snapshot {timestamp} lies before what the client knows of")
        end = self._computing._replace(timestamp=timestamp)
        request_id = self._transition_request_id
        modifications = list(self._queries.finish(timestamp, results, request_id))
        text = server_messages.transition(self._told, end, modifications, self._clocks)
        self._effects.extend(self._outbox.transition(text, request_id, self._now))
        self._told = end
        self._computing = None
        self._scheduled |= self._queries.is_stale
        self._answer()

    @property
    def _clocks(self) -> Clocks | None:
        return None if self._clock_skew is None else Clocks(self._clock_skew, round(self._now * 1000) * 1000)

    # Liveness

    def _say(self, text: str) -> None:
        self._effects.append(self._outbox.message(text, self._now))

    def _tick(self) -> None:
        silence = self._limits.silence
        if silence is not None and self._now - self._heard_at >= silence:
            raise _EndError(Close())
        if not self._authenticating:
            self._check_identity(self._identity)
        if ping := self._outbox.ping(self._now):
            self._effects.append(ping)


def _fatal(message: str) -> _EndError:
    return _EndError(Close(), server_messages.fatal_error(message))


def _internal() -> _EndError:
    return _EndError(Close(_INTERNAL, INTERNAL_ERROR))
