"""What calls of a generated client show before and beside one another, on `convexgen dev`.

Results as mutations are going to make them, and results of several queries as of one time.
"""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from tests.clients.backend import Backend
from tests.clients.proxy import Proxy

DEADLINE = 30


def test_a_mutation_shows_before_it_has_run_and_stays(generated: ModuleType, proxy: Proxy) -> None:
    with generated.Client(proxy.url) as client, client.counters.read.subscribe(name="early") as counts:

        def add(store: Any, *, name: str, by: int = 1) -> None:
            count = store.get_query(client.counters.read, name=name)
            assert type(count) is int
            store.set_query(client.counters.read, count + by, name=name)

        assert next(counts) == 0
        proxy.cut_at(b'"MutationResponse"')
        add_two = client.counters.increment.optimistic(add)
        assert add_two(name="early", by=2) == 2
        assert proxy.cuts == 1
        assert counts.next(DEADLINE) == 2
        with pytest.raises(generated.Timeout):
            counts.next(timeout=0.05)
        assert client.counters.read(name="early") == 2


def test_what_was_shown_goes_with_a_mutation_that_fails(generated: ModuleType, proxy: Proxy) -> None:
    async def main() -> None:
        async with generated.AsyncClient(proxy.url) as client:

            def add(store: Any, *, name: str, by: int) -> None:
                store.set_query(client.counters.read, 1000 + by, name=name)

            counts = client.counters.read.subscribe(name="rolled back")
            assert await counts.next() == 0
            proxy.hold()
            sent = asyncio.ensure_future(
                client.counters.increment_up_to_limit.optimistic(add)(name="rolled back", by=500)
            )
            assert await counts.next() == 1500
            proxy.release()
            with pytest.raises(generated.ConvexError):
                await sent
            assert await counts.next() == 0

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


def test_updates_are_done_again_over_newer_results(generated: ModuleType, backend: Backend, proxy: Proxy) -> None:
    async def main() -> None:
        async with generated.AsyncClient(backend.url) as other, generated.AsyncClient(proxy.url) as client:

            def waiting(store: Any, **_: object) -> None:
                count = store.get_query(client.counters.read, name="again")
                store.set_query(client.counters.read, count + 100, name="again")

            counts = client.counters.read.subscribe(name="again")
            assert await counts.next() == 0
            slow = client.counters.increment.optimistic(waiting)
            proxy.hold()
            sent = [asyncio.ensure_future(slow(name="again")) for _ in range(3)]
            assert await counts.next() == 300
            assert await other.counters.increment(name="again", by=7) == 7
            proxy.release()
            await asyncio.gather(*sent)
            assert await counts.next() == 10

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


def test_updates_of_lists(generated: ModuleType, proxy: Proxy) -> None:
    async def main() -> None:
        async with generated.AsyncClient(proxy.url) as client:
            await client.items.put(shelf="early", places=[10, 20, 30, 40])
            items = client.items.page.paginate(page_size=2, shelf="early")
            others = client.items.page.paginate(page_size=2, shelf="another")
            await loaded(items)
            await loaded(others)
            assert items.load_more()
            await loaded(items)

            def put(store: Any, *, shelf: str, places: list[int]) -> None:
                store.change_items(client.items.page, lambda place: place + 1, shelf=shelf)
                for place in places:
                    store.insert_first(client.items.page, place, shelf=shelf)
                store.change_all(client.items.all, lambda all_: [*all_, 0])

            proxy.hold()
            everything = client.items.all.subscribe(shelf="early")
            sent = asyncio.ensure_future(client.items.put.optimistic(put)(shelf="early", places=[5, 1]))
            assert (await items.next()).items == [1, 5, 11, 21, 31, 41]
            proxy.release()
            await sent
            assert (await items.next()).items == [1, 5, 10, 20, 30, 40]
            assert await everything.next() == [1, 5, 10, 20, 30, 40]
            with pytest.raises(generated.Timeout):
                await others.next(timeout=0.05)

    async def loaded(paginated: Any) -> None:
        while (await paginated.next()).is_loading:
            pass

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


def test_what_an_update_raises(generated: ModuleType, backend: Backend) -> None:
    with generated.Client(backend.url) as client, client.counters.read.subscribe(name="raises") as counts:
        assert next(counts) == 0

        def wrong(store: Any, *, name: str) -> None:
            store.set_query(client.counters.read, "no number", name=name)

        with pytest.raises(generated.InvalidArguments, match="counters:read: "):
            client.counters.increment.optimistic(wrong)(name="raises")
        assert client.counters.read(name="raises") == 0
    over_http = generated.Client(generated.HttpTransport(backend.url))
    with over_http as client, pytest.raises(TypeError, match="cannot follow queries"):
        client.counters.increment.optimistic(wrong)


def test_several_queries_are_of_one_time(generated: ModuleType, backend: Backend) -> None:
    async def main() -> None:
        async with generated.AsyncClient(backend.url) as client:
            read, guarded = client.counters.read, client.counters.guarded
            both = client.together(read.subscribe(name="both"), guarded.subscribe(name="both"))
            counting = asyncio.ensure_future(count(client))
            seen = []
            async for one, other in both:
                assert one == other
                seen.append(one)
                if one == 20:
                    break
            await counting
            assert seen == sorted(set(seen))

    async def count(client: Any) -> None:
        for _ in range(20):
            await client.counters.increment(name="both")

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


def test_a_thousand_subscriptions_together(generated: ModuleType, backend: Backend) -> None:
    with generated.Client(backend.url) as client:
        read = client.counters.read
        with client.together(*[read.subscribe(name=f"thousand {number}") for number in range(1000)]) as all_counts:
            assert all_counts.next(DEADLINE) == (0,) * 1000
            client.counters.increment(name="thousand 700")
            counts = all_counts.next(DEADLINE)
            assert (sum(counts), counts[700]) == (1, 1)


def test_one_query_twice_and_none(generated: ModuleType, backend: Backend) -> None:
    with generated.Client(backend.url) as client, generated.Client(backend.url) as other:
        read = client.counters.read
        with client.together(read.subscribe(name="twice"), read.subscribe(name="twice")) as both:
            assert next(both) == (0, 0)
        with read.subscribe(name="twice") as single:
            assert next(single) == 0
        with pytest.raises(ValueError, match="only subscriptions of one client are of one time"):
            client.together(read.subscribe(name="twice"), other.counters.read.subscribe(name="twice"))
        with pytest.raises(ValueError, match="only subscriptions of one client are of one time"):
            client.together()
