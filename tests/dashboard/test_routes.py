"""The routes below `/dashboard`, on a server without a network."""

from __future__ import annotations

import re

import pytest

from convexgen.dashboard.files import page_files
from convexgen.dashboard.routes import Dashboard
from convexgen.runtime.engine.health import Health
from convexgen.runtime.server.app import About, application
from convexgen.runtime.server.authorization import Access
from tests.runtime.server.conftest import Client

KEY = "local|0123abcd"
BASE = "http://127.0.0.1:3210"
OWN = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}
HEALTH = Health(cache_hits=3, query_runs=2, cache_bytes=700, conflicts=1, commits=5, subscriptions=4)


def client_of(key: str | None) -> Client:
    dashboard = Dashboard(Access(KEY), key, lambda: HEALTH, lambda: 6)
    return Client(application(About("convexgen 1.2.3", "local"), dashboard.routes()))


@pytest.fixture
def client() -> Client:
    return client_of(KEY)


def test_the_page_may_load_its_own_files_alone(client: Client) -> None:
    answer = client.get("/dashboard")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert KEY.partition("|")[2] not in answer.text


def test_the_page_has_nothing_inline_and_nothing_of_others(client: Client) -> None:
    text = client.get("/dashboard").text

    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?://", text) == []
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', text):
        assert client.get(address).status_code == 200, address


def test_modules_import_what_is_there(client: Client) -> None:
    for name, file in page_files().items():
        for imported in re.findall(r'^import .* from "\./(.*)";$', file.content.decode(), re.MULTILINE):
            assert (
                client.get(f"/dashboard/app/{imported}").headers["content-type"] == "text/javascript; charset=utf-8"
            ), name


def test_no_file_reads_html() -> None:
    """What a backend sends is text, wherever it is shown."""
    for name, file in page_files().items():
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function\(", file.content.decode()
        ), name


@pytest.mark.parametrize(
    "path",
    ["nothing.js", "..%2F__init__.py", "%2e%2e/__init__.py", "index.html", "../callers.py", "%2Fetc%2Fpasswd", ""],
)
def test_other_files_are_not_given(client: Client, path: str) -> None:
    assert client.get(f"/dashboard/app/{path}").status_code == 404


def test_files_are_not_sent_twice(client: Client) -> None:
    first = client.get("/dashboard/app/main.js")

    again = client.get("/dashboard/app/main.js", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_the_page_of_this_machine_is_given_the_key(client: Client) -> None:
    answer = client.post("/dashboard/key", headers=OWN)

    assert (answer.status_code, answer.json()) == (200, {"key": KEY})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "it does not come from the dashboard"),
        ({**OWN, "Sec-Fetch-Site": "cross-site"}, "it does not come from the dashboard"),
        ({**OWN, "Origin": "https://evil.example"}, "it does not come from the dashboard"),
        (
            {**OWN, "Host": "evil.example", "Origin": "http://evil.example"},
            "it does not call this machine by a name of its own, such as localhost",
        ),
        ({**OWN, "X-Forwarded-For": "8.8.8.8"}, "a proxy has passed it on"),
    ],
)
def test_others_are_not(client: Client, headers: dict[str, str], why: str) -> None:
    answer = client.post("/dashboard/key", headers=headers)

    assert answer.status_code == 403
    assert answer.json() == {"code": "KeyNeeded", "message": f"This request is not given the admin key: {why}."}


def test_where_others_are_served_nobody_is_given_the_key() -> None:
    answer = client_of(None).post("/dashboard/key", headers=OWN)

    assert (answer.status_code, answer.json()["code"]) == (403, "KeyNeeded")
    assert KEY not in answer.text


def test_a_key_is_asked_for_by_post(client: Client) -> None:
    assert client.get("/dashboard/key", headers=OWN).status_code == 405


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/key", "/dashboard/health", "/dashboard/app/main.js"])
def test_no_other_origin_may_read_anything(client: Client, path: str) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    answers = [client.get(path, headers=asked), client.post(path, headers=asked), client.options(path, headers=asked)]

    assert [each.headers.get("access-control-allow-origin") for each in answers] == [None, None, None]


def test_health_is_told_to_administrators(client: Client) -> None:
    answer = client.get("/dashboard/health", headers={"Authorization": f"Convex {KEY}"})

    assert answer.json() == {
        "cache_hits": 3,
        "query_runs": 2,
        "cache_bytes": 700,
        "conflicts": 1,
        "commits": 5,
        "subscriptions": 4,
        "sockets": 6,
    }


@pytest.mark.parametrize(
    ("authorization", "refused"),
    [(None, 403), ("Convex local|wrong", 401), ("Bearer abc", 401), (f"Convex {KEY}x", 401)],
)
def test_health_is_told_to_nobody_else(client: Client, authorization: str | None, refused: int) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}

    assert client.get("/dashboard/health", headers=headers).status_code == refused
