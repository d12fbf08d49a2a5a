"""Whose tokens a deployment believes: `auth_config.py` with the values of its variables put in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final, Literal
from urllib.parse import urlsplit

from convexgen.authoring.auth import AuthConfig, EnvironmentVariable, OidcProvider, Provider, Setting

_OIDC_ALGORITHMS: Final = ("RS256", "EdDSA")
_LEEWAY: Final = 5.0
"""Seconds by which the clock of an issuer of plain JWTs may be wrong."""


class InvalidAuthConfigError(ValueError):
    """An `auth_config.py` that makes no sense with the variables of this deployment. Its text is for the developer."""


class MissingVariablesError(InvalidAuthConfigError):
    """One that would make sense if more variables were set."""


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
    if config is None:
        return ()
    if missing := [name for name in _variables(config) if not variables.get(name)]:
        raise MissingVariablesError(
            f"auth_config.py needs {_listed(missing)}: set {'it' if len(missing) == 1 else 'them'} with "
            f"`convexgen env set {missing[0]} …`"
        )
    return tuple(_trusted(each, variables) for each in config.providers)


def _variables(config: AuthConfig) -> Iterator[str]:
    """The names of all variables, each once, in the order in which they stand there."""
    settings = (getattr(each, field.name) for each in config.providers for field in fields(each))
    yield from dict.fromkeys(each.name for each in settings if isinstance(each, EnvironmentVariable))


def _listed(missing: list[str]) -> str:
    if len(missing) == 1:
        return f"the variable {missing[0]}, which is not set"
    return f"the variables {', '.join(missing[:-1])} and {missing[-1]}, which are not set"


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
    return variables[setting.name] if isinstance(setting, EnvironmentVariable) else setting


def _check_url(text: str, schemes: tuple[str, ...]) -> None:
    try:
        found = urlsplit(text)
        good = found.scheme in schemes and (found.scheme == "data" or bool(found.hostname))
    except ValueError:
        good = False
    if not good:
        raise InvalidAuthConfigError(f"auth_config.py has {text!a} where a URL belongs ({', '.join(schemes)})")
