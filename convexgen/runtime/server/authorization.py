"""In whose name a request is made: what `Authorization` says, and what `Authenticate` says on a socket."""

from __future__ import annotations

import hmac
from binascii import a2b_base64
from dataclasses import dataclass, field
from typing import Final, Protocol

from starlette.requests import Request

from convexgen.runtime.calls import ANONYMOUS, Identity
from convexgen.runtime.server.identities import InvalidIdentityError, admin
from convexgen.runtime.server.problems import RequestError
from convexgen.runtime.values import InvalidValueError, Json, read_json

_SHORTEST: Final = 7
"""Characters of a header that may name a scheme and something after it."""


class Authenticator(Protocol):
    """Knows which tokens are good."""

    async def identity(self, token: str) -> Identity:
        """Who has the token. Raises `RequestError`: 401 for one that is not good, 503 if nobody can say just now."""
        ...

    def believes(self, identity: Identity) -> bool:
        """Whether an identity from before is still one that would be given out, but for the time."""
        ...


class NoProviders:
    """Stands where nobody has said whose tokens are good."""

    def believes(self, identity: Identity) -> bool:
        return not identity.provider

    async def identity(self, token: str) -> Identity:
        del token
        raise RequestError(
            401, "NoAuthProvider", "No auth provider found matching the given token: this program declares none."
        )


@dataclass(frozen=True, slots=True)
class Access:
    """Who gets in: with which key, with whose tokens.

    `admin_key` is `instance|secret`, as clients expect of the keys of a deployment.
    """

    admin_key: str
    authenticator: Authenticator = field(default_factory=NoProviders)

    async def of_header(self, header: str | None) -> Identity:
        """The identity that `Authorization` stands for. Raises `RequestError`."""
        if header is None:
            return ANONYMOUS
        if len(header) < _SHORTEST:
            raise RequestError(400, "InvalidAuthHeader", "The Authorization header is too short to be one.")
        scheme, _, credentials = header.partition(" ")
        match scheme.lower():
            case "bearer":
                return await self.authenticator.identity(credentials.strip())
            case "convex":
                return self.of_key(credentials.strip())
        raise RequestError(401, "InvalidAuthHeader", "The Authorization header begins with neither Bearer nor Convex.")

    async def check_administrator(self, request: Request) -> None:
        """Raises `RequestError` for a request that does not come with our key."""
        identity = await self.of_header(request.headers.get("authorization"))
        if not identity.is_admin:
            raise RequestError(403, "BadDeployKey", "Only an administrator may do this, with an admin key.")

    def of_key(self, credentials: str) -> Identity:
        """The administrator who sends `[prod:]instance|secret[:base64 of a user]`. Raises `RequestError`."""
        instance, bar, rest = credentials.partition("|")
        secret, _, user = rest.partition(":")
        self.check_key(f"{instance.rpartition(':')[2]}{bar}{secret}")
        return self.acting_as(_described(user)) if user else admin()

    def of_admin(self, key: str, user: Json) -> Identity:
        """The administrator with this key, in the name of a user unless that is None. Raises `RequestError`."""
        instance, bar, secret = key.partition("|")
        self.check_key(f"{instance.rpartition(':')[2]}{bar}{secret}")
        return self.acting_as(user)

    def check_key(self, key: str) -> None:
        """Raises `RequestError` for any key but ours. Takes as long for one as for another."""
        if not hmac.compare_digest(key.encode(errors="surrogateescape"), self.admin_key.encode()):
            raise RequestError(401, "BadAdminKey", "The provided admin key was invalid for this instance")

    @staticmethod
    def acting_as(user: Json) -> Identity:
        try:
            return admin(user)
        except InvalidIdentityError as error:
            raise RequestError(400, "InvalidIdentity", f"This is nobody to act as: {error}.") from None


def _described(encoded: str) -> Json:
    try:
        return read_json(a2b_base64(encoded.encode("ascii"), strict_mode=True))
    except (ValueError, InvalidValueError):
        raise RequestError(400, "InvalidIdentity", "This is nobody to act as: it is not JSON in base64.") from None
