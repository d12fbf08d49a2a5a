"""Whose tokens a deployment believes: `auth_config.py` with the values of its variables put in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from convexgen.authoring.auth import AuthConfig, EnvironmentVariable, OidcProvider, Provider, Setting

_OIDC_ALGORITHMS: Final = ("RS256", "EdDSA")
_LEEWAY: Final = 5.0
"""Seconds by which the clock of an issuer of plain JWTs may be wrong."""


class InvalidAuthConfigError(ValueError):
    """An `auth_config.py` that makes no sense with the variables of this deployment. Its text is for the developer."""


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """One provider. `issuer` has a scheme and no `/` at the end; `audience` None: any will do.

    `jwks` is the URL of its keys, None for one that says by OpenID Connect's discovery where they are. `leeway` is in
    seconds.
    """

    kind: Literal["oidc", "jwt"]
    issuer: str
    audience: str | None
    algorithms: tuple[str, ...]
    jwks: str | None
    leeway: float

    def __str__(self) -> str:
        audience = "any audience" if self.audience is None else f"the audience {self.audience!r}"
        return f"{self.issuer} with {audience}"


def trusted_issuers(config: AuthConfig | None, variables: Mapping[str, str]) -> tuple[TrustedIssuer, ...]:
    """In the order in which they are asked. Raises `InvalidAuthConfigError`."""
    return () if config is None else tuple(_trusted(each, variables) for each in config.providers)


def issuer_url(text: str) -> str:
    """The one spelling of an issuer: `https://example.com` for `example.com` and `https://example.com/`."""
    return (text if "://" in text else f"https://{text}").rstrip("/")


def _trusted(provider: Provider, variables: Mapping[str, str]) -> TrustedIssuer:
    if isinstance(provider, OidcProvider):
        issuer = issuer_url(_value(provider.domain, variables))
        _check_url(issuer, ("http", "https"))
        audience = _value(provider.application_id, variables)
        return TrustedIssuer("oidc", issuer, audience, _OIDC_ALGORITHMS, None, 0.0)
    jwks = _value(provider.jwks, variables)
    _check_url(jwks, ("http", "https", "data"))
    wanted = None if provider.application_id is None else _value(provider.application_id, variables)
    issuer = issuer_url(_value(provider.issuer, variables))
    return TrustedIssuer("jwt", issuer, wanted, (provider.algorithm,), jwks, _LEEWAY)


def _value(setting: Setting, variables: Mapping[str, str]) -> str:
    if not isinstance(setting, EnvironmentVariable):
        return setting
    value = variables.get(setting.name)
    if not value:
        raise InvalidAuthConfigError(f"auth_config.py needs the variable {setting.name}, which is not set")
    return value


def _check_url(text: str, schemes: tuple[str, ...]) -> None:
    try:
        found = urlsplit(text)
        good = found.scheme in schemes and (found.scheme == "data" or bool(found.hostname))
    except ValueError:
        good = False
    if not good:
        raise InvalidAuthConfigError(f"auth_config.py has {text!a} where a URL belongs ({', '.join(schemes)})")
