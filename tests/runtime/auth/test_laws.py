"""What holds of all tokens: none that was changed is believed, and nothing that comes makes us fail."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from convexgen.runtime.auth.errors import AuthenticationError
from convexgen.runtime.calls import Identity
from tests.runtime.auth.signing import Signer, unsigned
from tests.runtime.auth.test_verification import EC, ED, GOOD, GOOD_PLAIN, NOW, RSA, SECONDS, identify

SIGNED = [RSA.token(GOOD), ED.token(GOOD), EC.token(GOOD_PLAIN)]
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= \n+/"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def believed(token: str) -> Identity | None:
    try:
        return identify(token)
    except (AuthenticationError, KeyError):
        return None


@given(st.sampled_from(SIGNED), st.data())
def test_no_changed_text_is_believed(token: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(token)))
    removed = data.draw(st.integers(0, 3))
    added = data.draw(st.text(ALPHABET, max_size=3))
    changed = token[:at] + added + token[at + removed :]
    assume(changed != token)
    assert believed(token) is not None
    assert believed(changed) is None


@given(st.sampled_from(SIGNED), st.data())
def test_no_changed_bit_is_believed(token: str, data: st.DataObject) -> None:
    parts = token.split(".")
    part = data.draw(st.integers(0, 2))
    raw = bytearray(urlsafe_b64decode(parts[part] + "=="))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    parts[part] = urlsafe_b64encode(raw).decode().rstrip("=")
    assert believed(".".join(parts)) is None


@given(st.sampled_from(SIGNED), st.sampled_from(SIGNED), st.sampled_from(SIGNED))
def test_no_parts_of_different_tokens_are_believed(one: str, two: str, three: str) -> None:
    mixed = ".".join((one.split(".", maxsplit=1)[0], two.split(".")[1], three.split(".")[2]))
    assert (believed(mixed) is not None) == (mixed in SIGNED)


@given(st.text(max_size=200))
def test_any_text_is_refused(text: str) -> None:
    assert believed(text) is None


@given(st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "jku", "x5u"]), JSON), JSON)
def test_any_parts_are_refused(header: dict[str, Any], claims: Any) -> None:
    assert believed(unsigned({"alg": "RS256", "kid": "first", **header}, claims, b"x" * 256)) is None


@given(st.dictionaries(st.sampled_from(["jwk", "jku", "x5u", "x5c", "typ", "cty"]), st.text() | st.just(EC.jwk)))
def test_a_token_does_not_bring_its_own_key(header: dict[str, Any]) -> None:
    stranger = Signer("RS256", "stranger")
    own = json.loads(json.dumps({**header, "jwk": stranger.jwk}))
    assert believed(stranger.token(GOOD, **{**own, "kid": "first", "typ": "JWT"})) is None


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_whatever_an_issuer_claims_is_a_user(claims: dict[str, Any]) -> None:
    """Or a refusal, where it is no JSON or nests too deeply; but never an error of ours."""
    identity = believed(EC.token({**claims, **GOOD_PLAIN}))
    if identity is not None:
        assert identity.user is not None
        assert identity.user.token_identifier == "https://jwt.example.com|bob"
        again = believed(EC.token({**claims, **GOOD_PLAIN, "exp": SECONDS + 99, "iat": SECONDS, "jti": "2"}))
        assert again is not None
        assert (again.key, again.expires_at) == (identity.key, NOW + 104_000)
