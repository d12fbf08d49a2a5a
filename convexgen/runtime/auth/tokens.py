"""What a token says of itself, before anybody has looked whether that is true. Pure.

The signature covers the very text that is read here, so that what is read stays what was signed.
"""

from __future__ import annotations

import math
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from convexgen.runtime.auth.errors import unreadable
from convexgen.runtime.values import InvalidValueError, Json, read_json

LONGEST: Final = 32_768
"""Characters of a token."""
_MAXIMUM_NESTING: Final = 32
_is_token = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)").fullmatch


@dataclass(frozen=True, slots=True)
class UnverifiedToken:
    """A token that is well formed, and no more than that. Times are in seconds since the epoch."""

    text: str
    algorithm: str
    key_id: str | None
    issuer: str
    subject: str
    audiences: tuple[str, ...]
    expires: float
    not_before: float | None
    issued: float | None
    claims: Mapping[str, Json]


def read_token(text: str) -> UnverifiedToken:
    """Raises `AuthenticationError`."""
    if len(text) > LONGEST:
        raise unreadable(f"it is longer than {LONGEST} characters")
    parts = _is_token(text)
    if parts is None:
        raise unreadable("a JWT is three parts of base64url with dots between them")
    header, claims = _object(parts[1], "header"), _object(parts[2], "payload")
    _bytes(parts[3], "signature")
    if "crit" in header or "b64" in header:
        raise unreadable("its header asks for an extension")
    return UnverifiedToken(
        text=text,
        algorithm=_text(header, "alg"),
        key_id=_text(header, "kid") if "kid" in header else None,
        issuer=_text(claims, "iss"),
        subject=_text(claims, "sub"),
        audiences=_audiences(claims.get("aud", [])),
        expires=_moment(claims, "exp"),
        not_before=_moment(claims, "nbf") if "nbf" in claims else None,
        issued=_moment(claims, "iat") if "iat" in claims else None,
        claims=claims,
    )


def _object(part: str, name: str) -> dict[str, Json]:
    try:
        found = read_json(_bytes(part, name))
    except InvalidValueError as error:
        raise unreadable(f"the {name} cannot be read: {error}") from None
    if not isinstance(found, dict) or not _is_shallow(found, _MAXIMUM_NESTING):
        raise unreadable(f"the {name} is no object, or nests too deeply")
    return found


def _bytes(part: str, name: str) -> bytes:
    """Raises `AuthenticationError` for a spelling that is not the one and only, so that no two tokens mean the same."""
    standard = part.replace("-", "+").replace("_", "/") + "=" * (-len(part) % 4)
    try:
        found = a2b_base64(standard, strict_mode=True)
    except ValueError:
        raise unreadable(f"the {name} cannot be decoded") from None
    if b2a_base64(found, newline=False).decode() != standard:
        raise unreadable(f"the {name} cannot be decoded")
    return found


def _is_shallow(value: Json, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is None or (levels > 0 and all(_is_shallow(each, levels - 1) for each in inner))


def _text(fields: Mapping[str, Json], name: str) -> str:
    found = fields.get(name)
    if not isinstance(found, str) or not found:
        raise unreadable(f"it has no text as `{name}`")
    return found


def _audiences(found: Json) -> tuple[str, ...]:
    several = found if isinstance(found, list) else [found]
    texts = tuple(each for each in several if isinstance(each, str))
    if len(texts) != len(several):
        raise unreadable("`aud` is neither a text nor a list of them")
    return texts


def _moment(claims: Mapping[str, Json], name: str) -> float:
    found = claims.get(name)
    try:
        seconds = math.nan if isinstance(found, bool) or not isinstance(found, int | float) else float(found)
    except OverflowError:
        seconds = math.inf
    if not math.isfinite(seconds):
        raise unreadable(f"it has no number of seconds as `{name}`")
    return seconds
