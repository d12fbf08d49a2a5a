"""Keys that are read, left out, and found."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa

from convexgen.runtime.auth.key_sets import InvalidKeySetError, KeySet, read_key_set
from tests.runtime.auth.signing import Signer, jwks

RSA, EC, ED = Signer("RS256"), Signer("ES256"), Signer("EdDSA")


def read(*entries: Any) -> KeySet:
    return read_key_set(json.dumps({"keys": entries}).encode())


def _jwk(algorithm: str, key: Any) -> dict[str, Any]:
    return {**jwt.get_algorithm_by_name(algorithm).to_jwk(key, as_dict=True), "kid": "first"}


def test_keys_of_three_kinds() -> None:
    found = read_key_set(jwks(RSA, EC, ED))
    assert [(each.key_id, each.algorithm) for each in found.keys] == [
        ("first", "RS256"), ("first", "ES256"), ("first", "EdDSA"),
    ]  # fmt: skip


def test_members_that_need_not_be_there() -> None:
    for name in ("kid", "alg", "use"):
        assert len(read({key: value for key, value in RSA.jwk.items() if key != name}).keys) == 1


@pytest.mark.parametrize(
    "entry",
    [
        {**RSA.jwk, "use": "enc"},
        {**RSA.jwk, "alg": "RS512"},
        {**RSA.jwk, "alg": "RSA-OAEP"},
        {**RSA.jwk, "key_ops": ["encrypt"]},
        {**RSA.jwk, "key_ops": "verify"},
        {**RSA.jwk, "n": "!"},
        {**RSA.jwk, "n": 7},
        {**RSA.jwk, "e": ""},
        {"kty": "RSA", "kid": "first"},
        {**EC.jwk, "x": "AAAA"},
        {**EC.jwk, "x": EC.jwk["y"]},
        {**ED.jwk, "x": "AAAA"},
        {**ED.jwk, "crv": "X25519"},
        {"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA", "kid": "first"},
        {"kty": ["RSA"]},
        {},
        "a key",
        None,
    ],
)
def test_keys_of_no_use_are_left_out(entry: Any) -> None:
    assert [each.algorithm for each in read(entry, EC.jwk).keys] == ["ES256"]


def test_other_curves_and_short_keys_are_left_out() -> None:
    short = rsa.generate_private_key(65537, 1024).public_key()
    assert read(_jwk("RS256", short), _jwk("ES384", ec.generate_private_key(ec.SECP384R1()).public_key())) == KeySet(())
    assert read(_jwk("EdDSA", ed448.Ed448PrivateKey.generate().public_key())) == KeySet(())


def test_private_members_are_not_looked_at() -> None:
    whole = {**RSA.jwk, "d": "AAAA", "p": 7}
    assert read(whole).keys[0].public.key == read(RSA.jwk).keys[0].public.key


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON: Expecting value"),
        (b"\xff", "not JSON: the text is not Unicode"),
        (b"[]", "not a JWKS: an object with a list as `keys`"),
        (b"{}", "not a JWKS: an object with a list as `keys`"),
        (b'{"keys": {}}', "not a JWKS: an object with a list as `keys`"),
        (json.dumps({"keys": [{}] * 101}).encode(), "a JWKS of more than 100 keys"),
    ],
)
def test_what_is_no_jwks(content: bytes, message: str) -> None:
    with pytest.raises(InvalidKeySetError) as refused:
        read_key_set(content)
    assert str(refused.value).startswith(message)


def test_finding() -> None:
    second = Signer("RS256", "second")
    several, one = read_key_set(jwks(RSA, second, EC)), read_key_set(jwks(RSA, EC))
    found = several.find("second", "RS256")
    assert found is not None
    assert found.key_id == "second"
    assert several.find("third", "RS256") is several.find("second", "ES256") is several.find(None, "RS256") is None
    assert one.find(None, "RS256") == one.find("first", "RS256")
    assert read({name: value for name, value in RSA.jwk.items() if name != "kid"}).find("first", "RS256") is None
