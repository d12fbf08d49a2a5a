"""Keys of issuers that there are not, and tokens signed with them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

Algorithm: TypeAlias = Literal["RS256", "ES256", "EdDSA"]
Claims: TypeAlias = Mapping[str, Any]

_PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "key_ops"}


@dataclass(frozen=True)
class Signer:
    """One key. Two of the same `algorithm` and `name` are the same."""

    algorithm: Algorithm
    name: str = "first"

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key, as a JWKS has it."""
        whole = jwt.get_algorithm_by_name(self.algorithm).to_jwk(_private(self.algorithm, self.name), as_dict=True)
        public = {name: value for name, value in whole.items() if name not in _PRIVATE_MEMBERS}
        return {**public, "kid": self.name, "alg": self.algorithm, "use": "sig"}

    def token(self, claims: Claims, **headers: Any) -> str:
        return jwt.encode(
            dict(claims), _private(self.algorithm, self.name), self.algorithm, {"kid": self.name, **headers}
        )


def jwks(*signers: Signer) -> bytes:
    return json.dumps({"keys": [each.jwk for each in signers]}).encode()


def unsigned(header: Any, claims: Any, signature: bytes = b"") -> str:
    """A token that nobody's key has signed. Bytes stand for themselves."""
    parts = (each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, claims, signature))
    return ".".join(urlsafe_b64encode(each).decode().rstrip("=") for each in parts)


@cache
def _private(algorithm: Algorithm, name: str) -> Any:
    made: PrivateKeyTypes
    match algorithm:
        case "RS256":
            made = rsa.generate_private_key(65537, 2048)
        case "ES256":
            made = ec.generate_private_key(ec.SECP256R1())
        case "EdDSA":
            made = ed25519.Ed25519PrivateKey.generate()
    return made
