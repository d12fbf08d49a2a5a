"""Tokens, against an issuer that is really there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from convexgen.runtime.auth.errors import AuthenticationError, IssuerUnavailableError
from convexgen.runtime.auth.fetching import fetch
from convexgen.runtime.auth.issuers import TrustedIssuer
from convexgen.runtime.auth.key_sources import FRESH, PAUSE
from convexgen.runtime.auth.token_verifier import TokenVerifier
from tests.runtime.auth.issuing import DISCOVERY, KEYS, Answer, LocalIssuer
from tests.runtime.auth.signing import Signer

ONE, TWO, EC = Signer("RS256", "one"), Signer("RS256", "two"), Signer("ES256")


@pytest.fixture(autouse=True)
def directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


class Setting:
    """An issuer, somebody who verifies its tokens, and a clock."""

    def __init__(self, issuer: LocalIssuer) -> None:
        self.now = 1_800_000_000_000.0
        self.issuer = issuer
        self.trusted = TrustedIssuer("oidc", issuer.url, "app", ("RS256", "EdDSA"), None, 0.0)
        self.verifier = TokenVerifier(fetch, lambda: self.now)
        self.verifier.trust([self.trusted])

    def token(self, signer: Signer = ONE, **claims: object) -> str:
        sure = {"iss": self.issuer.url, "sub": "ann", "aud": "app", "exp": self.now / 1000 + 60}
        return signer.token({**sure, **claims})

    def said(self, token: str) -> str:
        """The subject, or the code of the refusal."""
        try:
            user = asyncio.run(self.verifier.identity(token)).user
        except AuthenticationError as error:
            return error.code
        except IssuerUnavailableError:
            return "unavailable"
        assert user is not None
        return user.subject


@pytest.fixture
def setting() -> Iterator[Setting]:
    with LocalIssuer(ONE) as issuer:
        yield Setting(issuer)


def test_keys_are_found_and_rotated(setting: Setting) -> None:
    assert setting.said(setting.token()) == "ann"
    assert setting.issuer.asked == [DISCOVERY, KEYS]
    assert setting.said(setting.token(sub="bob")) == "bob"
    assert len(setting.issuer.asked) == 2
    setting.issuer.rotate(TWO)
    setting.now += PAUSE
    assert setting.said(setting.token(TWO)) == "ann"
    assert setting.said(setting.token(ONE)) == "Unauthenticated"
    assert len(setting.issuer.asked) == 4


def test_a_key_that_was_taken_back_is_no_good_after_a_while(setting: Setting) -> None:
    assert setting.said(setting.token()) == "ann"
    setting.issuer.rotate(TWO)
    setting.now += FRESH
    assert setting.said(setting.token()) == "Unauthenticated"


def test_nobody_is_asked_because_of_a_token_that_is_no_good_anyway(setting: Setting) -> None:
    late = setting.token(exp=setting.now / 1000 - 1)
    assert [setting.said(each) for each in ("x", late, setting.token(EC), setting.token(aud="other"))] == [
        "InvalidAuthHeader", "Unauthenticated", "Unauthenticated", "NoAuthProvider",
    ]  # fmt: skip
    assert setting.issuer.asked == []


def test_one_that_fails_does_not_keep_others_from_working(setting: Setting) -> None:
    setting.issuer.answers[DISCOVERY] = Answer(status=503)
    with LocalIssuer(ONE) as other:
        good = TrustedIssuer("jwt", other.url, None, ("RS256",), f"{other.url}{KEYS}", 5.0)
        setting.verifier.trust([setting.trusted, good])
        assert setting.said(setting.token()) == "unavailable"
        assert setting.said(setting.token(iss=other.url)) == "ann"
        setting.issuer.answers[DISCOVERY] = Answer(status=404)
        setting.now += PAUSE
        assert setting.said(setting.token()) == "AuthProviderDiscoveryFailed"
        assert other.asked == [KEYS]


def test_who_is_believed_can_change_and_keys_are_kept(setting: Setting) -> None:
    token = setting.token()
    identity = asyncio.run(setting.verifier.identity(token))
    assert setting.verifier.believes(identity.provider)
    setting.verifier.trust([])
    assert setting.said(token) == "NoAuthProvider"
    assert not setting.verifier.believes(identity.provider)
    setting.verifier.trust([setting.trusted])
    assert setting.said(token) == "ann"
    other = TrustedIssuer("oidc", setting.issuer.url, "other", ("RS256",), None, 0.0)
    asked = len(setting.issuer.asked)
    setting.verifier.trust([other, setting.trusted])
    assert setting.said(token) == "ann"
    assert len(setting.issuer.asked) == asked
