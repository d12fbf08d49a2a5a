"""Whose tokens are believed."""

from convexgen import AuthConfig, JwtProvider, OidcProvider, env

auth = AuthConfig(
    providers=[
        OidcProvider(domain=env("ISSUER"), application_id="app"),
        JwtProvider(issuer="https://jwt.example.com", jwks=env("JWKS"), algorithm="ES256"),
    ]
)
