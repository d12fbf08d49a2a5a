"""Claims and what functions see of them."""

from __future__ import annotations

from typing import Any

import pytest

from convexgen import UserIdentity
from convexgen.runtime.auth.issuers import TrustedIssuer
from convexgen.runtime.auth.tokens import read_token
from convexgen.runtime.auth.users import user_key, user_of
from tests.runtime.auth.signing import unsigned

OIDC = TrustedIssuer("oidc", "https://id.example.com", "app", ("RS256",), None, 0.0)
PLAIN = TrustedIssuer("jwt", "https://id.example.com", None, ("RS256",), "data:,", 5.0)
REGISTERED = {"iss": "https://id.example.com", "sub": "ann", "aud": "app", "exp": 1, "iat": 0, "nbf": 0, "jti": "j"}
SURE: dict[str, Any] = {
    "token_identifier": "https://id.example.com|ann",
    "subject": "ann",
    "issuer": "https://id.example.com",
}


def user(issuer: TrustedIssuer, claims: dict[str, Any]) -> UserIdentity:
    return user_of(read_token(unsigned({"alg": "RS256"}, {**REGISTERED, **claims}, b"x")), issuer)


def test_openid_connect_names_become_ours() -> None:
    claims = {
        "name": "Ann Lee",
        "given_name": "Ann",
        "family_name": "Lee",
        "nickname": "annie",
        "preferred_username": "ann.lee",
        "profile": "https://example.com/ann",
        "picture": "https://example.com/ann.png",
        "website": "https://ann.example.com",
        "email": "ann@example.com",
        "email_verified": True,
        "gender": "female",
        "birthdate": "1990-01-02",
        "zoneinfo": "Europe/Paris",
        "locale": "fr-FR",
        "phone_number": "+33 1 23 45 67 89",
        "phone_number_verified": False,
        "address": {"formatted": "1 rue X\nParis", "country": "FR"},
        "updated_at": 1_700_000_000,
    }
    assert user(OIDC, claims) == UserIdentity(
        **SURE,
        name="Ann Lee",
        given_name="Ann",
        family_name="Lee",
        nickname="annie",
        preferred_username="ann.lee",
        profile_url="https://example.com/ann",
        picture_url="https://example.com/ann.png",
        website_url="https://ann.example.com",
        email="ann@example.com",
        email_verified=True,
        gender="female",
        birthday="1990-01-02",
        timezone="Europe/Paris",
        language="fr-FR",
        phone_number="+33 1 23 45 67 89",
        phone_number_verified=False,
        address="1 rue X\nParis",
        updated_at="2023-11-14T22:13:20Z",
    )


def test_other_claims_of_openid_connect_keep_their_names_and_shapes() -> None:
    claims = {"org": {"id": 7, "roles": ["a"]}, "role": "owner", "fva": [0, -1], "nonce": "n", "azp": "x", "acr": "1"}
    assert user(OIDC, claims) == UserIdentity(**SURE, claims={"org": {"id": 7, "roles": ["a"]}, "role": "owner"})


def test_claims_of_plain_jwts_keep_their_names_and_objects_become_paths() -> None:
    claims = {
        "name": "Ann",
        "given_name": "not ours",
        "givenName": "Ann",
        "email_verified": True,
        "emailVerified": True,
        "properties": {"email": "a@b.c", "id": {"n": 1}, "list": [{"x": 1}], "none": {}},
        "fva": [0],
        "azp": "x",
        "subject": "eve",
        "issuer": "https://evil.example.com",
        "tokenIdentifier": "eve",
        "claims": {"sub": "eve"},
    }
    assert user(PLAIN, claims) == UserIdentity(
        **SURE,
        name="Ann",
        given_name="Ann",
        email_verified=True,
        claims={
            "name": "Ann",
            "given_name": "not ours",
            "givenName": "Ann",
            "email_verified": True,
            "emailVerified": True,
            "properties.email": "a@b.c",
            "properties.id.n": 1,
            "properties.list": [{"x": 1}],
            "azp": "x",
            "subject": "eve",
            "issuer": "https://evil.example.com",
            "tokenIdentifier": "eve",
            "claims.sub": "eve",
        },
    )


def test_a_path_that_is_spelled_outright_wins() -> None:
    for claims in ({"a.b": 1, "a": {"b": 2}}, {"a": {"b": 2}, "a.b": 1}):
        assert user(PLAIN, claims).claims == {"a.b": 1}


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("email", 7),
        ("email_verified", "yes"),
        ("name", ["Ann"]),
        ("address", "1 rue X"),
        ("address", {"country": "FR"}),
        ("updated_at", "yesterday"),
        ("updated_at", "2023-11-14T22:13:20"),
        ("updated_at", 1e300),
        ("updated_at", True),
    ],
)
def test_claims_of_another_type_are_left_as_they_are(claim: str, value: Any) -> None:
    found = user(OIDC, {claim: value})
    if claim == "address" and value == "1 rue X":
        assert found == UserIdentity(**SURE, address="1 rue X")
    else:
        assert found == UserIdentity(**SURE, claims={claim: value})


@pytest.mark.parametrize(("said", "meant"), [("true", True), ("false", False)])
def test_truth_in_words(said: str, meant: bool) -> None:
    assert user(OIDC, {"email_verified": said}) == UserIdentity(**SURE, email_verified=meant)
    assert user(PLAIN, {"emailVerified": said}).email_verified is None


def test_moments_in_words() -> None:
    assert user(OIDC, {"updated_at": "2023-11-14T23:13:20.5+01:00"}).updated_at == "2023-11-14T22:13:20.500000Z"


def test_keys_tell_apart_what_functions_can_tell_apart() -> None:
    plain = user(OIDC, {})
    same = user(OIDC, {"iat": 7, "exp": 9, "jti": "other", "nonce": "x"})
    assert user_key(plain) == user_key(same)
    others = [user(OIDC, {"name": "Ann"}), user(OIDC, {"sub": "bob"}), user(OIDC, {"role": "x"})]
    assert len({user_key(each) for each in (plain, *others)}) == 4
    assert user_key(user(OIDC, {"a": {"b": 1, "c": 2}})) == user_key(user(OIDC, {"a": {"c": 2, "b": 1}}))
