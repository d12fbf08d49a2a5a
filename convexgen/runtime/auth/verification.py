"""Whether a token is good: its claims, the provider, the keys and the time in; an identity or a refusal out. Pure."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Final

from jwt import PyJWS, PyJWTError

from convexgen.runtime.auth.errors import AuthenticationError, unverified
from convexgen.runtime.auth.issuers import TrustedIssuer, issuer_url
from convexgen.runtime.auth.key_sets import Key
from convexgen.runtime.auth.tokens import UnverifiedToken
from convexgen.runtime.auth.users import user_key, user_of
from convexgen.runtime.calls import Identity

_jws: Final = PyJWS(options={"enforce_minimum_key_length": True})


def issuer_of(token: UnverifiedToken, issuers: Sequence[TrustedIssuer]) -> TrustedIssuer:
    """The first provider that the token claims to be of. Raises `AuthenticationError`."""
    claimed = issuer_url(token.issuer)
    for each in issuers:
        if each.issuer == claimed and (each.audience is None or each.audience in token.audiences):
            return each
    known = "; ".join(map(str, issuers)) or "nobody"
    audiences = ", ".join(map(repr, token.audiences)) or "none"
    detail = f" It is of {token.issuer!r} for the audience {audiences}; believed is {known}."
    raise AuthenticationError("NoAuthProvider", "No auth provider found matching the given token.", detail)


def check_claims(token: UnverifiedToken, issuer: TrustedIssuer, now: float) -> None:
    """What can be said without keys. `now`: milliseconds since the epoch. Raises `AuthenticationError`."""
    if token.algorithm not in issuer.algorithms:
        raise unverified(f"its algorithm is not {' or '.join(issuer.algorithms)}")
    if issuer.kind == "oidc" and len(token.audiences) != 1:
        raise unverified("it is for more than one audience")
    if issuer.kind == "jwt" and token.key_id is None:
        raise unverified("its header has no `kid`, which says by which key it is signed")
    if _expires_at(token, issuer) <= now:
        raise unverified("it has expired")
    begins = token.not_before if issuer.kind == "oidc" else _latest(token.not_before, token.issued)
    early = -math.inf if begins is None else begins - issuer.leeway - now / 1000
    if early > 0:
        raise unverified(f"Token will be valid in {math.ceil(early)} seconds")


def verified(token: UnverifiedToken, issuer: TrustedIssuer, key: Key, now: float) -> Identity:
    """Who has the token. Raises `AuthenticationError`."""
    check_claims(token, issuer, now)
    if key.algorithm != token.algorithm:
        raise unverified("the key is not one for its algorithm")
    try:
        _jws.decode_complete(token.text, key.public, [key.algorithm])
    except PyJWTError:
        raise unverified("its signature is not that of its issuer") from None
    user = user_of(token, issuer)
    return Identity(user=user, key=user_key(user), expires_at=_expires_at(token, issuer), provider=provider_of(issuer))


def provider_of(issuer: TrustedIssuer) -> str:
    """How identities name the provider that they come by. One text for all of them: it may be long."""
    return sys.intern(repr(issuer))


def _expires_at(token: UnverifiedToken, issuer: TrustedIssuer) -> float:
    """Milliseconds since the epoch."""
    return (token.expires + issuer.leeway) * 1000


def _latest(*moments: float | None) -> float | None:
    return max((each for each in moments if each is not None), default=None)
