"""The keys of one issuer: where they are found, and how long they are believed.

Keys are asked for again once they are some minutes old, and sooner when a token names one that is not among them. While
an issuer is out of reach, the keys that it had go on for a day. However many tokens come, an issuer is asked once at a
time, and not again for a few seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from convexgen.runtime.auth.errors import AuthenticationError, IssuerUnavailableError
from convexgen.runtime.auth.fetching import Fetch, WrongAnswerError
from convexgen.runtime.auth.issuers import TrustedIssuer, issuer_url
from convexgen.runtime.auth.key_sets import InvalidKeySetError, Key, KeySet, read_key_set
from convexgen.runtime.values import InvalidValueError, read_json

logger = logging.getLogger("convexgen.auth")

FRESH: Final = 10 * 60_000.0
KEPT: Final = 24 * 3_600_000.0
"""Milliseconds for which keys are believed: without asking, and while nobody answers."""
PAUSE: Final = 5_000.0
"""Milliseconds between two questions to an issuer."""


class KeySource:
    """Used on one event loop. `now` gives milliseconds since the epoch."""

    def __init__(self, issuer: TrustedIssuer, fetch: Fetch, now: Callable[[], float]) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._now = now
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._tried_at: float | None = None
        self._failure: AuthenticationError | IssuerUnavailableError | None = None
        self._asking: asyncio.Task[None] | None = None

    async def key(self, key_id: str | None, algorithm: str) -> Key | None:
        """The key that a token names, None if the issuer has no such key.

        Raises `IssuerUnavailableError`, and `AuthenticationError` if what the issuer shows are no keys.
        """
        if not self._has(FRESH) and (self._asking is None or not self._has(KEPT)):
            await self._ask()  # the others go on with what there is, however long the answer takes
        found = self._believed().find(key_id, algorithm)
        if found is None and await self._ask():
            found = self._believed().find(key_id, algorithm)
        return found

    def _has(self, for_long: float) -> bool:
        """Whether there are keys, no older than that many milliseconds. A clock that was set back makes them old."""
        return self._keys is not None and 0 <= self._now() - self._fetched_at < for_long

    def _believed(self) -> KeySet:
        if self._keys is not None and self._has(KEPT):
            return self._keys
        assert self._failure is not None
        raise self._failure.with_traceback(None)  # it may be raised many times, and would remember each

    async def _ask(self) -> bool:
        """Have the keys fetched, unless that was just done. Whoever gives up waiting leaves it to the others."""
        if self._asking is None:
            now = self._now()
            if self._tried_at is not None and 0 <= now - self._tried_at < PAUSE:
                return False
            self._tried_at = now
            self._asking = asyncio.create_task(self._refresh())
            self._asking.add_done_callback(self._asked)
        await asyncio.shield(self._asking)
        return True

    def _asked(self, task: asyncio.Task[None]) -> None:
        self._asking = None

    async def _refresh(self) -> None:
        try:
            keys = read_key_set(await self._fetch(await self._place()))
        except IssuerUnavailableError as error:
            self._failure = error
        except (WrongAnswerError, InvalidKeySetError) as error:
            detail = f" {self._issuer.issuer}: {error}."
            text = "Could not get the keys of the token's issuer."
            self._failure = AuthenticationError("AuthProviderDiscoveryFailed", text, detail)
        else:
            self._keys, self._fetched_at, self._failure = keys, self._now(), None
            return
        logger.warning("tokens of %s cannot be verified: %s", self._issuer.issuer, self._failure)

    async def _place(self) -> str:
        """Where the keys are. Raises what `Fetch` raises."""
        issuer = self._issuer
        if issuer.jwks is not None:
            return issuer.jwks
        content = await self._fetch(f"{issuer.issuer}/.well-known/openid-configuration")
        try:
            found = read_json(content)
        except InvalidValueError as error:
            raise WrongAnswerError(f"its configuration is {error}") from None
        about = found if isinstance(found, dict) else {}
        named, place = about.get("issuer"), about.get("jwks_uri")
        if not isinstance(named, str) or issuer_url(named) != issuer.issuer:
            raise WrongAnswerError("its configuration is that of another issuer")
        if not isinstance(place, str) or not _is_as_safe(place, issuer.issuer):
            raise WrongAnswerError("its configuration has no URL of keys that can be trusted as `jwks_uri`")
        return place


def _is_as_safe(url: str, issuer: str) -> bool:
    """Whether nobody can change what is read there who could not change what the issuer itself says."""
    schemes = ("http", "https") if issuer.startswith("http:") else ("https",)
    try:
        return urlsplit(url).scheme in schemes
    except ValueError:
        return False
