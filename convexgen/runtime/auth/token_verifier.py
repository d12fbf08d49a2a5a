"""Who has a token: the providers of a program, and the keys of each, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from convexgen.runtime.auth.errors import unverified
from convexgen.runtime.auth.fetching import Fetch
from convexgen.runtime.auth.issuers import TrustedIssuer
from convexgen.runtime.auth.key_sources import KeySource
from convexgen.runtime.auth.tokens import read_token
from convexgen.runtime.auth.verification import check_claims, issuer_of, provider_of, verified
from convexgen.runtime.calls import Identity


class TokenVerifier:
    """Knows whom the program that is live believes. `now` gives milliseconds since the epoch.

    `trust` may be called from any thread, `identity` on one event loop.
    """

    def __init__(self, fetch: Fetch, now: Callable[[], float]) -> None:
        self._fetch = fetch
        self._now = now
        self._sources: Mapping[TrustedIssuer, KeySource] = {}
        self._providers: frozenset[str] = frozenset()

    def trust(self, issuers: Iterable[TrustedIssuer]) -> None:
        """Believe these from now on, and nobody else. The keys of those that were there before are kept."""
        before = self._sources
        self._sources = {each: before.get(each) or KeySource(each, self._fetch, self._now) for each in issuers}
        self._providers = frozenset(map(provider_of, self._sources))

    def believes(self, provider: str) -> bool:
        """Whether the provider of an identity is still among those that are trusted."""
        return provider in self._providers

    async def identity(self, token: str) -> Identity:
        """Raises `AuthenticationError`, or `IssuerUnavailableError` if it cannot be said."""
        read = read_token(token)
        sources = self._sources
        issuer = issuer_of(read, tuple(sources))
        check_claims(read, issuer, self._now())  # what has expired is no reason to ask anybody
        key = await sources[issuer].key(read.key_id, read.algorithm)
        if key is None:
            raise unverified("its issuer has no such key")
        return verified(read, issuer, key, self._now())
