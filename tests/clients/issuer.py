"""Where people get their tokens: an identity provider of OpenID Connect on this machine, with one key."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.clients.sites import serving

KEY_ID = "only"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs tokens for the audience `convex`."""

    url: str
    key: rsa.RSAPrivateKey

    def token(self, subject: str, name: str) -> str:
        """A token that is good for an hour."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": subject, "aud": "convex", "iat": now, "exp": now + 3600, "name": name}
        return jwt.encode(claims, self.key, "RS256", {"kid": KEY_ID})


@contextmanager
def issuing(folder: Path) -> Iterator[Issuer]:
    """An issuer for as long as this is a context; what it tells servers lies in `folder`."""
    key = rsa.generate_private_key(65537, 2048)
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    with serving(folder) as address:
        url = address.rstrip("/")
        known = folder / ".well-known"
        known.mkdir()
        configuration = {"issuer": url, "jwks_uri": f"{url}/keys.json"}
        (known / "openid-configuration").write_text(json.dumps(configuration), encoding="utf-8")
        keys = {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}
        (folder / "keys.json").write_text(json.dumps(keys), encoding="utf-8")
        yield Issuer(url, key)
