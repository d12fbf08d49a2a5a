"""A generated client against `convexgen dev`: typed results, live ones, in both flavours."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from tests.clients.backend import Backend


def test_waiting(generated: ModuleType, backend: Backend) -> None:
    with generated.Client(backend.url) as client:
        assert client.counters.read(name="waiting") == 0
        with client.counters.read.subscribe(name="waiting") as counts:
            assert next(counts) == 0
            assert client.counters.increment(name="waiting", by=2) == 2
            assert counts.next(timeout=30) == 2
            with pytest.raises(generated.Timeout, match=r"counters:read: no news within 0\.05 s"):
                counts.next(timeout=0.05)
        seen = client.counters.increment_times(name="waiting", times=1)
        assert (seen, [type(each) for each in seen]) == ([2, 3], [int, int])
        with pytest.raises(generated.ConvexError) as refused:
            client.failures.refuse_mutation()
        assert refused.value.data["since"] == generated.Int64(7)
        with pytest.raises(generated.InvalidArguments):
            client.counters.read.subscribe(name=1)


def test_awaited(generated: ModuleType, backend: Backend) -> None:
    async def main() -> None:
        async with generated.AsyncClient(backend.url) as client:
            seen = []
            async for count in client.counters.read.subscribe(name="awaited"):
                seen.append(count)
                if count == 3:
                    break
                assert await client.counters.increment(name="awaited") == count + 1
            assert seen == [0, 1, 2, 3]
            with pytest.raises(generated.ConvexError):
                await client.failures.refuse_query()

    asyncio.run(main())


def test_a_subscription_that_fails_goes_on_when_it_can(generated: ModuleType, backend: Backend) -> None:
    with generated.Client(backend.url) as client, client.counters.guarded.subscribe(name="failing") as counts:
        assert next(counts) == 0
        client.counters.increment(name="failing", by=-5)
        with pytest.raises(generated.ConvexError) as refused:
            next(counts)
        assert refused.value.data == {"code": "negative", "count": -5}
        client.counters.increment(name="failing", by=6)
        assert next(counts) == 1


def test_http_cannot_follow(generated: ModuleType, backend: Backend) -> None:
    with generated.Client(generated.HttpTransport(backend.url)) as client:
        assert client.counters.read(name="over HTTP") == 0
        with pytest.raises(TypeError, match="this client's transport cannot follow queries"):
            client.counters.read.subscribe(name="over HTTP")
