"""Tokens of users at the doors of the server: whom the live program believes, and how the others are refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from convexgen.runtime.auth.errors import AuthenticationError, IssuerUnavailableError
from convexgen.runtime.auth.issuers import TrustedIssuer
from convexgen.runtime.calls import Disclosure, Identity
from convexgen.runtime.server.authorization import NoProviders
from convexgen.runtime.server.problems import RequestError

if TYPE_CHECKING:
    from convexgen.runtime.auth.token_verifier import TokenVerifier


class UserTokens:
    """Fulfils `authorization.Authenticator`. `now` gives milliseconds since the epoch.

    `trust` may be called from any thread, whenever a program goes live.
    """

    def __init__(self, disclosure: Disclosure, now: Callable[[], float]) -> None:
        self._disclosure = disclosure
        self._now = now
        self._verifier: TokenVerifier | None = None

    def trust(self, issuers: Sequence[TrustedIssuer]) -> None:
        """Believe tokens of these, and no others."""
        if self._verifier is None:
            if not issuers:
                return
            self._verifier = _verifier(self._now)
        self._verifier.trust(issuers)

    def believes(self, identity: Identity) -> bool:
        """Whether an identity that was given out is still good, as far as its provider goes."""
        return not identity.provider or (self._verifier is not None and self._verifier.believes(identity.provider))

    async def identity(self, token: str) -> Identity:
        """Raises `RequestError`: 401 for a token that is not good, 503 if that cannot be said just now."""
        if self._verifier is None:
            return await NoProviders().identity(token)
        try:
            return await self._verifier.identity(token)
        except AuthenticationError as error:
            text = str(error) if self._disclosure == "everything" else error.message
            raise RequestError(401, error.code, text) from None
        except IssuerUnavailableError as error:
            text = f"The token cannot be verified just now: {error}."
            known = text if self._disclosure == "everything" else "The token cannot be verified just now."
            raise RequestError(503, "AuthProviderUnavailable", known) from None


def _verifier(now: Callable[[], float]) -> TokenVerifier:
    from convexgen.runtime.auth.fetching import fetch  # noqa: PLC0415 (0.2 s, for programs without users in vain)
    from convexgen.runtime.auth.token_verifier import TokenVerifier  # noqa: PLC0415

    return TokenVerifier(fetch, now)
