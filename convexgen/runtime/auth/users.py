"""Users out of the claims of their tokens. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, get_type_hints

from convexgen.authoring.contexts import UserIdentity
from convexgen.naming import wire_name
from convexgen.runtime.auth.issuers import TrustedIssuer
from convexgen.runtime.auth.tokens import UnverifiedToken
from convexgen.runtime.values import Json

_CERTAIN: Final = {"token_identifier", "subject", "issuer", "claims"}
"""Fields of a user that no claim of that name may decide on."""
_FIELDS: Final = [each.name for each in fields(UserIdentity) if each.name not in _CERTAIN]
_TRUE_OR_FALSE: Final = {name for name, hint in get_type_hints(UserIdentity).items() if hint == bool | None}

_OIDC_SPELLINGS: Final = {
    "profile_url": "profile",
    "picture_url": "picture",
    "website_url": "website",
    "birthday": "birthdate",
    "timezone": "zoneinfo",
    "language": "locale",
}
_OIDC_NAMES: Final = {name: _OIDC_SPELLINGS.get(name, name) for name in _FIELDS}
"""Claims of OpenID Connect, by the field of a user that each becomes."""
_JWT_NAMES: Final = {name: wire_name(name, "camel") for name in _FIELDS}
"""Of plain JWTs a claim is what JavaScript sees under its name: `givenName` is the given name, `given_name` is not."""

_NEVER_SHOWN: Final = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "fva"}
_OIDC_PROTOCOL: Final = {"auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash"}


def user_of(token: UnverifiedToken, issuer: TrustedIssuer) -> UserIdentity:
    """The user whom the claims describe. A claim that is not of its field's type is left among the other claims."""
    claims = {name: value for name, value in token.claims.items() if name not in _NEVER_SHOWN}
    if issuer.kind == "oidc":
        known = _present({name: _oidc_value(name, claims.get(claim)) for name, claim in _OIDC_NAMES.items()})
        used = {_OIDC_NAMES[name] for name in known} | _OIDC_PROTOCOL
        others = {name: value for name, value in claims.items() if name not in used}
    else:
        others = dict(_flat(claims))
        known = _present({name: _fitting(name, others.get(claim)) for name, claim in _JWT_NAMES.items()})
    return UserIdentity(
        token_identifier=f"{token.issuer}|{token.subject}",
        subject=token.subject,
        issuer=token.issuer,
        claims=others,
        **known,  # type: ignore[arg-type] # `_fitting` has looked at each
    )


def user_key(user: UserIdentity) -> str:
    """A text that two users have in common if and only if functions see the same of both."""
    whole = json.dumps(asdict(user), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"user {sha256(whole.encode()).hexdigest()}"


def _oidc_value(name: str, claim: Json) -> str | bool | None:
    if name == "address" and isinstance(claim, dict):
        return _fitting(name, claim.get("formatted"))
    if name == "updated_at":
        return _moment(claim)
    if name in _TRUE_OR_FALSE and claim in ("true", "false"):  # as some providers have it
        return claim == "true"
    return _fitting(name, claim)


def _fitting(name: str, claim: Json) -> str | bool | None:
    wanted = bool if name in _TRUE_OR_FALSE else str
    return claim if isinstance(claim, wanted) else None


def _moment(claim: Json) -> str | None:
    """RFC 3339, in UTC, of seconds since the epoch or of such a text."""
    try:
        if isinstance(claim, str):
            moment = datetime.fromisoformat(claim)
            return None if moment.tzinfo is None else _rfc3339(moment)
        if isinstance(claim, int | float) and not isinstance(claim, bool):
            return _rfc3339(datetime.fromtimestamp(claim, UTC))
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _flat(claims: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, Json]]:
    """Objects within the claims by their paths: `{"a": {"b": 1}}` is `a.b`. What is spelled so outright comes last."""
    plain: list[tuple[str, Json]] = []
    for name, value in claims.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            plain.append((f"{prefix}{name}", value))
    yield from plain


def _present(values: Mapping[str, str | bool | None]) -> dict[str, str | bool]:
    return {name: value for name, value in values.items() if value is not None}
