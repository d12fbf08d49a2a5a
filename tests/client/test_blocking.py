"""The connection for ordinary code: threads share it, none holds up another, and all of them come back."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from templates.python.runtime.errors import ConnectionFailed, ConvexError, Timeout
from templates.python.runtime.live.blocking import BlockingConnection
from templates.python.runtime.live.messages import Success
from templates.python.runtime.transport import Call
from tests.clients.backend import Backend, free_port
from tests.clients.issuer import Issuer
from tests.clients.proxy import Proxy

DEADLINE = 30.0


def increment(name: str, by: float = 1.0) -> Call:
    return Call("mutation", "counters:increment", {"name": name, "by": by}, DEADLINE)


def read(name: str, timeout: float = DEADLINE) -> Call:
    return Call("query", "counters:read", {"name": name}, timeout)


def waiting(seconds: float) -> Call:
    return Call("action", "talking:wait", {"seconds": seconds}, DEADLINE)


def test_calls_and_errors(backend: Backend) -> None:
    connection = BlockingConnection(backend.url)
    assert connection.call(increment("plain")) == 1
    assert connection.call(read("plain")) == 1
    with pytest.raises(ConvexError):
        connection.call(Call("mutation", "failures:refuseMutation", {}, DEADLINE))
    connection.close()


def test_threads_wait_beside_one_another(backend: Backend) -> None:
    connection = BlockingConnection(backend.url)
    with ThreadPoolExecutor(20) as pool:
        waits = [pool.submit(connection.call, waiting(0.3)) for _ in range(19)]
        assert pool.submit(connection.call, increment("beside")).result(DEADLINE) == 1
        assert not any(wait.done() for wait in waits)
        assert [wait.result(DEADLINE) for wait in waits] == ["waited"] * 19
    connection.close()


def test_following(backend: Backend) -> None:
    connection = BlockingConnection(backend.url)
    follower = connection.follow(("counters:read", {"name": "followed"}))
    assert follower.next() == [Success(0.0)]
    with pytest.raises(TimeoutError):
        follower.next(timeout=0.05)
    connection.call(increment("followed"))
    assert follower.next(DEADLINE) == [Success(1.0)]
    follower.close()
    follower.close()
    with pytest.raises(ConnectionFailed):
        follower.next()
    connection.close()
    follower.close()


def test_closing_lets_nobody_wait(backend: Backend) -> None:
    connection = BlockingConnection(backend.url)
    follower = connection.follow(("counters:read", {"name": "closing"}))
    assert follower.next() == [Success(0.0)]
    with ThreadPoolExecutor(2) as pool:
        lost: list[Future[Any]] = [pool.submit(follower.next), pool.submit(connection.call, waiting(20.0))]
        connection.call(read("closing"))
        connection.close()
        for each in lost:
            with pytest.raises(ConnectionFailed, match="the client was closed"):
                each.result(DEADLINE)
    connection.close()
    with pytest.raises(ConnectionFailed, match="the client was closed"):
        connection.call(read("closing"))
    assert "convex" not in [thread.name for thread in threading.enumerate()]


def test_time_outs(proxy: Proxy) -> None:
    connection = BlockingConnection(proxy.url)
    assert connection.call(read("slow")) == 0
    proxy.hold()
    with pytest.raises(Timeout):
        connection.call(read("slower", timeout=0.1))
    proxy.release()
    assert connection.call(read("slower")) == 0
    connection.close()


def test_nobody_listens() -> None:
    connection = BlockingConnection(f"http://127.0.0.1:{free_port()}")
    for _ in range(2):
        with pytest.raises(ConnectionFailed):
            connection.call(read("nowhere", timeout=0.1))
    connection.close()


def test_signing_in_and_out(backend: Backend, issuer: Issuer) -> None:
    changes: list[bool] = []
    connection = BlockingConnection(backend.url, on_auth_change=changes.append)
    asked: list[bool] = []

    def fetch(force: bool) -> str:
        asked.append(force)
        return issuer.token("ada", "Ada")

    who = Call("mutation", "people:whoInMutation", {}, DEADLINE)
    assert connection.call(who) is None
    connection.set_auth(fetch)
    assert connection.call(who) == {"name": "Ada", "tokenIdentifier": f"{issuer.url}|ada"}
    assert (asked, changes) == ([False], [True])
    connection.set_auth(None)
    assert connection.call(who) is None
    connection.close()
