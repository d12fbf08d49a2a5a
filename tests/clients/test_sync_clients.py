"""The npm clients that live on a WebSocket: the browser's, React's, and the one that both are made of.

Each goes through the same scenarios (`fixtures/clients/drivers/sync.ts`), and all three tell the same.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.clients.answers import REFUSED, kind_and_data
from tests.clients.backend import Backend
from tests.clients.driver import Drive, Driver
from tests.clients.issuer import Issuer
from tests.clients.programs import Programs
from tests.clients.proxy import Proxy

LOST = "[CONVEX A(talking:wait)] Connection lost while action was in flight\n  Called by client"
CLIENTS = ("BaseConvexClient", "ConvexClient", "ConvexReactClient")

Start = Callable[..., Driver]


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    name = request.param
    assert isinstance(name, str)
    return name


@pytest.fixture
def start(client: str, programs: Programs, drive: Drive) -> Start:
    """Starts a scenario with the client, on names that no other test uses."""

    def start(url: str, scenario: str, credential: str = "") -> Driver:
        return drive(programs.command("sync", url, client, scenario, f"{client} {scenario}", credential))

    return start


def test_queries_mutations_and_actions(start: Start, backend: Backend) -> None:
    """A subscription tells each new value before the mutation resolves that made it, and no more once it is ended."""
    assert start(backend.url, "calls").until_end() == [
        ("counter", 0),
        ("asked once", 0),
        ("counter", 2),
        ("incremented", 2),
        ("counter", 3),
        ("incremented", 3),
        ("acted", [3, 4, 5]),
        ("asked once", 5),
        ("in the order they were sent", [6, 8, 11]),
        ("incremented beside an action", 12),
        ("acted", "waited"),
    ]


def test_searches_are_told_of_what_answers_them(start: Start, backend: Backend) -> None:
    """Of words in a subscription that stays true, of meanings in an action that sees what was written before it."""
    assert start(backend.url, "searching").until_end() == [
        ("found", []),
        ("asked once", []),
        ("found", ["Tea is a drink"]),
        ("found", ["Green, greener: apples", "Tea is a drink"]),
        ("found", ["Green tea", "Green, greener: apples", "Tea is a drink"]),
        ("found", ["Green tea", "Tea is a drink"]),
        ("alike", ["Tea is a drink", "Coffee is no drink for the evening"]),
        ("found", ["Green tea", "Black tea", "Tea is a drink"]),
        ("alike", ["Tea is a drink", "Black tea"]),
    ]


def test_errors_arrive_with_their_data(start: Start, backend: Backend) -> None:
    """As `ConvexError` with data, whatever it is, or as `Error` with the text; and what was written is undone."""
    events = start(backend.url, "errors").until_end()

    assert [(event.name, *kind_and_data(event)) for event in events] == [
        ("refused query", "ConvexError", REFUSED),
        ("refused mutation", "ConvexError", REFUSED),
        ("refused action", "ConvexError", REFUSED),
        ("refused with a text", "ConvexError", "only a text"),
        ("refused with null", "ConvexError", None),
        ("broken query", "Error"),
        ("broken mutation", "Error"),
        ("broken action", "Error"),
        ("undone", "Error"),
        ("undone", "ConvexError", {"code": "limit", "count": 101, "limit": 100}),
        ("counted", 0),
    ]
    assert {event.name: event.value["message"] for event in events[4:8]} == {
        "refused with null": _message("Q(failures:refuseWith)", "ConvexError: null", "refuse_with", 28),
        "broken query": _message("Q(failures:breakQuery)", "ValueError: the query broke", "break_query", 33),
        "broken mutation": _message(
            "M(failures:breakMutation)", "ValueError: the mutation broke", "break_mutation", 38
        ),
        "broken action": _message("A(failures:breakAction)", "ValueError: the action broke", "break_action", 43),
    }


def _message(function: str, error: str, handler: str, line: int) -> str:
    """What a developer reads: who failed and how, and where in the functions."""
    frame = f"    at {handler} (../backend/failures.py:{line})"
    return f"{_failed(function, f'Uncaught {error}')}\n{frame}\n  Called by client"


def _failed(function: str, text: str) -> str:
    return f"[CONVEX {function}] [Request ID: …] Server Error\n{text}"


def test_wrong_calls_say_what_is_wrong(start: Start, backend: Backend, client: str) -> None:
    """In Convex's words, which people and programs know."""
    missing = "Could not find public function for"
    name = "v.object({name: v.string()})"
    said = {
        "missing query": ("Q(counters:forgotten)", f"{missing} 'counters:forgotten'."),
        "missing mutation": ("M(counters:forgotten)", f"{missing} 'counters:forgotten'."),
        "missing action": ("A(counters:forgotten)", f"{missing} 'counters:forgotten'."),
        "internal": ("Q(people:secret)", f"{missing} 'people:secret'."),
        "a mutation as a query": (
            "Q(counters:increment)",
            "Trying to execute counters.js:increment as Query, but it is defined as Mutation.",
        ),
        "a query as a mutation": (
            "M(counters:read)",
            "Trying to execute counters.js:read as Mutation, but it is defined as Query.",
        ),
        "missing argument": (
            "Q(counters:read)",
            "ArgumentValidationError: Object is missing the required field `name`. Consider wrapping the field "
            f"validator in `v.optional(...)` if this is expected.\n\nObject: {{}}\nValidator: {name}",
        ),
        "unknown argument": (
            "Q(counters:read)",
            "ArgumentValidationError: Object contains extra field `by` that is not in the validator.\n\n"
            f'Object: {{by: 1.0, name: "{client} misuse"}}\nValidator: {name}',
        ),
        "wrong argument": (
            "M(counters:increment)",
            'ArgumentValidationError: Value does not match validator.\nPath: .by\nValue: "1"\nValidator: v.float64()',
        ),
    }
    assert start(backend.url, "misuse").until_end() == [
        (what, {"kind": "Error", "message": f"{_failed(*words)}\n  Called by client"}) for what, words in said.items()
    ]


def test_a_subscription_fails_and_is_well_again(start: Start, backend: Backend) -> None:
    events = start(backend.url, "failingSubscription").until_end()

    assert [(event.name, *kind_and_data(event)) for event in events] == [
        ("value", 0),
        ("error", "ConvexError", {"code": "negative", "count": -5}),
        ("incremented", -5),
        ("value", 1),
        ("incremented", 1),
        ("value", 2),
        ("incremented", 2),
    ]


def test_what_functions_say_is_logged(start: Start, backend: Backend) -> None:
    broken = _failed(
        "M(talking:sayAndBreak)", "Uncaught ValueError: said\n    at say_and_break (../backend/talking.py:32)"
    )
    assert start(backend.url, "logLines").until_end() == [
        ("log", "[CONVEX Q(talking:sayInQuery)] [LOG] 'said 1 2.5 None'"),
        ("log", "[CONVEX M(talking:sayInMutation)] [INFO] 'said at length'"),
        ("log", "[CONVEX M(talking:sayInMutation)] [WARN] 'said, perhaps'"),
        ("log", "[CONVEX M(talking:sayInMutation)] [ERROR] 'said!'"),
        ("log", "[CONVEX A(talking:sayInAction)] [LOG] 'said'"),
        ("log", "[CONVEX M(talking:sayAndBreak)] [LOG] 'said'"),
        ("error", broken),
        ("broken", {"kind": "Error", "message": f"{broken}\n  Called by client"}),
    ]


def test_optimistic_updates_show_at_once_and_go_with_the_answer(start: Start, backend: Backend) -> None:
    """They show before the mutation is sent. A wrong guess is put right in one step, never by way of the old value."""
    events = start(backend.url, "optimism").until_end()

    assert [(event.name, *kind_and_data(event)) for event in events] == [
        ("counter", 0),
        ("counter", 1),
        ("sent", None),
        ("answered", 1),
        ("counter", 21),
        ("sent", None),
        ("counter", 3),
        ("answered", 3),
        ("counter", 1003),
        ("sent", None),
        ("counter", 3),
        ("answered", "ConvexError", {"code": "limit", "count": 1003, "limit": 100}),
        ("counter", 7),
        ("counter", 507),
        ("sent both", None),
        ("counter", 7),
        ("answered", 7),
        ("answered", "ConvexError", {"code": "limit", "count": 507, "limit": 100}),
    ]


def test_an_administrator_acts_for_people(start: Start, backend: Backend) -> None:
    ada = {"name": "Ada", "tokenIdentifier": "https://issuer.test|ada"}
    bob = {"name": None, "tokenIdentifier": "https://issuer.test|bob"}
    assert start(backend.url, "identity", backend.admin_key).until_end() == [
        ("who", None),
        ("who", ada),
        ("mutation", ada),
        ("action", ada),
        ("internal", "internal"),
        ("who", bob),
        ("mutation", bob),
    ]


def test_people_sign_in_and_out(start: Start, backend: Backend, proxy: Proxy, issuer: Issuer) -> None:
    """With a token of OpenID Connect, which a new connection is given before anything else."""
    ada = {"name": "Ada", "tokenIdentifier": f"{issuer.url}|ada"}
    driver = start(proxy.url, "signIn", issuer.token("ada", "Ada"))
    before = driver.until_gate("cut the network, and mend it")
    proxy.close()
    proxy.open()
    driver.go_on()

    assert before == [("who", None), ("authenticated", True), ("who", ada), ("mutation", ada), ("action", ada)]
    assert driver.until_end() == [("who", ada), ("mutation", ada), ("who", None), ("mutation", None)]


def test_a_strange_token_makes_nobody(start: Start, backend: Backend) -> None:
    """The client hears that it is not logged in, and what it asks is answered all the same."""
    assert start(backend.url, "strangeToken").until_end() == [
        ("authenticated", False),
        ("who", None),
        ("incremented", 1),
    ]


def test_pages_stay_gapless_while_items_come_and_go(start: Start, backend: Backend) -> None:
    """Each page goes on where the one before ends, whatever is put or taken: none is missing, none is there twice."""
    events = start(backend.url, "pages").until_end()

    assert [event.name for event in events] == [
        "all pages",
        "put before, between, within and behind",
        "taken at the end of one page and the beginning of the next",
        "taken the whole first page",
        "put again",
        "taken everything",
    ]
    for event in events:
        assert [place for page in event.value["pages"] for place in page] == event.value["all"], event
        assert event.value["done"] is True
    assert events[0].value["pages"] == [[10, 20, 30], [40, 50, 60], [70, 80]]
    assert events[1].value["pages"] == [[5, 10, 20, 30], [31, 32, 33, 40, 50, 60], [65, 70, 80, 90]]
    assert events[-1].value["all"] == []


def test_everybody_s_mutations_count(start: Start, backend: Backend) -> None:
    """Fifty mutations of one document from five clients at once: all of them commit, and all clients see the end."""
    assert start(backend.url, "crowd").until_end() == [("counts", list(range(1, 51))), ("seen", [50] * 5)]


def test_values_of_megabytes(start: Start, backend: Backend) -> None:
    assert start(backend.url, "large").until_end() == [("query", True), ("mutation", True), ("action", True)]


def test_a_killed_server_is_found_again(start: Start, mortal_backend: Backend) -> None:
    """Subscriptions and what was asked in between come back by themselves; only a running action is lost."""
    driver = start(mortal_backend.url, "reconnect")

    before = driver.until_gate("kill the server")
    mortal_backend.kill()
    driver.go_on()
    assert driver.until_gate("start the server") == []
    mortal_backend.start()
    driver.go_on()

    assert before == [("counter", 0), ("counter", 1), ("incremented", 1)]
    assert driver.until_end() == [
        ("lost", {"kind": "Error", "message": LOST}),
        ("counter", 11),
        ("arrived", 11),
        ("arrived", "waited"),
        ("connections since", 1),
        ("counter", 12),
        ("incremented", 12),
    ]


def test_what_changed_in_the_meantime_is_there(start: Start, backend: Backend, proxy: Proxy, client: str) -> None:
    driver = start(proxy.url, "comeBack")
    before = driver.until_gate("cut, let somebody else count, and mend")
    proxy.close()
    assert backend.mutation("counters:increment", {"name": f"{client} comeBack", "by": 100}) == 101
    proxy.open()
    driver.go_on()

    assert before == [("counter", 0), ("counter", 1), ("incremented", 1)]
    assert driver.until_end() == [("counter", 101), ("counter", 102), ("incremented", 102)]


def test_a_mutation_counts_once_though_its_answer_was_cut_off(start: Start, backend: Backend, proxy: Proxy) -> None:
    """The server has committed, the client never hears of it, and asks again over a new socket."""
    driver = start(proxy.url, "countedOnce")
    before = driver.until_gate("cut at the next answer")
    proxy.cut_at(b'"MutationResponse"')
    driver.go_on()
    after = driver.until_end()

    assert before == [("counter", 0), ("counter", 1), ("incremented", 1)]
    assert after == [("counter", 2), ("incremented", 2), ("connections since", 1), ("counted", 2)]
    assert proxy.cuts == 1
