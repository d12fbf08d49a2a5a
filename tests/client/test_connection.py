"""The connection of the Python client and `convexgen dev`, with a line between them that is cut in the worst places."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from templates.python.runtime.errors import ConnectionFailed, ConvexError, FunctionError, NotFound, Timeout
from templates.python.runtime.live.connection import Connection, sync_url
from templates.python.runtime.live.messages import Success
from templates.python.runtime.transport import Call, EditableResults, Kind
from templates.python.runtime.values import JsonObject, JsonValue
from tests.clients.backend import Backend, free_port
from tests.clients.proxy import Proxy

DEADLINE = 30.0


def run(url: str, work: Callable[[Connection], Awaitable[None]]) -> None:
    async def main() -> None:
        connection = Connection(url)
        try:
            await asyncio.wait_for(work(connection), DEADLINE)
        finally:
            await connection.aclose()

    asyncio.run(main())


def call(kind: Kind, path: str, timeout: float = DEADLINE, **args: JsonValue) -> Call:
    return Call(kind, path, args, timeout)


def increment(name: str, by: float = 1.0) -> Call:
    return call("mutation", "counters:increment", name=name, by=by)


def read(name: str) -> Call:
    return call("query", "counters:read", name=name)


def test_calls_of_each_kind(backend: Backend) -> None:
    async def work(connection: Connection) -> None:
        assert await connection.call(read("calls")) == 0
        assert await connection.call(increment("calls", 2.0)) == 2
        assert await connection.call(call("action", "counters:incrementTimes", name="calls", times=1.0)) == [2, 3]
        assert await connection.call(read("calls")) == 3

    run(backend.url, work)


def test_a_hundred_calls_at_once_are_under_way_together(backend: Backend) -> None:
    async def work(connection: Connection) -> None:
        waits = [connection.call(call("action", "talking:wait", seconds=0.2)) for _ in range(100)]
        counted = asyncio.gather(*[connection.call(increment("crowd")) for _ in range(100)])
        assert await asyncio.gather(*waits) == ["waited"] * 100
        assert await counted == [float(number) for number in range(1, 101)]

    run(backend.url, work)


def test_a_thousand_subscriptions_see_what_changes(backend: Backend) -> None:
    async def work(connection: Connection) -> None:
        names = [f"many {number}" for number in range(1000)]
        followers = [connection.follow(("counters:read", {"name": name})) for name in names]
        first = await asyncio.gather(*[follower.next() for follower in followers])
        assert first == [[Success(0.0)]] * 1000
        await connection.call(increment(names[700]))
        assert await followers[700].next() == [Success(1.0)]
        assert connection.outcome(*followers[701].query_ids) == Success(0.0)

    run(backend.url, work)


def test_queries_followed_together_are_of_one_timestamp(backend: Backend) -> None:
    async def work(connection: Connection) -> None:
        args: JsonObject = {"name": "together"}
        both = connection.follow(("counters:read", args), ("counters:guarded", args))
        for number in range(1, 6):
            seen = await both.next()
            assert seen[0] == seen[1]
            assert await connection.call(increment("together")) == number
        assert await both.next() == [Success(5.0), Success(5.0)]

    run(backend.url, work)


def test_errors(backend: Backend) -> None:
    async def work(connection: Connection) -> None:
        for kind in ("query", "mutation", "action"):
            with pytest.raises(ConvexError) as refused:
                await connection.call(Call(kind, f"failures:refuse{kind.title()}", {}, DEADLINE))
            assert refused.value.data["code"] == "refused"
            with pytest.raises(FunctionError, match=f"the {kind} broke") as broken:
                await connection.call(Call(kind, f"failures:break{kind.title()}", {}, DEADLINE))
            assert not isinstance(broken.value, ConvexError)
        with pytest.raises(NotFound):
            await connection.call(call("query", "counters:forgotten"))
        assert await connection.call(read("errors")) == 0

    run(backend.url, work)


@pytest.mark.parametrize("words", [b'"MutationResponse"', b'"Transition"'])
def test_a_connection_cut_at_the_answer_counts_once(proxy: Proxy, words: bytes) -> None:
    async def work(connection: Connection) -> None:
        name = f"cut at {words!r}"
        follower = connection.follow(("counters:read", {"name": name}))
        await follower.next()
        proxy.cut_at(words)
        assert await connection.call(increment(name)) == 1
        assert proxy.cuts == 1
        assert await connection.call(read(name)) == 1
        assert await follower.next() == [Success(1.0)]

    run(proxy.url, work)


def test_actions_under_way_are_lost_with_the_connection(proxy: Proxy) -> None:
    async def work(connection: Connection) -> None:
        waiting = asyncio.ensure_future(connection.call(call("action", "talking:wait", seconds=20.0)))
        await connection.call(read("lost"))
        proxy.close()
        with pytest.raises(ConnectionFailed, match="talking:wait: Connection lost while action was in flight"):
            await waiting
        proxy.open()
        assert await connection.call(increment("lost")) == 1

    run(proxy.url, work)


def test_time_outs_say_what_was_the_matter(proxy: Proxy) -> None:
    async def work(connection: Connection) -> None:
        assert await connection.call(increment("late")) == 1
        proxy.hold()
        with pytest.raises(Timeout, match=r"counters:read: no answer within 0\.1 s"):
            await connection.call(call("query", "counters:read", timeout=0.1, name="late"))
        with pytest.raises(Timeout, match=r"counters:increment: no answer within 0\.1 s"):
            await connection.call(call("mutation", "counters:increment", timeout=0.1, name="late"))
        proxy.release()
        assert await connection.call(read("late")) in (1, 2)

    run(proxy.url, work)


def test_nobody_listens() -> None:
    async def work(connection: Connection) -> None:
        for _ in range(2):
            with pytest.raises(ConnectionFailed, match=r"m:f: no connection within 0\.2 s: .*Connect call failed"):
                await connection.call(call("query", "m:f", timeout=0.2))

    run(f"http://127.0.0.1:{free_port()}", work)


def test_cancelled_calls_are_not_sent_once_more(proxy: Proxy) -> None:
    async def work(connection: Connection) -> None:
        await connection.call(read("cancelled"))
        proxy.close()
        unsent = asyncio.ensure_future(connection.call(increment("cancelled")))
        await asyncio.sleep(0)
        unsent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await unsent
        proxy.open()
        assert await connection.call(read("cancelled")) == 0

    run(proxy.url, work)


def test_optimistic_updates_show_at_once_and_go_when_the_mutation_fails(proxy: Proxy) -> None:
    def add(results: EditableResults) -> None:
        value = results.get("counters:read", {"name": "hope"})
        assert isinstance(value, float)
        results.set("counters:read", {"name": "hope"}, value + 1000)

    async def work(connection: Connection) -> None:
        follower = connection.follow(("counters:read", {"name": "hope"}))
        assert await follower.next() == [Success(0.0)]
        proxy.hold()
        mutation = call("mutation", "counters:incrementUpToLimit", name="hope", by=1000.0)
        sent = asyncio.ensure_future(connection.call(mutation, add))
        assert await follower.next() == [Success(1000.0)]
        proxy.release()
        with pytest.raises(ConvexError):
            await sent
        assert await follower.next() == [Success(0.0)]

    run(proxy.url, work)


def test_a_closed_connection_lets_nobody_wait(backend: Backend) -> None:
    async def work(connection: Connection) -> None:
        follower = connection.follow(("counters:read", {"name": "closed"}))
        await follower.next()
        waiting = asyncio.ensure_future(follower.next())
        acting = asyncio.ensure_future(connection.call(call("action", "talking:wait", seconds=20.0)))
        await asyncio.sleep(0)
        await connection.aclose()
        for lost in (waiting, acting):
            with pytest.raises(ConnectionFailed, match="the client was closed"):
                await lost
        with pytest.raises(ConnectionFailed, match="the client was closed"):
            await connection.call(read("closed"))
        follower.close()

    run(backend.url, work)


def test_a_server_killed_in_the_middle(mortal_backend: Backend) -> None:
    async def work(connection: Connection) -> None:
        follower = connection.follow(("counters:read", {"name": "killed"}))
        assert await follower.next() == [Success(0.0)]
        assert await connection.call(increment("killed")) == 1
        mortal_backend.kill()
        sent = [asyncio.ensure_future(connection.call(increment("killed"))) for _ in range(5)]
        await asyncio.to_thread(mortal_backend.start)
        assert await asyncio.gather(*sent) == [2, 3, 4, 5, 6]
        assert connection.outcome(*follower.query_ids) == Success(6.0)

    run(mortal_backend.url, work)


@pytest.mark.parametrize(
    ("url", "socket"),
    [
        ("http://127.0.0.1:3210", "ws://127.0.0.1:3210/api/sync"),
        ("https://happy-otter-123.convex.cloud/", "wss://happy-otter-123.convex.cloud/api/sync"),
        ("https://example.test/convex", "wss://example.test/convex/api/sync"),
    ],
)
def test_addresses(url: str, socket: str) -> None:
    assert sync_url(url) == socket
