"""Why a token is not believed, and why nobody can tell."""

from __future__ import annotations

from typing import Literal, TypeAlias

Code: TypeAlias = Literal["InvalidAuthHeader", "NoAuthProvider", "Unauthenticated", "AuthProviderDiscoveryFailed"]


class AuthenticationError(Exception):
    """A token that is not good, and never will be. `detail` is for the developer of the program, not for its users."""

    def __init__(self, code: Code, message: str, detail: str = "") -> None:
        super().__init__(f"{message}{detail}")
        self.code: Code = code
        self.message = message
        self.detail = detail


class IssuerUnavailableError(Exception):
    """The keys of an issuer cannot be had just now. The same token may be good a little later."""


def unreadable(reason: str) -> AuthenticationError:
    """For what is no token, or lacks what every token has."""
    return AuthenticationError("InvalidAuthHeader", f"Could not parse the token: {reason}.")


def unverified(reason: str) -> AuthenticationError:
    """For a token of an issuer that is believed, but not this one."""
    return AuthenticationError("Unauthenticated", f"Could not verify the token: {reason}.")
