"""Who we are: the token that the server is told, and when a fresh one is due.

The server is the judge. A token counts as good when a transition says so; it is renewed
before it expires if there is somebody to ask for a fresh one, or when the server refuses
it. Three fresh tokens refused in a row, and we go on as nobody.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from enum import Enum
from typing import Final, NamedTuple

from . import messages
from .messages import AuthError, Transition

RENEWAL_LEEWAY: Final = 10.0
"""Seconds before its end at which a token is renewed."""
_SHORTEST_LIFE: Final = 2.0
_MOST_RETRIES: Final = 2


class _Standing(Enum):
    """What the server thinks of our token."""

    NONE = "there is none, or nobody who could renew it"
    FIRST_TOLD = "the first one was sent, or will be"
    FRESH_TOLD = "a fresh one was sent, or will be"
    GOOD = "accepted"


class Verdict(Enum):
    """What is to be done after the server has refused a token."""

    IGNORE = "it was not the one that counts"
    RENEW = "ask for a fresh one while the connection is down"
    GIVE_UP = "go on without one"


class Tokens:
    """The state of our identity, for the conversation to ask after each event.

    `told_version` is the identity version that the server has, or will have, after all
    that was sent.
    """

    def __init__(self) -> None:
        self.token: str | None = None
        self.can_renew = False
        self.renewal_due: float | None = None
        """When to ask for a fresh token, in seconds since the epoch."""
        self._standing = _Standing.NONE
        self._is_somebody = False
        self._retries = 0
        self._told_version = 0
        self._is_said = True
        self._unanswered = False

    @property
    def is_caught_up(self) -> bool:
        """Whether the server has judged what the connection began with."""
        return not self._unanswered

    def reset(self, *, can_renew: bool) -> None:
        """Somebody else is to be named: by a token, or by whoever is asked for tokens."""
        self.can_renew = can_renew
        self.renewal_due = None
        self._standing = _Standing.NONE
        self._is_somebody = False
        self._retries = 0

    def use(self, token: str | None, *, fresh: bool = False) -> None:
        """Tell the server this token next."""
        self.token = token
        self.renewal_due = None
        self._is_said = False
        if token is None:
            self._standing = _Standing.NONE
            self._unanswered = False
        else:
            self._standing = _Standing.FRESH_TOLD if fresh else _Standing.FIRST_TOLD

    def keep(self) -> None:
        """The fresh token is the one that the server has already: it will do."""
        self.renewal_due = None

    def take_message(self) -> str | None:
        """What the server does not know of yet; it does once this is sent."""
        if self._is_said:
            return None
        self._is_said = True
        self._told_version += 1
        return messages.authenticate(self._told_version - 1, self.token)

    def restarted(self) -> str | None:
        """Who we are, for a server that knows of nothing."""
        self._is_said = True
        self._told_version = 0 if self.token is None else 1
        self._unanswered = self.token is not None
        return None if self.token is None else messages.authenticate(0, self.token)

    def confirmed(self, transition: Transition, now: float) -> bool:
        """Take note of a transition. True if we are somebody from now on."""
        end, start = transition.end.identity, transition.start.identity
        if end <= start or end < self._told_version:
            return False
        self._unanswered = False
        if self._standing not in (_Standing.FIRST_TOLD, _Standing.FRESH_TOLD):
            return False
        assert self.token is not None
        if self.can_renew:
            is_first = self._standing is _Standing.FIRST_TOLD
            server_now = now - transition.clock_skew
            life = _lifetime(self.token, server_now if is_first else None)
            if life is not None:
                self.renewal_due = now + max(0.0, life - RENEWAL_LEEWAY)
        self._standing, self._retries = _Standing.GOOD, 0
        was_somebody, self._is_somebody = self._is_somebody, True
        return not was_somebody

    def refused(self, error: AuthError) -> Verdict:
        """What to do about an error. After `GIVE_UP` there is no token."""
        is_being_judged = self._standing in (
            _Standing.FIRST_TOLD,
            _Standing.FRESH_TOLD,
        )
        if is_being_judged and not error.was_updating:
            return Verdict.IGNORE
        if error.base_version + 1 < self._told_version:
            return Verdict.IGNORE
        if self.can_renew and self.token is not None:
            if self._standing is not _Standing.FRESH_TOLD:
                return Verdict.RENEW
            if self._retries < _MOST_RETRIES:
                self._retries += 1
                return Verdict.RENEW
        return Verdict.GIVE_UP

    def give_up(self) -> None:
        """Be nobody."""
        self.reset(can_renew=False)
        self.use(None)


class _Claims(NamedTuple):
    issued: float
    expires: float


def _lifetime(token: str, now: float | None) -> float | None:
    """Seconds until a token expires: from `now`, or from when it was issued.

    None if that is not to be known, or too short to be worth it.
    """
    claims = _claims(token)
    if claims is None or claims.expires - claims.issued <= _SHORTEST_LIFE:
        return None
    return claims.expires - (claims.issued if now is None else now)


def _claims(token: str) -> _Claims | None:
    try:
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        claims = json.loads(urlsafe_b64decode(padded))
        return _Claims(float(claims["iat"]), float(claims["exp"]))
    except (IndexError, KeyError, TypeError, ValueError):
        return None
