"""Calls of functions and what comes of them, in the words that the engine and all who speak to clients share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Final, Literal, TypeAlias

from convexgen.authoring.contexts import UserIdentity
from convexgen.authoring.unset import UNSET, Unset
from convexgen.ir import FunctionKind
from convexgen.runtime.values import Value, canonical

_is_path = re.compile(r"[A-Za-z0-9_./]+(:[A-Za-z_][A-Za-z0-9_]*)?").fullmatch


class InvalidPathError(ValueError):
    """A text that cannot be the path of a function, whatever program is running."""


def canonical_path(text: str) -> str:
    """The one spelling of a function's path: `messages:list` for `messages.js:list`, `messages:default` for `messages`.

    Raises `InvalidPathError`.
    """
    if not _is_path(text):
        raise InvalidPathError(f"{text!a} is not a path to a function, such as 'messages:list'")
    module, _, name = text.partition(":")
    return f"{module.removesuffix('.js')}:{name or 'default'}"


def shown_path(path: str) -> str:
    """A canonical path as messages show it: without `:default`."""
    return path.removesuffix(":default")


def stored_path(path: str) -> str:
    """A canonical path as documents and some messages spell it: `messages.js:list`."""
    module, _, name = path.rpartition(":")
    return f"{module}.js:{name}"


@dataclass(frozen=True, slots=True)
class Identity:
    """In whose name a function runs.

    `key` tells users apart: two identities with equal keys see the same. An administrator may call internal functions.
    `expires_at`: milliseconds since the epoch, None for what does not expire. `provider` is by whom the user is known,
    as the verification of tokens spells it. `refusal` says why credentials that came were not taken, where the call
    goes on all the same.
    """

    user: UserIdentity | None = field(default=None, compare=False)
    key: str = ""
    is_admin: bool = False
    expires_at: float | None = field(default=None, compare=False)
    provider: str = field(default="", compare=False)
    refusal: str | None = field(default=None, compare=False)

    def caller(self) -> UserIdentity | None:
        """The user, for a function that asks. Raises `PermissionError` for one whose credentials were refused."""
        if self.refusal is not None:
            raise PermissionError(self.refusal)
        return self.user


ANONYMOUS: Final = Identity()


@dataclass(frozen=True, slots=True)
class Call:
    """A function to be run. `path` is canonical; `kind` is what the caller takes it for, None if it does not care.

    `request_id`: sixteen hexadecimal digits that stand in the text of errors. `job` is the id of the scheduled job that
    this is a part of: once that is canceled, nothing that is scheduled here will start.
    """

    path: str
    arguments: Mapping[str, Value]
    kind: FunctionKind | None
    identity: Identity = ANONYMOUS
    request_id: str = "0" * 16
    job: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """The mutation of a client that may come twice: once it has been done, it is not done again."""

    session_id: str
    request_id: int

    @property
    def digest(self) -> str:
        """The request id that messages show: the same whenever the request comes."""
        return sha256(f"{self.session_id}|{self.request_id}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Success:
    value: Value
    log_lines: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """The value as canonical JSON: made once, however many clients it goes to."""
        return canonical(self.value)


@dataclass(frozen=True, slots=True)
class Failure:
    """A function that raised, or could not be called.

    `message` is the error with what a developer needs (`Uncaught ValueError: …` and the frames of users' code), without
    any request id. `data` is that of a `ConvexError`, `UNSET` for every other error.
    """

    message: str
    log_lines: tuple[str, ...] = ()
    data: Value | Unset = UNSET


Outcome: TypeAlias = Success | Failure

Disclosure: TypeAlias = Literal["everything", "data"]
"""What clients learn of errors: messages and log lines, or only the data of `ConvexError`s, as in production."""


def disclosed_to(identity: Identity, disclosure: Disclosure) -> Disclosure:
    """What this caller learns of errors, where others learn so much: an administrator everything."""
    return "everything" if identity.is_admin else disclosure


def client_message(failure: Failure, request_id: str, disclosure: Disclosure) -> str:
    """The text of an error as clients get it."""
    first = f"[Request ID: {request_id}] Server Error"
    return f"{first}\n{failure.message}" if disclosure == "everything" else first


def client_log_lines(outcome: Outcome, disclosure: Disclosure) -> tuple[str, ...]:
    return outcome.log_lines if disclosure == "everything" else ()
