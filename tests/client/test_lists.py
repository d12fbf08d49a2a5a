"""Lists by pages of a generated client, on `convexgen dev`: followed and read, cut and killed in the middle."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from tests.clients.backend import Backend
from tests.clients.proxy import Proxy

DEADLINE = 30


def shown(paginated: Any, until: Any) -> Any:
    """The first of what is told of which `until` is true."""
    while not until(loaded := paginated.next(timeout=DEADLINE)):
        pass
    return loaded


def test_pages_are_live_all_of_them(generated: ModuleType, backend: Backend) -> None:
    with generated.Client(backend.url) as client:
        client.items.put(shelf="live", places=[10, 20, 30, 40, 50])
        with client.items.page.paginate(page_size=2, shelf="live") as items:
            # What is passed over when news come fast (that a page is on its way) is held to in the tests of the core.
            assert shown(items, lambda loaded: not loaded.is_loading) == generated.LoadedItems([10, 20], "CanLoadMore")
            assert items.load_more()
            loaded = shown(items, lambda loaded: not loaded.is_loading)
            assert loaded == generated.LoadedItems([10, 20, 30, 40], "CanLoadMore")
            client.items.put(shelf="live", places=[15, 35, 45])
            assert shown(items, lambda loaded: 35 in loaded.items).items == [10, 15, 20, 30, 35, 40]
            assert items.load_more(10)
            loaded = shown(items, lambda loaded: loaded.status == "Exhausted")
            assert loaded.items == [10, 15, 20, 30, 35, 40, 45, 50]
            client.items.put(shelf="live", places=[60])
            assert shown(items, lambda loaded: 60 in loaded.items).status == "Exhausted"


def test_a_page_that_grows_is_split_and_nothing_is_missed(generated: ModuleType, backend: Backend) -> None:
    with generated.Client(backend.url) as client, client.items.page.paginate(3, shelf="grows") as items:
        assert shown(items, lambda loaded: not loaded.is_loading).items == []
        for number in range(20):
            client.items.put(shelf="grows", places=[(number * 7) % 20])
            loaded = shown(items, lambda loaded: len(loaded.items) > number)  # noqa: B023
            assert loaded.items == sorted((each * 7) % 20 for each in range(number + 1))
            assert loaded.status == "Exhausted"


def test_a_list_is_read_from_end_to_end(generated: ModuleType, backend: Backend) -> None:
    async def main() -> None:
        async with generated.AsyncClient(backend.url) as client:
            await client.items.put(shelf="read", places=list(range(25)))
            read = [item async for item in client.items.page.paginate(page_size=10, shelf="read").items()]
            assert read == list(range(25))
            assert [type(item) for item in read] == [int] * 25

    asyncio.run(main())
    with generated.Client(generated.HttpTransport(backend.url)) as client:
        paginated = client.items.page.paginate(page_size=7, shelf="read")
        assert list(paginated.items()) == list(range(25))
        with pytest.raises(TypeError, match="this client's transport cannot follow queries"):
            paginated.next()


def test_pages_over_a_cut_connection(generated: ModuleType, proxy: Proxy) -> None:
    async def main() -> None:
        async with generated.AsyncClient(proxy.url) as client:
            await client.items.put(shelf="cut", places=[10, 20, 30, 40])
            items = client.items.page.paginate(page_size=2, shelf="cut")
            loaded = await until(items, "CanLoadMore", [10, 20])
            proxy.cut_at(b'"Transition"')
            assert items.load_more()
            loaded = await until(items, "CanLoadMore", [10, 20, 30, 40])
            proxy.cut_at(b'"MutationResponse"')
            await client.items.put(shelf="cut", places=[5, 25])
            assert proxy.cuts == 2
            loaded = await until(items, "CanLoadMore", [5, 10, 20, 25, 30, 40])
            assert loaded.can_load_more

    async def until(items: Any, status: str, wanted: list[int]) -> Any:
        async for loaded in items:
            if (loaded.status, loaded.items) == (status, wanted):
                return loaded
        raise AssertionError

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


def test_pages_and_others_over_a_killed_server(generated: ModuleType, mortal_backend: Backend) -> None:
    with generated.Client(mortal_backend.url) as client:
        read, guarded = client.counters.read, client.counters.guarded
        both = client.together(read.subscribe(name="killed"), guarded.subscribe(name="killed"))
        assert both.next(DEADLINE) == (0, 0)
        client.items.put(shelf="killed", places=[10, 20, 30, 40])
        with client.items.page.paginate(page_size=2, shelf="killed") as items:
            shown(items, lambda loaded: loaded.can_load_more)
            mortal_backend.kill()
            assert items.load_more()
            mortal_backend.start()
            assert shown(items, lambda loaded: loaded.can_load_more).items == [10, 20, 30, 40]
            client.items.put(shelf="killed", places=[15, 25])
            assert shown(items, lambda loaded: 25 in loaded.items).items == [10, 15, 20, 25, 30, 40]
            assert client.counters.increment(name="killed", by=3) == 3
            assert both.next(DEADLINE) == (3, 3)


def test_many_lists_on_one_client(generated: ModuleType, backend: Backend) -> None:
    async def main() -> None:
        async with generated.AsyncClient(backend.url) as client:
            shelves = [f"many {number}" for number in range(100)]
            await asyncio.gather(*[client.items.put(shelf=shelf, places=[1, 2, 3]) for shelf in shelves])
            lists = [client.items.page.paginate(page_size=2, shelf=shelf) for shelf in shelves]
            assert await asyncio.gather(*[loaded_by(each) for each in lists]) == [[1, 2]] * 100
            assert all(each.load_more() for each in lists)
            assert await asyncio.gather(*[loaded_by(each) for each in lists]) == [[1, 2, 3]] * 100

    async def loaded_by(items: Any) -> Any:
        while (loaded := await items.next(DEADLINE)).is_loading:
            pass
        return loaded.items

    asyncio.run(main())


def test_time_outs_and_ends(generated: ModuleType, backend: Backend) -> None:
    async def main() -> None:
        async with generated.AsyncClient(backend.url) as client:
            items = client.items.page.paginate(page_size=2, shelf="none")
            while (await items.next()).is_loading:
                pass
            with pytest.raises(generated.Timeout, match=r"items:page: no news within 0\.05 s"):
                await items.next(timeout=0.05)
            waiting = asyncio.ensure_future(items.next())
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            ending = asyncio.ensure_future(all_of(items))
            await asyncio.sleep(0)
            items.close()
            assert await ending == []
            counts = client.counters.read.subscribe(name="ends")
            assert await counts.next() == 0
            ending = asyncio.ensure_future(all_of(counts))
            await asyncio.sleep(0)
            counts.close()
            assert await ending == []
            unused = client.items.page.paginate(page_size=2, shelf="none")
            unused.close()
            with pytest.raises(generated.ConnectionFailed, match="items:page: the list was closed"):
                await unused.next()

    async def all_of(news: Any) -> list[Any]:
        return [each async for each in news]

    asyncio.run(asyncio.wait_for(main(), DEADLINE))


@pytest.mark.parametrize("page_size", [0, "x", None])
def test_page_sizes_that_are_none(generated: ModuleType, backend: Backend, page_size: object) -> None:
    with generated.Client(backend.url) as client, pytest.raises(generated.InvalidArguments):
        client.items.page.paginate(page_size=page_size, shelf="none")
