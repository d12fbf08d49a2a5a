"""The PyPI client `convex`, put through a scenario.

`python -m tests.clients.python_driver URL SCENARIO NAME CREDENTIAL`: NAME keeps scenarios apart that run on one server.
A process of its own, because the client holds the interpreter's lock while it waits, and cannot be interrupted. It
talks to the test as the drivers for Node do.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from convex import ConvexClient, ConvexError, ConvexInt64
from convex.http_client import ConvexHttpClient
from convex.values import JsonValue, strict_convex_to_json


@dataclass(frozen=True, slots=True)
class Setting:
    """What a scenario works with. `credential`: an administrator's key or a person's token."""

    url: str
    name: str
    credential: str

    @property
    def counter(self) -> dict[str, Any]:
        return {"name": self.name}


def tell(event: str, value: Any = None) -> None:
    _tell(event, strict_convex_to_json(value))


def _tell(event: str, value: JsonValue) -> None:
    print(json.dumps([event, value]), flush=True)  # noqa: T201


def tell_outcome(
    event: str, call: Callable[[], Any], encode_data: Callable[[Any], JsonValue] = strict_convex_to_json
) -> None:
    """What comes of a call, be it a value or an error. Whatever the client raises is one of its outcomes."""
    try:
        value = call()
    except ConvexError as error:
        _tell(event, {"kind": "ConvexError", "message": str(error), "data": encode_data(error.data)})
    except Exception as error:
        _tell(event, {"kind": type(error).__name__, "message": str(error)})
    else:
        tell(event, value)


def as_it_came(data: Any) -> Any:
    """The client for HTTP hands on the data of errors in the encoding of the wire."""
    return data


def gate(name: str) -> None:
    tell("gate", name)
    sys.stdin.readline()


def calls(setting: Setting) -> None:
    client = ConvexClient(setting.url)
    tell("query", client.query("counters:read", setting.counter))
    tell("mutation", client.mutation("counters:increment", {**setting.counter, "by": 2}))
    tell("mutation", client.mutation("counters.js:increment", setting.counter))
    tell("action", client.action("counters:incrementTimes", {**setting.counter, "times": 2}))
    subscription = client.subscribe("counters:read", setting.counter)
    tell("subscribed", next(subscription))
    tell("mutation", client.mutation("counters:increment", setting.counter))
    tell("subscribed", _news(subscription, than=5.0))
    subscription.unsubscribe()


def _news(subscription: Any, *, than: Any) -> Any:
    """The next value that differs: an iterator also gives the value again when something else has happened."""
    return next(value for value in islice(subscription, 10) if value != than)


def errors(setting: Setting) -> None:
    client = ConvexClient(setting.url)
    tell_outcome("refused query", lambda: client.query("failures:refuseQuery"))
    tell_outcome("refused mutation", lambda: client.mutation("failures:refuseMutation"))
    tell_outcome("refused action", lambda: client.action("failures:refuseAction"))
    tell_outcome("broken query", lambda: client.query("failures:breakQuery"))
    tell_outcome("broken mutation", lambda: client.mutation("failures:breakMutation"))
    tell_outcome("broken action", lambda: client.action("failures:breakAction"))
    tell_outcome("missing", lambda: client.query("failures:forgotten"))
    over = {**setting.counter, "by": 101}
    tell_outcome("undone", lambda: client.mutation("counters:incrementUpToLimit", over))
    tell("counted", client.query("counters:read", setting.counter))


def subscriptions(setting: Setting) -> None:
    """Subscriptions that fail and are well again, in a loop, in an `async` loop, and many at a time."""
    client = ConvexClient(setting.url)
    subscription = client.subscribe("counters:guarded", setting.counter)
    tell("subscribed", next(subscription))
    client.mutation("counters:increment", {**setting.counter, "by": -5})
    tell_outcome("failed", lambda: _news(subscription, than=0.0))
    client.mutation("counters:increment", {**setting.counter, "by": 6})
    tell("well again", _after_errors(subscription))
    reading = client.subscribe("counters:read", setting.counter)
    tell("in an async loop", asyncio.run(_first(reading)))
    every_subscription = client.watch_all()  # tells what happens from now on
    client.mutation("counters:increment", setting.counter)
    everything = next(every_subscription)
    tell("all", list((everything or {}).values()))


def _after_errors(subscription: Any) -> Any:
    for _ in range(10):
        with suppress(ConvexError):
            return next(subscription)
    raise AssertionError("the subscription goes on failing")


async def _first(subscription: Any) -> Any:
    async for value in subscription:
        return value


def pages(setting: Setting) -> None:
    """Page after page, while items come and go behind and ahead."""
    client, shelf = ConvexClient(setting.url), {"shelf": setting.name}
    client.mutation("items:put", {**shelf, "places": [10, 20, 30, 40, 50, 60]})
    cursor, done = None, False
    while not done:
        options: Any = {"numItems": 2, "cursor": cursor}
        found = client.query("items:page", {**shelf, "paginationOpts": options})
        tell("page", found["page"])
        client.mutation("items:put", {**shelf, "places": [place - 1 for place in found["page"]]})
        client.mutation("items:take", {**shelf, "places": [place + 10 for place in found["page"]]})
        cursor, done = found["continueCursor"], found["isDone"]


def http(setting: Setting) -> None:
    client = ConvexHttpClient(setting.url)
    tell("query", client.query("counters:read", setting.counter))
    tell("mutation", client.mutation("counters:increment", {**setting.counter, "by": 2}))
    tell("action", client.action("counters:incrementTimes", {**setting.counter, "times": 1}))
    tell_outcome("refused", lambda: client.mutation("failures:refuseMutation"), as_it_came)
    tell_outcome("broken", lambda: client.mutation("failures:breakMutation"))
    tell_outcome("missing", lambda: client.query("failures:forgotten"))
    tell_outcome("internal", lambda: client.query("people:secret"))
    client.set_admin_auth(setting.credential)
    tell("internal, for an administrator", client.query("people:secret"))


VALUES: Final[dict[str, Any]] = {
    "null": None,
    "booleans": [True, False],
    "numbers": [0.0, -0.0, 5.0, 0.1, 1e300, float("inf"), float("-inf"), float("nan")],
    "64 bits": [ConvexInt64(0), ConvexInt64(-1), ConvexInt64(2**63 - 1), ConvexInt64(-(2**63))],
    "text": 'quote " backslash \\ é 😀 \u2028 \u0000',
    "bytes": [b"", b"\x00\x7f\x80\xff"],
    "empty": [[], {}],
    "nested": {"a": [{"b": [ConvexInt64(1), [None, {"c": b"\x01"}]]}], "with space": 1.0},
}


def values(setting: Setting) -> None:
    socket, http = ConvexClient(setting.url), ConvexHttpClient(setting.url)
    for what, value in VALUES.items():
        arguments = {"value": value}
        echoes = {
            "sent": value,
            "query": socket.query("values:echoQuery", arguments),
            "mutation": socket.mutation("values:echoMutation", arguments),
            "action": socket.action("values:echoAction", arguments),
            "overHttp": http.mutation("values:echoMutation", arguments),
        }
        tell(what, echoes)
    large: dict[str, Any] = {"value": "0123456789abcdef" * 400_000}
    tell("large", [client.query("values:echoQuery", large) == large["value"] for client in (socket, http)])
    tell("made by Python", socket.query("values:specimens"))


def sign_in(setting: Setting) -> None:
    socket, http = ConvexClient(setting.url), ConvexHttpClient(setting.url)
    tell("visitor", [client.query("people:who") for client in (socket, http)])
    socket.set_auth(setting.credential)
    http.set_auth(setting.credential)
    tell("query", [client.query("people:who") for client in (socket, http)])
    tell("mutation", [client.mutation("people:whoInMutation") for client in (socket, http)])
    tell("action", [client.action("people:whoInAction") for client in (socket, http)])
    socket.clear_auth()
    http.clear_auth()
    tell("visitor", [client.query("people:who") for client in (socket, http)])


def reconnect(setting: Setting) -> None:
    """The server dies and comes back between two calls; the subscription goes on."""
    client = ConvexClient(setting.url)
    tell("mutation", client.mutation("counters:increment", setting.counter))
    subscription = client.subscribe("counters:read", setting.counter)
    tell("subscribed", next(subscription))
    gate("kill the server and start it")
    tell("mutation", client.mutation("counters:increment", setting.counter))
    tell("subscribed", _news(subscription, than=1.0))


def watch(setting: Setting) -> None:
    """Hear what other clients do, for as long as the counter is below three."""
    client = ConvexClient(setting.url)
    subscription = client.subscribe("counters:read", setting.counter)
    count: Any = next(subscription)
    tell("subscribed", count)
    gate("let others count")
    while count < 3:
        tell("heard", count := _news(subscription, than=count))


def chat(setting: Setting) -> None:
    """Hear what is said in the only channel of the chat."""
    client = ConvexClient(setting.url)
    [channel] = client.query("channels:list")
    subscription = client.subscribe("messages:latest", {"channel": channel["_id"]})
    tell("in the channel", _texts(next(subscription)))
    gate("let others talk")
    heard: list[str] = []
    while len(heard) < 2:
        heard = _texts(next(subscription))
    tell("in the channel", heard)


def _texts(messages: Any) -> list[str]:
    return [message["text"] for message in messages]


SCENARIOS: Final[dict[str, Callable[[Setting], None]]] = {
    scenario.__name__: scenario
    for scenario in (calls, chat, errors, http, pages, reconnect, sign_in, subscriptions, values, watch)
}

if __name__ == "__main__":
    _, url, scenario, name, credential = sys.argv
    SCENARIOS[scenario](Setting(url, name, credential))
    sys.stdout.flush()
    os._exit(0)  # the client's threads may hold up the interpreter's own end, or crash in it
