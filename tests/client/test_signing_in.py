"""Who a generated client is to `convexgen dev`: by a token, or by whoever is asked for tokens, while that lasts."""

from __future__ import annotations

import asyncio
import threading
from types import ModuleType

import pytest

from tests.clients.backend import Backend
from tests.clients.issuer import Issuer
from tests.clients.proxy import Proxy

DEADLINE = 30


def test_a_function_is_asked_for_tokens(generated: ModuleType, proxy: Proxy, issuer: Issuer) -> None:
    async def main() -> None:
        changes: asyncio.Queue[bool] = asyncio.Queue()
        asked: list[bool] = []

        async def fetch(force: bool) -> str:
            asked.append(force)
            return issuer.token("ada", "Ada")

        async with generated.AsyncClient(proxy.url, token=fetch, on_auth_change=changes.put_nowait) as client:
            assert (await client.people.who()).name == "Ada"
            assert await changes.get() is True
            proxy.close()
            proxy.open()
            assert (await client.people.who_in_mutation()).name == "Ada"
            client.set_auth(None)
            assert await client.people.who() is None
            assert asked == [False]

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


def test_tokens_are_renewed_before_they_end(generated: ModuleType, backend: Backend, issuer: Issuer) -> None:
    """Those that live for eleven seconds are, one second after they were accepted."""
    renewed = threading.Event()
    asked: list[bool] = []

    def fetch(force: bool) -> str:
        asked.append(force)
        if force:
            renewed.set()
        return issuer.token("ada", "Ada", lifetime=11)

    with generated.Client(backend.url, token=fetch) as client:
        assert client.people.who().name == "Ada"
        assert renewed.wait(DEADLINE)
        assert client.people.who_in_mutation().name == "Ada"
        assert asked[:2] == [False, True]


def test_it_is_told_when_nobody_is_signed_in_any_more(generated: ModuleType, backend: Backend) -> None:
    lost = threading.Event()
    asked: list[bool] = []

    async def fetch(force: bool) -> str | None:
        asked.append(force)
        return None if force else "no token at all"

    def changed(is_authenticated: bool) -> None:
        if not is_authenticated:
            lost.set()

    with generated.Client(backend.url, on_auth_change=changed) as client:
        client.set_auth(fetch)
        assert client.people.who_in_mutation() is None
        assert lost.wait(DEADLINE)
        assert asked == [False, True]


def test_other_transports(generated: ModuleType, backend: Backend, issuer: Issuer) -> None:
    with pytest.raises(TypeError, match="a transport of your own tells itself who is signed in"):
        generated.Client(generated.HttpTransport(backend.url), on_auth_change=print)
    with generated.Client(generated.HttpTransport(backend.url), token=issuer.token("ada", "Ada")) as client:
        assert client.people.who().name == "Ada"
        with pytest.raises(TypeError, match="cannot follow queries"):
            client.set_auth(lambda _: None)
