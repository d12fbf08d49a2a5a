"""What a session asks of the shell around it: the only way in which it acts on the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from convexgen.runtime.calls import Call, Outcome, SessionRequest
from convexgen.runtime.values import Json


@dataclass(frozen=True, slots=True)
class Send:
    """Put a text frame into the socket's buffer, after those before it. Once it has left: `Session.sent`."""

    text: str
    ends_transition: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """Close the socket, after all that was sent before. The last effect of a session.

    `code` None: a close frame without a code.
    """

    code: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunMutation:
    """Run a mutation, then `Session.mutation_finished`. There is never more than one under way."""

    call: Call
    request: SessionRequest


@dataclass(frozen=True, slots=True)
class RunAction:
    """Run an action beside everything else, then `Session.action_finished` with `request_id`."""

    call: Call
    request_id: int


@dataclass(frozen=True, slots=True)
class UserToken:
    """A JSON Web Token, as the client has it from its identity provider."""

    value: str


@dataclass(frozen=True, slots=True)
class AdminKey:
    """The key of an administrator; `acting_as` is the identity to take on, in JSON, None for nobody's."""

    value: str
    acting_as: Json = None


Credentials: TypeAlias = UserToken | AdminKey


@dataclass(frozen=True, slots=True)
class Authenticate:
    """See whose credentials they are, then `Session.authenticated` or `Session.authentication_failed`.

    There is never more than one under way. What the client says meanwhile is kept until then.
    """

    credentials: Credentials


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A query that the client follows. `journal` goes along with the call."""

    query_id: int
    call: Call
    journal: str | None


@dataclass(frozen=True, slots=True)
class ComputeTransition:
    """Work out what the client's queries give at one snapshot, then `Session.computed`; never more than one under way.

    1. Take the latest snapshot, *at once*: before the effects that follow this one.
    2. Close the watches of `removed`.
    3. Run all of `to_run`, and those of `watched` whose watches are stale, at that snapshot. `watched` are queries
       that were run before and have not changed since, as far as the session knows.
    4. Watch each result, in place of the watch that its query had.
    """

    removed: tuple[int, ...]
    to_run: tuple[LiveCall, ...]
    watched: tuple[LiveCall, ...]


Effect: TypeAlias = Send | Close | RunMutation | RunAction | Authenticate | ComputeTransition


@dataclass(frozen=True, slots=True)
class ComputedQuery:
    """What came of a `LiveCall`: its outcome, and the journal for its next run."""

    outcome: Outcome
    journal: str | None = None
