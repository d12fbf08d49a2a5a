"""Tokens that are refused or run out: the official clients ask for others, and are logged out when there are none."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import jwt
import pytest

from tests.clients.backend import Backend
from tests.clients.driver import Drive, Event
from tests.clients.issuer import KEY_ID, Issuer
from tests.clients.programs import Programs, run_tool

Told: TypeAlias = Callable[..., list[Event]]


@pytest.fixture(scope="module")
def driver(project: Path, programs: Programs, node_modules: Path) -> Programs:
    """`tokens.ts`, beside the other drivers."""
    run_tool(
        node_modules / ".bin" / "esbuild",
        *("drivers/tokens.ts", "--bundle", "--packages=external", "--platform=node", "--format=esm"),
        *("--target=node20", "--log-level=warning", f"--outdir={programs.folder}"),
        cwd=project,
    )
    return programs


@pytest.fixture(params=["BaseConvexClient", "ConvexClient", "ConvexReactClient"])
def client(request: pytest.FixtureRequest) -> str:
    assert isinstance(request.param, str)
    return request.param


@pytest.fixture
def told(drive: Drive, driver: Programs, backend: Backend, tmp_path: Path) -> Told:
    """What a client tells that is given tokens, which are made when it is ready for them."""

    def told(client: str, make: Callable[[], list[str]], until: str = "") -> list[Event]:
        file = tmp_path / "tokens.json"
        running = drive(driver.command("tokens", backend.url, client, str(file), until))
        assert running.until_gate("write the tokens") == [("who", None)]
        file.write_text(json.dumps(make()), encoding="utf-8")
        running.go_on()
        return running.until_end()

    return told


def token(issuer: Issuer, name: str, **claims: Any) -> str:
    """A token that is good for an hour, but for what `claims` say."""
    now = int(time.time())
    sure = {"iss": issuer.url, "sub": name, "name": name, "aud": "convex", "iat": now, "exp": now + 3600}
    return jwt.encode({**sure, **claims}, issuer.key, "RS256", {"kid": KEY_ID})


def test_a_refused_token_is_replaced(told: Told, client: str, issuer: Issuer) -> None:
    """As with one that was kept from a former visit."""
    now = int(time.time())
    old = token(issuer, "Ada", iat=now - 7200, exp=now - 3600)
    assert told(client, lambda: [old, token(issuer, "Ada")], "Ada") == [
        ("asked for a token", False),
        ("asked for a token", True),
        ("authenticated", True),
        ("who", "Ada"),
        ("asked once", "Ada"),
    ]


def test_who_has_no_good_token_is_logged_out(told: Told, client: str, issuer: Issuer) -> None:
    assert told(client, lambda: [token(issuer, "Ada", aud="elsewhere")]) == [
        ("asked for a token", False),
        ("asked for a token", True),
        ("authenticated", False),
        ("asked once", None),
    ]


def test_a_token_that_runs_out_is_replaced(told: Told, issuer: Issuer) -> None:
    """The server notices, though the client takes its token to be good for an hour."""

    def tokens() -> list[str]:
        end = int(time.time()) + 3
        short = token(issuer, "Ada", iat=end - 3600, exp=end)
        return [short, short, token(issuer, "Bob")]

    assert told("ConvexReactClient", tokens, "Bob") == [
        ("asked for a token", False),
        ("asked for a token", True),
        ("authenticated", True),
        ("who", "Ada"),
        ("asked for a token", True),
        ("authenticated", True),
        ("who", "Bob"),
        ("asked once", "Bob"),
    ]
