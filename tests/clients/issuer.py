"""Where people get their tokens: an identity provider of OpenID Connect on this machine, with one key."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.clients.programs import CLIENTS
from tests.clients.sites import serving

KEY_ID = "only"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Signs tokens for the audience `convex`. Pages send people to `sign-in.html`, where they choose who they are."""

    url: str
    key: rsa.RSAPrivateKey
    folder: Path

    def let_sign_in(self, *names: str) -> None:
        """Whom the page for signing in offers, each with a token."""
        people = {name: self.token(name.lower(), name) for name in names}
        (self.folder / "people.json").write_text(json.dumps(people), encoding="utf-8")

    def token(self, subject: str, name: str, lifetime: int = 3600) -> str:
        """A token that is good for `lifetime` seconds."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": subject, "aud": "convex", "iat": now, "exp": now + lifetime, "name": name}
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
        shutil.copy(CLIENTS / "issuer" / "sign-in.html", folder)
        yield Issuer(url, key, folder)
