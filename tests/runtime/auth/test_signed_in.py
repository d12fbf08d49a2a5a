"""Users from their tokens to what functions see of them, over HTTP and on sockets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import websockets

from convexgen import AuthConfig
from convexgen.runtime.program.loading import load_program
from convexgen.runtime.server import sockets
from tests.runtime.auth.backend import auth_config
from tests.runtime.auth.issuing import DISCOVERY, Answer, LocalIssuer
from tests.runtime.auth.serving import ADMIN_KEY, DEADLINE, KEY, PACKAGE, REQUEST_ID, Client, Served, program
from tests.runtime.auth.signing import Signer, unsigned


@pytest.fixture(autouse=True)
def directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def served() -> Iterator[Served]:
    with LocalIssuer(KEY) as issuer, Served(issuer) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Client:
    return served.client()


def test_a_program_has_its_auth_config() -> None:
    assert program().auth is auth_config.auth
    assert isinstance(program().auth, AuthConfig)
    assert load_program(PACKAGE, ["schema"], "camel").auth is None


def value(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()["value"]


def test_functions_of_every_kind_know_the_caller(served: Served) -> None:
    ann, bob = served.token("ann"), served.token("bob", org={"id": 7})
    assert value(served.call("query", "users:me")) is None
    assert value(served.call("query", "users:me", ann)) is None
    stored = value(served.call("mutation", "users:store", ann))
    found = value(served.call("query", "users:me", ann))
    assert (found["_id"], found["name"], found["tokenIdentifier"]) == (stored, "ann", f"{served.issuer.url}|ann")
    assert value(served.call("query", "users:me", bob)) is None
    assert value(served.call("query", "users:me")) is None
    assert value(served.call("action", "users:names", ann)) == ["ann", "ann"]
    assert value(served.call("action", "users:names", bob)) == ["bob", None]
    assert value(served.call("action", "users:names")) == [None, None]
    assert value(served.call("query", "users:claims", bob)) == {"org": {"id": 7.0}}
    refused = served.call("mutation", "users:store").json()
    assert refused["errorMessage"].startswith(
        f"[Request ID: {REQUEST_ID}] Server Error\nUncaught PermissionError: nobody is signed in\n"
    )


def test_bad_tokens_over_http(served: Served) -> None:
    cases = {
        "x": "InvalidAuthHeader",
        unsigned({"alg": "RS256"}, {}): "InvalidAuthHeader",
        served.token(iss="https://evil.example.com"): "NoAuthProvider",
        served.token(aud="other"): "NoAuthProvider",
        served.token(exp=1): "Unauthenticated",
        served.token(nbf=served.now / 1000 + 30): "Unauthenticated",
        served.token(signer=Signer("RS256", "stranger")): "Unauthenticated",
        served.token(signer=Signer("ES256")): "Unauthenticated",
        unsigned({"alg": "none"}, {"iss": served.issuer.url, "sub": "eve", "aud": "app", "exp": 9e9}, b"x"):
            "Unauthenticated",
    }  # fmt: skip
    for token, code in cases.items():
        answer = served.call("query", "users:me", token)
        assert (answer.status_code, answer.json()["code"]) == (401, code), answer.text
        assert set(answer.json()) == {"code", "message"}


def test_outside_learns_nothing_of_who_is_believed() -> None:
    with LocalIssuer(KEY) as issuer, Served(issuer, "data") as served:
        answer = served.call("query", "users:me", served.token(aud="other"))
        assert answer.json() == {
            "code": "NoAuthProvider", "message": "No auth provider found matching the given token.",
        }  # fmt: skip
        issuer.answers[DISCOVERY] = Answer(status=500)
        answer = served.call("query", "users:me", served.token())
        assert (answer.status_code, answer.json()) == (
            503, {"code": "AuthProviderUnavailable", "message": "The token cannot be verified just now."},
        )  # fmt: skip


def test_signing_in_and_out_on_a_socket(served: Served, client: Client) -> None:
    client.sign_in(served.token("ann"))
    client.follow("users:me", "users:claims")
    assert client.transition() == (1, {0: None, 1: {}})
    client.say("Mutation", requestId=0, udfPath="users:store", args=[{}])
    assert client.hear()["success"]
    version, values = client.transition()
    assert (version, values[0]["name"]) == (1, "ann")
    served.now += 1000
    client.sign_in(served.token("ann", jti="another"), 1)
    assert client.transition() == (2, {})
    client.sign_in(served.token("bob"), 2)
    assert client.transition() == (3, {0: None})
    client.sign_in(None, 3)
    assert client.transition() == (4, {1: None})
    client.say("Action", requestId=1, udfPath="users:names", args=[{}])
    assert client.hear()["result"] == [None, None]


def over(client: Client) -> dict[str, Any]:
    """The last message, after which the socket is closed without a word."""
    last = client.hear()
    with pytest.raises(websockets.ConnectionClosed):
        client.socket.recv(DEADLINE)
    return last


def test_a_bad_token_ends_the_conversation(served: Served, client: Client) -> None:
    client.sign_in(served.token(exp=1))
    assert over(client) == {
        "type": "AuthError",
        "error": "Could not verify the token: it has expired.",
        "baseVersion": 0,
        "authUpdateAttempted": True,
    }


EXPIRED = {
    "type": "AuthError", "error": "Convex token identity expired", "baseVersion": 1, "authUpdateAttempted": False,
}  # fmt: skip


@pytest.mark.parametrize("kind", ["Mutation", "Action"])
def test_an_identity_expires_while_it_is_used(served: Served, client: Client, kind: str) -> None:
    client.sign_in(served.token())
    assert client.transition() == (1, {})
    served.now += 59_999
    client.say(kind, requestId=0, udfPath="users:store" if kind == "Mutation" else "users:names", args=[{}])
    assert client.hear()["success"]
    client.transition()
    served.now += 1
    client.say(kind, requestId=1, udfPath="users:store", args=[{}])
    assert over(client) == EXPIRED


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the server look all the time for what is over."""
    monkeypatch.setattr(sockets, "_TICK", 0.01)


@pytest.mark.usefixtures("ticking")
def test_an_identity_expires_while_nothing_happens(served: Served) -> None:
    client = served.client()
    client.sign_in(served.token())
    assert client.transition() == (1, {})
    served.now += 60_000
    assert over(client) == EXPIRED


@pytest.mark.usefixtures("ticking")
def test_whoever_came_by_a_provider_that_is_gone_has_to_leave(served: Served) -> None:
    signed_in, stranger = served.client(), served.client()
    signed_in.sign_in(served.token())
    assert signed_in.transition() == (1, {})
    served.trust([])
    assert over(signed_in) == {
        "type": "AuthError",
        "error": "The provider of the token is no longer one that is believed",
        "baseVersion": 1,
        "authUpdateAttempted": False,
    }
    stranger.follow("users:me")
    assert stranger.transition() == (0, {0: None})
    answer = served.call("query", "users:me", served.token())
    assert (answer.status_code, answer.json()["code"]) == (401, "NoAuthProvider")


def test_an_issuer_that_is_away_signs_nobody_out(served: Served, client: Client) -> None:
    served.issuer.answers[DISCOVERY] = Answer(status=502)
    client.sign_in(served.token())
    with pytest.raises(websockets.ConnectionClosed) as closed:
        client.socket.recv(DEADLINE)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1013, "AuthProviderUnavailable")
    answer = served.call("query", "users:me", served.token())
    assert (answer.status_code, answer.json()) == (
        503,
        {
            "code": "AuthProviderUnavailable",
            "message": "The token cannot be verified just now: "
            f"{served.issuer.url}{DISCOVERY} answered with status 502.",
        },
    )


def test_keys_are_rotated_under_a_running_server(served: Served) -> None:
    new = Signer("EdDSA", "new")
    assert value(served.call("query", "users:claims", served.token())) == {}
    served.issuer.rotate(new)
    assert served.call("query", "users:claims", served.token(signer=new)).status_code == 401
    served.now += 5_000
    assert value(served.call("query", "users:claims", served.token(signer=new))) == {}
    assert served.call("query", "users:claims", served.token()).status_code == 401


def test_http_actions_know_the_caller_when_they_ask(served: Served) -> None:
    assert served.get("/http/who").text == "nobody"
    token = served.token()
    assert served.get("/http/who", Authorization=f"Bearer {token}").text == f"{served.issuer.url}|ann"
    for header in ("Basic YTpi", f"Bearer {served.token(exp=1)}", "whsec_123"):
        assert served.get("/http/header", Authorization=header).text == header
        answer = served.get("/http/who", Authorization=header)
        assert answer.status_code == 500
        assert answer.json()["code"].startswith(f"[Request ID: {REQUEST_ID}] Server Error: Uncaught PermissionError: ")
    assert served.get("/http/who", Authorization=f"Convex {ADMIN_KEY}").text == "nobody"
