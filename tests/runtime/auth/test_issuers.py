"""What `auth_config.py` means with the variables of a deployment."""

from __future__ import annotations

import pytest

from convexgen import AuthConfig, JwtProvider, OidcProvider, env
from convexgen.authoring.auth import Provider
from convexgen.runtime.auth.issuers import InvalidAuthConfigError, TrustedIssuer, issuer_url, trusted_issuers


def test_providers_with_their_variables() -> None:
    config = AuthConfig(
        providers=[
            OidcProvider(domain=env("DOMAIN"), application_id=env("APP")),
            JwtProvider(issuer="https://b.example.com/", jwks=env("JWKS"), algorithm="ES256"),
            JwtProvider(issuer="urn:c", jwks="http://127.0.0.1/keys", algorithm="RS256", application_id="x"),
        ]
    )
    variables = {"DOMAIN": "a.example.com/", "APP": "app", "JWKS": "data:application/json,{}"}
    assert trusted_issuers(config, variables) == (
        TrustedIssuer("oidc", "https://a.example.com", "app", ("RS256", "EdDSA"), None, 0.0),
        TrustedIssuer("jwt", "https://b.example.com", None, ("ES256",), "data:application/json,{}", 5.0),
        TrustedIssuer("jwt", "https://urn:c", "x", ("RS256",), "http://127.0.0.1/keys", 5.0),
    )
    assert trusted_issuers(None, {}) == trusted_issuers(AuthConfig(providers=[]), {}) == ()


@pytest.mark.parametrize("text", ["a.example.com", "a.example.com/", "https://a.example.com", "https://a.example.com/"])
def test_spellings_of_an_issuer(text: str) -> None:
    assert issuer_url(text) == "https://a.example.com"


@pytest.mark.parametrize(
    ("provider", "message"),
    [
        (OidcProvider(domain=env("DOMAIN"), application_id="x"),
         "auth_config.py needs the variable DOMAIN, which is not set: set it with "
         "`convexgen env set DOMAIN …`"),
        (OidcProvider(domain=env("DOMAIN"), application_id=env("EMPTY")),
         "auth_config.py needs the variables DOMAIN and EMPTY, which are not set: set them with "
         "`convexgen env set DOMAIN …`"),
        (OidcProvider(domain="ftp://a.b", application_id="x"),
         "auth_config.py has 'ftp://a.b' where a URL belongs (http, https)"),
        (OidcProvider(domain="https:///x", application_id="x"),
         "auth_config.py has 'https:///x' where a URL belongs (http, https)"),
        (JwtProvider(issuer="a.b", jwks="file:///etc/passwd", algorithm="RS256"),
         "auth_config.py has 'file:///etc/passwd' where a URL belongs (http, https, data)"),
        (JwtProvider(issuer="a.b", jwks="http://[", algorithm="RS256"),
         "auth_config.py has 'http://[' where a URL belongs (http, https, data)"),
    ],
)  # fmt: skip
def test_configurations_that_make_no_sense(provider: Provider, message: str) -> None:
    with pytest.raises(InvalidAuthConfigError) as refused:
        trusted_issuers(AuthConfig(providers=[provider]), {"EMPTY": ""})
    assert str(refused.value) == message
