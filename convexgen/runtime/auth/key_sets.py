"""The public keys of an issuer, out of its JWKS. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from jwt import PyJWK, PyJWTError

from convexgen.runtime.values import InvalidValueError, Json, read_json

_MOST: Final = 100


class InvalidKeySetError(ValueError):
    """What is no JWKS. Its text says of the content what it is instead."""


class _Kind(NamedTuple):
    """What keys look like that an algorithm uses. Without their private members, should an issuer show these."""

    algorithm: str
    type: str
    curve: str | None
    members: tuple[str, ...]


_KINDS: Final = (
    _Kind("RS256", "RSA", None, ("kty", "n", "e")),
    _Kind("ES256", "EC", "P-256", ("kty", "crv", "x", "y")),
    _Kind("EdDSA", "OKP", "Ed25519", ("kty", "crv", "x")),
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key, for the one algorithm that it may be used with."""

    key_id: str | None
    algorithm: str
    public: PyJWK


@dataclass(frozen=True, slots=True)
class KeySet:
    """The keys of an issuer that we can use."""

    keys: tuple[Key, ...]

    def find(self, key_id: str | None, algorithm: str) -> Key | None:
        """The key that a token names, or if it names none the only one that there is; None if that is not to be had."""
        fitting = [each for each in self.keys if each.algorithm == algorithm]
        if key_id is None:
            return fitting[0] if len(fitting) == 1 else None
        return next((each for each in fitting if each.key_id == key_id), None)


def read_key_set(content: bytes) -> KeySet:
    """The keys for signatures, without those that we cannot use. Raises `InvalidKeySetError`."""
    try:
        found = read_json(content)
    except InvalidValueError as error:
        raise InvalidKeySetError(str(error)) from None
    entries = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(entries, list):
        raise InvalidKeySetError("not a JWKS: an object with a list as `keys`")
    if len(entries) > _MOST:
        raise InvalidKeySetError(f"a JWKS of more than {_MOST} keys")
    read = (_read(each) for each in entries if isinstance(each, dict))
    return KeySet(tuple(each for each in read if each is not None))


def _read(entry: dict[str, Json]) -> Key | None:
    """None for a key of another kind or purpose, and for one that is broken or too short to be safe."""
    kind = next((each for each in _KINDS if (each.type, each.curve) == (entry.get("kty"), _curve(entry))), None)
    operations = entry.get("key_ops", ["verify"])
    if (
        kind is None
        or entry.get("alg", kind.algorithm) != kind.algorithm
        or entry.get("use", "sig") != "sig"
        or not (isinstance(operations, list) and "verify" in operations)
    ):
        return None
    key_id = entry.get("kid")
    try:
        public = PyJWK.from_dict({name: entry[name] for name in kind.members}, kind.algorithm)
    except (KeyError, TypeError, ValueError, AttributeError, PyJWTError):
        return None
    if public.Algorithm.check_key_length(public.key) is not None:
        return None
    return Key(key_id if isinstance(key_id, str) else None, kind.algorithm, public)


def _curve(entry: dict[str, Json]) -> Json:
    return None if entry.get("kty") == "RSA" else entry.get("crv")
