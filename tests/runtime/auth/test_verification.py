"""Every way in which a token can be wrong, and what is said of it."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from convexgen.runtime.auth.errors import AuthenticationError
from convexgen.runtime.auth.issuers import TrustedIssuer
from convexgen.runtime.auth.key_sets import read_key_set
from convexgen.runtime.auth.tokens import LONGEST, read_token
from convexgen.runtime.auth.verification import check_claims, issuer_of, verified
from convexgen.runtime.calls import Identity
from tests.runtime.auth.signing import Algorithm, Signer, jwks, unsigned

NOW = 1_800_000_000_000.0
SECONDS = 1_800_000_000
RSA, EC, ED = Signer("RS256"), Signer("ES256"), Signer("EdDSA")
STRANGER = Signer("RS256", "stranger")
KEYS = read_key_set(jwks(RSA, EC, ED))

OIDC = TrustedIssuer("oidc", "https://id.example.com", "app", ("RS256", "EdDSA"), None, 0.0)
PLAIN = TrustedIssuer("jwt", "https://jwt.example.com", None, ("ES256",), "data:,", 5.0)
STRICT = TrustedIssuer("jwt", "https://strict.example.com", "app", ("RS256",), "data:,", 5.0)
ISSUERS = (OIDC, PLAIN, STRICT)

GOOD: dict[str, Any] = {"iss": "https://id.example.com", "sub": "ann", "aud": "app", "exp": SECONDS + 60}
GOOD_PLAIN: dict[str, Any] = {"iss": "https://jwt.example.com", "sub": "bob", "exp": SECONDS + 60}
DEEP = b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}"

GOOD_STRICT: dict[str, Any] = {**GOOD_PLAIN, "iss": "https://strict.example.com", "aud": "app"}


def identify(text: str, now: float = NOW) -> Identity:
    """What happens to a token, with all keys at hand."""
    token = read_token(text)
    issuer = issuer_of(token, ISSUERS)
    check_claims(token, issuer, now)
    key = KEYS.find(token.key_id, token.algorithm)
    if key is None:
        raise KeyError(token.key_id)
    return verified(token, issuer, key, now)


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(AuthenticationError) as refused:
        identify(text)
    return refused.value.code, str(refused.value)


@pytest.mark.parametrize(
    ("signer", "claims", "token_identifier"),
    [
        (RSA, GOOD, "https://id.example.com|ann"),
        (ED, GOOD, "https://id.example.com|ann"),
        (EC, GOOD_PLAIN, "https://jwt.example.com|bob"),
        (RSA, GOOD_STRICT, "https://strict.example.com|bob"),
        (RSA, {**GOOD, "aud": ["app"]}, "https://id.example.com|ann"),
        (RSA, {**GOOD, "iss": "https://id.example.com/"}, "https://id.example.com/|ann"),
        (RSA, {**GOOD, "iss": "id.example.com"}, "id.example.com|ann"),
        (RSA, {**GOOD, "iat": SECONDS + 50, "nbf": SECONDS}, "https://id.example.com|ann"),
        (EC, {**GOOD_PLAIN, "iat": SECONDS + 5, "nbf": SECONDS + 5}, "https://jwt.example.com|bob"),
        (EC, {**GOOD_PLAIN, "exp": SECONDS - 4.5, "aud": ["x", "y"]}, "https://jwt.example.com|bob"),
        (RSA, {**GOOD_STRICT, "aud": ["x", "app"]}, "https://strict.example.com|bob"),
    ],
)
def test_good_tokens(signer: Signer, claims: dict[str, Any], token_identifier: str) -> None:
    identity = identify(signer.token(claims))
    assert identity.user is not None
    assert (identity.user.token_identifier, identity.user.subject) == (token_identifier, claims["sub"])
    assert not identity.is_admin


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a JWT is three parts of base64url with dots between them"),
        ("a.b", "a JWT is three parts of base64url with dots between them"),
        ("a.b.c.d", "a JWT is three parts of base64url with dots between them"),
        ("é.b.c", "a JWT is three parts of base64url with dots between them"),
        ("a.b.c\n", "a JWT is three parts of base64url with dots between them"),
        (f"{RSA.token(GOOD)}=", "a JWT is three parts of base64url with dots between them"),
        ("x" * (LONGEST + 1), f"it is longer than {LONGEST} characters"),
        ("a.e30.aaaa", "the header cannot be decoded"),
        (unsigned([], {}, b"x"), "the header is no object, or nests too deeply"),
        (unsigned({}, b"{", b"x"), "the payload cannot be read: not JSON: Expecting property name"),
        (unsigned({}, b'{"a": 1, "a": 2}', b"x"), "the payload cannot be read: not JSON: an object has the same"),
        (unsigned({}, b"[" * 5000, b"x"), "the payload cannot be read: "),
        (unsigned({"alg": "RS256"}, DEEP, b"x"),
         "the payload is no object, or nests too deeply"),
        (unsigned({}, GOOD, b"x"), "it has no text as `alg`"),
        (unsigned({"alg": ["RS256"]}, GOOD, b"x"), "it has no text as `alg`"),
        (unsigned({"alg": "RS256", "kid": 1}, GOOD, b"x"), "it has no text as `kid`"),
        (unsigned({"alg": "RS256", "crit": ["b64"], "b64": False}, GOOD, b"x"), "its header asks for an extension"),
    ],
)  # fmt: skip
def test_what_is_no_token(text: str, message: str) -> None:
    code, told = refusal(text)
    assert code == "InvalidAuthHeader"
    assert told.startswith(f"Could not parse the token: {message}")


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"iss": None}, "it has no text as `iss`"),
        ({"iss": ""}, "it has no text as `iss`"),
        ({"sub": None}, "it has no text as `sub`"),
        ({"sub": 7}, "it has no text as `sub`"),
        ({"exp": None}, "it has no number of seconds as `exp`"),
        ({"exp": "soon"}, "it has no number of seconds as `exp`"),
        ({"exp": True}, "it has no number of seconds as `exp`"),
        ({"nbf": "soon"}, "it has no number of seconds as `nbf`"),
        ({"iat": None}, "it has no number of seconds as `iat`"),
        ({"aud": 7}, "`aud` is neither a text nor a list of them"),
        ({"aud": ["app", 7]}, "`aud` is neither a text nor a list of them"),
        ({"aud": {"app": 1}}, "`aud` is neither a text nor a list of them"),
    ],
)
def test_claims_that_every_token_has(claims: dict[str, Any], message: str) -> None:
    signed = unsigned({"alg": "RS256", "kid": "first"}, {**GOOD, **claims}, b"x")
    assert refusal(signed) == ("InvalidAuthHeader", f"Could not parse the token: {message}.")


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"1" * 400, b"NaN", b"Infinity"])
def test_times_without_end(number: bytes) -> None:
    claims = json.dumps({**GOOD, "exp": "EXP"}).encode().replace(b'"EXP"', number)
    assert refusal(unsigned({"alg": "RS256"}, claims, b"x"))[0] == "InvalidAuthHeader"


@pytest.mark.parametrize("claim", ["iss", "sub", "exp"])
def test_claims_that_are_missing(claim: str) -> None:
    signed = RSA.token({name: value for name, value in GOOD.items() if name != claim})
    assert refusal(signed)[0] == "InvalidAuthHeader"


@pytest.mark.parametrize(
    ("claims", "who"),
    [
        ({"iss": "https://evil.example.com"}, "'https://evil.example.com' for the audience 'app'"),
        ({"iss": "https://id.example.com.evil.org"}, "'https://id.example.com.evil.org' for the audience 'app'"),
        ({"iss": "http://id.example.com"}, "'http://id.example.com' for the audience 'app'"),
        ({"iss": "https://ID.example.com"}, "'https://ID.example.com' for the audience 'app'"),
        ({"aud": "other"}, "'https://id.example.com' for the audience 'other'"),
        ({"aud": []}, "'https://id.example.com' for the audience none"),
        ({"aud": ["x", "y"]}, "'https://id.example.com' for the audience 'x', 'y'"),
    ],
)
def test_tokens_of_nobody_we_know(claims: dict[str, Any], who: str) -> None:
    assert refusal(RSA.token({**GOOD, **claims})) == (
        "NoAuthProvider",
        f"No auth provider found matching the given token. It is of {who}; believed is "
        "https://id.example.com with the audience 'app'; https://jwt.example.com with any audience; "
        "https://strict.example.com with the audience 'app'.",
    )


@pytest.mark.parametrize(
    ("signer", "claims", "message"),
    [
        (RSA, {**GOOD, "exp": SECONDS}, "it has expired"),
        (RSA, {**GOOD, "exp": -1}, "it has expired"),
        (EC, {**GOOD_PLAIN, "exp": SECONDS - 5}, "it has expired"),
        (RSA, {**GOOD, "nbf": SECONDS + 1}, "Token will be valid in 1 seconds"),
        (EC, {**GOOD_PLAIN, "nbf": SECONDS + 12}, "Token will be valid in 7 seconds"),
        (EC, {**GOOD_PLAIN, "iat": SECONDS + 12}, "Token will be valid in 7 seconds"),
        (RSA, {**GOOD, "aud": ["app", "other"]}, "it is for more than one audience"),
        (EC, GOOD, "its algorithm is not RS256 or EdDSA"),
        (RSA, GOOD_PLAIN, "its algorithm is not ES256"),
        (ED, GOOD_PLAIN, "its algorithm is not ES256"),
    ],
)
def test_tokens_that_are_not_good_now(signer: Signer, claims: dict[str, Any], message: str) -> None:
    assert refusal(signer.token(claims)) == ("Unauthenticated", f"Could not verify the token: {message}.")


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "PS256", "ES512", ""])
def test_algorithms_that_prove_nothing(algorithm: str) -> None:
    code, _ = refusal(unsigned({"alg": algorithm, "kid": "first"}, GOOD, b"x"))
    assert code == ("Unauthenticated" if algorithm else "InvalidAuthHeader")


def test_the_public_key_is_no_secret() -> None:
    """The oldest trick: a signature with HMAC, of which the secret is the key that everybody can read."""
    for secret in (jwks(RSA), json.dumps(RSA.jwk).encode(), RSA.jwk["n"].encode()):
        for algorithm in ("HS256", "RS256"):
            head, _, _ = unsigned({"alg": algorithm, "kid": "first"}, GOOD).rpartition(".")
            signature = urlsafe_b64encode(hmac.digest(secret, head.encode(), "sha256")).decode().rstrip("=")
            assert refusal(f"{head}.{signature}")[0] == "Unauthenticated"


@pytest.mark.parametrize("algorithm", ["RS256", "EdDSA"])
def test_signatures_of_others(algorithm: Algorithm) -> None:
    forged = Signer(algorithm, "stranger").token(GOOD, kid="first")
    assert refusal(forged) == (
        "Unauthenticated", "Could not verify the token: its signature is not that of its issuer.",
    )  # fmt: skip


def test_signatures_of_other_tokens() -> None:
    claims = RSA.token({**GOOD, "sub": "eve"}).split(".")[1]
    header, _, signature = RSA.token(GOOD).split(".")
    assert refusal(f"{header}.{claims}.{signature}")[0] == "Unauthenticated"


def test_a_key_is_for_one_algorithm() -> None:
    with pytest.raises(KeyError):
        identify(Signer("EdDSA", "stranger").token(GOOD))
    token, key = read_token(RSA.token(GOOD)), KEYS.find("first", "EdDSA")
    assert key is not None
    with pytest.raises(AuthenticationError, match="the key is not one for its algorithm"):
        verified(token, OIDC, key, NOW)


def test_plain_jwts_name_their_key() -> None:
    code, message = refusal(unsigned({"alg": "ES256"}, GOOD_PLAIN, b"x"))
    assert (code, message) == (
        "Unauthenticated",
        "Could not verify the token: its header has no `kid`, which says by which key it is signed.",
    )


def test_identities_expire_with_their_tokens() -> None:
    assert identify(RSA.token(GOOD)).expires_at == NOW + 60_000
    assert identify(EC.token(GOOD_PLAIN)).expires_at == NOW + 65_000
    late = identify(RSA.token(GOOD), NOW + 59_999)
    assert late.expires_at == NOW + 60_000


def test_the_first_provider_that_fits_decides() -> None:
    one, other = (TrustedIssuer("jwt", "https://a.b", audience, ("RS256",), "data:,", 5.0) for audience in ("x", None))
    token = read_token(RSA.token({**GOOD, "iss": "a.b", "aud": ["x", "y"]}))
    assert issuer_of(token, (one, other)) is one
    assert issuer_of(token, (other, one)) is other
