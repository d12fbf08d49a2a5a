"""How often an issuer is asked, and what goes on while it does not answer."""

from __future__ import annotations

import asyncio
import json

import pytest

from convexgen.runtime.auth.errors import AuthenticationError, IssuerUnavailableError
from convexgen.runtime.auth.fetching import WrongAnswerError
from convexgen.runtime.auth.issuers import TrustedIssuer
from convexgen.runtime.auth.key_sources import FRESH, KEPT, PAUSE, KeySource
from tests.runtime.auth.signing import Signer, jwks

ISSUER = TrustedIssuer("jwt", "https://a.example.com", None, ("EdDSA",), "https://a.example.com/jwks", 5.0)
OIDC = TrustedIssuer("oidc", "https://a.example.com", "app", ("EdDSA",), None, 0.0)
ONE, TWO = Signer("EdDSA", "one"), Signer("EdDSA", "two")


class Web:
    """What there is to be fetched, and a clock that is told the time."""

    def __init__(self, content: bytes | Exception) -> None:
        self.now = 1e12
        self.content = content
        self.pages: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.gate: asyncio.Event | None = None

    async def fetch(self, url: str, /) -> bytes:
        self.asked.append(url)
        if self.gate is not None:
            await self.gate.wait()
        content = self.pages.get(url, self.content)
        if isinstance(content, Exception):
            raise content
        return content

    def source(self, issuer: TrustedIssuer = ISSUER) -> KeySource:
        return KeySource(issuer, self.fetch, lambda: self.now)


async def known(source: KeySource, *names: str) -> list[bool]:
    return [await source.key(name, "EdDSA") is not None for name in names]


def test_keys_are_kept_for_a_while() -> None:
    async def scenario() -> None:
        web = Web(jwks(ONE))
        source = web.source()
        assert await known(source, "one", "one") == [True, True]
        web.now += FRESH - 1
        assert await known(source, "one") == [True]
        assert len(web.asked) == 1
        web.now += 1
        web.content = jwks(TWO)
        assert await known(source, "one", "two") == [False, True]
        assert len(web.asked) == 2

    asyncio.run(scenario())


def test_an_unknown_key_is_asked_for_but_not_all_the_time() -> None:
    async def scenario() -> None:
        web = Web(jwks(ONE))
        source = web.source()
        assert await known(source, "one", "two", "three") == [True, False, False]
        assert len(web.asked) == 1
        web.now += PAUSE
        web.content = jwks(ONE, TWO)
        assert await known(source, "two", "one", "three") == [True, True, False]
        assert len(web.asked) == 2

    asyncio.run(scenario())


def test_many_wait_for_one_answer_and_any_may_give_up() -> None:
    async def scenario() -> None:
        web = Web(jwks(ONE))
        web.gate = asyncio.Event()
        source = web.source()
        waiting = [asyncio.create_task(source.key("one", "EdDSA")) for _ in range(5)]
        while not web.asked:
            await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.wait([waiting[0]])
        web.gate.set()
        assert all(await asyncio.gather(*waiting[1:]))
        assert len(web.asked) == 1

    asyncio.run(scenario())


def test_old_keys_go_on_while_an_issuer_is_away() -> None:
    async def scenario() -> None:
        web = Web(jwks(ONE))
        source = web.source()
        await known(source, "one")
        web.content = IssuerUnavailableError("https://a.example.com/jwks does not answer")
        web.now += FRESH
        assert await known(source, "one", "two", "one") == [True, False, True]
        assert len(web.asked) == 2
        web.now += KEPT
        for _ in range(2):
            with pytest.raises(IssuerUnavailableError, match=r"^https://a\.example\.com/jwks does not answer$"):
                await known(source, "one")
        assert len(web.asked) == 3
        web.content = jwks(TWO)
        web.now += PAUSE
        assert await known(source, "two") == [True]

    asyncio.run(scenario())


def test_only_one_waits_for_an_issuer_that_has_become_slow() -> None:
    async def scenario() -> None:
        web = Web(jwks(ONE))
        source = web.source()
        await known(source, "one")
        web.now += FRESH
        web.gate = asyncio.Event()
        first = asyncio.create_task(source.key("one", "EdDSA"))
        while len(web.asked) < 2:
            await asyncio.sleep(0)
        assert await known(source, "one") == [True]
        assert not first.done()
        unknown = asyncio.create_task(source.key("two", "EdDSA"))
        web.content = jwks(ONE, TWO)
        web.gate.set()
        assert await first is not None
        assert await unknown is not None
        assert len(web.asked) == 2

    asyncio.run(scenario())


def test_a_clock_that_was_set_back_keeps_nobody_waiting() -> None:
    async def scenario() -> None:
        web = Web(jwks(ONE))
        source = web.source()
        await known(source, "one")
        web.now -= 1e9
        web.content = jwks(TWO)
        assert await known(source, "two") == [True]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (WrongAnswerError("it answered with status 404"), "it answered with status 404"),
        (b"<html>", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"{}", "not a JWKS: an object with a list as `keys`"),
    ],
)
def test_what_is_shown_are_no_keys(content: bytes | Exception, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        web = Web(content)
        source = web.source()
        for _ in range(2):
            with pytest.raises(AuthenticationError) as refused:
                await known(source, "one")
            assert (refused.value.code, refused.value.message) == (
                "AuthProviderDiscoveryFailed", "Could not get the keys of the token's issuer.",
            )  # fmt: skip
            assert refused.value.detail == f" https://a.example.com: {reason}."
        assert len(web.asked) == 1

    asyncio.run(scenario())
    assert caplog.messages == [
        "tokens of https://a.example.com cannot be verified: Could not get the keys of the token's issuer. "
        f"https://a.example.com: {reason}."
    ]


DISCOVERY = "https://a.example.com/.well-known/openid-configuration"


def test_openid_connect_says_where_keys_are() -> None:
    async def scenario() -> None:
        web = Web(jwks(ONE))
        about = {"issuer": "https://a.example.com/", "jwks_uri": "https://keys.example.com/k"}
        web.pages[DISCOVERY] = json.dumps(about).encode()
        assert await known(web.source(OIDC), "one") == [True]
        assert web.asked == [DISCOVERY, "https://keys.example.com/k"]

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        (b"<html>", "its configuration is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"[]", "its configuration is that of another issuer"),
        (b"{}", "its configuration is that of another issuer"),
        (b'{"issuer": "https://evil.example.com"}', "its configuration is that of another issuer"),
        (b'{"issuer": "https://a.example.com"}',
         "its configuration has no URL of keys that can be trusted as `jwks_uri`"),
        (b'{"issuer": "https://a.example.com", "jwks_uri": "http://a.example.com/k"}',
         "its configuration has no URL of keys that can be trusted as `jwks_uri`"),
        (b'{"issuer": "https://a.example.com", "jwks_uri": "data:application/json,{}"}',
         "its configuration has no URL of keys that can be trusted as `jwks_uri`"),
        (b'{"issuer": "https://a.example.com", "jwks_uri": "https://["}',
         "its configuration has no URL of keys that can be trusted as `jwks_uri`"),
    ],
)  # fmt: skip
def test_configurations_that_lead_nowhere(about: bytes, reason: str) -> None:
    async def scenario() -> None:
        web = Web(jwks(ONE))
        web.pages[DISCOVERY] = about
        with pytest.raises(AuthenticationError) as refused:
            await known(web.source(OIDC), "one")
        assert refused.value.detail == f" https://a.example.com: {reason}."
        assert web.asked == [DISCOVERY]

    asyncio.run(scenario())
