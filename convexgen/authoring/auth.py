"""What `auth_config.py` declares: whose tokens are believed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

JwtAlgorithm: TypeAlias = Literal["RS256", "ES256"]


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """A value that each deployment sets for itself, by its name."""

    name: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,39}", self.name):
            raise ValueError(f"a variable's name has letters, digits and '_', at most 40; got {self.name!r}")


def env(name: str) -> EnvironmentVariable:
    """The deployment's variable called `name`, wherever `auth_config.py` takes a text.

    Raises `ValueError` for a name that no variable can have.
    """
    return EnvironmentVariable(name)


Setting: TypeAlias = str | EnvironmentVariable


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcProvider:
    """An OpenID Connect provider. Tokens of the issuer `domain` are believed whose audience is `application_id`.

    Raises `ValueError` for an empty value.
    """

    domain: Setting
    application_id: Setting

    def __post_init__(self) -> None:
        _require(domain=self.domain, application_id=self.application_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class JwtProvider:
    """An issuer of JWTs. `jwks` is where its keys are, an `https:` or `data:` URL; audiences are ignored without an
    `application_id`. Raises `ValueError` for an empty value or an unknown algorithm.
    """

    issuer: Setting
    jwks: Setting
    algorithm: JwtAlgorithm
    application_id: Setting | None = None

    def __post_init__(self) -> None:
        _require(issuer=self.issuer, jwks=self.jwks, application_id=self.application_id)
        if self.algorithm not in get_args(JwtAlgorithm):
            raise ValueError(f"algorithm is one of {', '.join(get_args(JwtAlgorithm))}; got {self.algorithm!r}")


Provider: TypeAlias = OidcProvider | JwtProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthConfig:
    """`auth = AuthConfig(providers=[...])` in `auth_config.py`. The first provider that fits a token decides."""

    providers: Sequence[Provider]


def _require(**settings: Setting | None) -> None:
    for name, setting in settings.items():
        if setting == "":
            raise ValueError(f"{name} is empty")
