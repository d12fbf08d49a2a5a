"""The PyPI client `convex`: a WebSocket through a library in Rust, and a small client for HTTP."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.clients.answers import MADE_BY_PYTHON, REFUSED, kind_and_data
from tests.clients.backend import Backend
from tests.clients.driver import Drive, Driver
from tests.clients.issuer import Issuer

Start = Callable[..., Driver]


@pytest.fixture
def start(drive: Drive) -> Start:
    """Starts a scenario, on names that no other test uses."""

    def start(backend: Backend, scenario: str, credential: str = "") -> Driver:
        module = (sys.executable, "-m", "tests.clients.python_driver")
        return drive((*module, backend.url, scenario, f"python {scenario}", credential))

    return start


def test_queries_mutations_and_actions(start: Start, backend: Backend) -> None:
    assert start(backend, "calls").until_end() == [
        ("query", 0),
        ("printed", "[LOG] 'counted to 2'"),
        ("mutation", 2),
        ("printed", "[LOG] 'counted to 3'"),
        ("mutation", 3),
        ("printed", "[LOG] 'counted to 4'"),
        ("printed", "[LOG] 'counted to 5'"),
        ("action", [3, 4, 5]),
        ("subscribed", 5),
        ("printed", "[LOG] 'counted to 6'"),
        ("mutation", 6),
        ("subscribed", 6),
    ]


def test_errors_arrive_with_their_data(start: Start, backend: Backend) -> None:
    events = start(backend, "errors").until_end()

    assert [(event.name, *kind_and_data(event)) for event in events] == [
        ("refused query", "ConvexError", REFUSED),
        ("refused mutation", "ConvexError", REFUSED),
        ("refused action", "ConvexError", REFUSED),
        ("broken query", "Exception"),
        ("broken mutation", "Exception"),
        ("broken action", "Exception"),
        ("missing", "Exception"),
        ("undone", "ConvexError", {"code": "limit", "count": 101, "limit": 100}),
        ("counted", 0),
    ]


def test_subscriptions(start: Start, backend: Backend) -> None:
    """One fails and is well again; they can be waited for in an `async` loop, and all at a time."""
    events = start(backend, "subscriptions").until_end()

    assert [(event.name, *kind_and_data(event)) for event in events] == [
        ("subscribed", 0),
        ("printed", "[LOG] 'counted to -5'"),
        ("failed", "ConvexError", {"code": "negative", "count": -5}),
        ("printed", "[LOG] 'counted to 1'"),
        ("well again", 1),
        ("in an async loop", 1),
        ("printed", "[LOG] 'counted to 2'"),
        ("all", [{"type": "value", "value": 2}] * 2),
    ]


def test_pages_while_items_come_and_go(start: Start, backend: Backend) -> None:
    """What is put behind is not read, what is taken ahead neither, and all others are read once."""
    assert start(backend, "pages").until_end() == [("page", [10, 20]), ("page", [40, 50]), ("page", [])]


def test_the_client_for_http(start: Start, backend: Backend) -> None:
    events = start(backend, "http", backend.admin_key).until_end()

    assert [(event.name, *kind_and_data(event)) for event in events] == [
        ("query", 0),
        ("mutation", 2),
        ("action", [2, 3]),
        ("refused", "ConvexError", REFUSED),
        ("broken", "ConvexExecutionError"),
        ("missing", "ConvexExecutionError"),
        ("internal", "ConvexExecutionError"),
        ("internal, for an administrator", "internal"),
    ]


def test_people_sign_in_and_out(start: Start, backend: Backend, issuer: Issuer) -> None:
    """Over a socket and over HTTP, with a token of OpenID Connect."""
    ada = {"name": "Ada", "tokenIdentifier": f"{issuer.url}|ada"}

    assert start(backend, "sign_in", issuer.token("ada", "Ada")).until_end() == [
        ("visitor", [None, None]),
        ("query", [ada, ada]),
        ("mutation", [ada, ada]),
        ("action", [ada, ada]),
        ("visitor", [None, None]),
    ]


def test_values_there_and_back(start: Start, backend: Backend) -> None:
    """Whatever the way, what comes back is what was sent."""
    *echoes, large, made = start(backend, "values").until_end()

    assert len(echoes) == 8
    for echo in echoes:
        assert set(echo.value) == {"sent", "query", "mutation", "action", "overHttp"}
        assert [echo.value[way] == echo.value["sent"] for way in echo.value] == [True] * 5, echo
    assert large == ("large", [True, True])
    assert made == ("made by Python", MADE_BY_PYTHON)


def test_a_killed_server_is_found_again(start: Start, mortal_backend: Backend) -> None:
    driver = start(mortal_backend, "reconnect")
    before = driver.until_gate("kill the server and start it")
    mortal_backend.kill()
    mortal_backend.start()
    driver.go_on()

    assert before == [("printed", "[LOG] 'counted to 1'"), ("mutation", 1), ("subscribed", 1)]
    assert driver.until_end() == [("printed", "[LOG] 'counted to 2'"), ("mutation", 2), ("subscribed", 2)]


def test_what_others_do_is_heard(start: Start, backend: Backend) -> None:
    """A mutation over HTTP wakes a subscription on a socket."""
    driver = start(backend, "watch")
    before = driver.until_gate("let others count")
    for _ in range(3):
        backend.mutation("counters:increment", {"name": "python watch"})
    driver.go_on()

    assert before == [("subscribed", 0)]
    heard = [event.value for event in driver.until_end()]
    assert heard[-1] == 3
    assert heard == sorted(set(heard))
