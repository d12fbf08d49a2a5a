"""Documents from a real server, and from one that is not as it should be."""

from __future__ import annotations

import asyncio
import socket
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from convexgen.runtime.auth import fetching
from convexgen.runtime.auth.errors import IssuerUnavailableError
from convexgen.runtime.auth.fetching import WrongAnswerError, fetch
from tests.runtime.auth.issuing import KEYS, Answer, LocalIssuer

EMPTY = b'{"keys":[]}'
JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with LocalIssuer() as issuer:
        yield issuer


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8", "application/jwk-set+json"])
def test_a_document(issuer: LocalIssuer, kind: str) -> None:
    issuer.answers[KEYS] = Answer(b'{"keys": []}', headers={"Content-Type": kind})
    assert asyncio.run(fetch(f"{issuer.url}{KEYS}")) == b'{"keys": []}'


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=404), "answered with status 404"),
        (Answer(status=204), "answered with status 204"),
        (Answer(status=302, headers={"Location": "/elsewhere"}), "answered with status 302"),
        (Answer(b"{}", headers={"Content-Type": "text/html"}), "answered with text/html, not with JSON"),
        (Answer(b"{}", headers={}), "answered with no content type, not with JSON"),
        (Answer(b" " * (2**20 + 1), headers=JSON), "answered with more than 1048576 bytes"),
    ],
)
def test_wrong_answers(issuer: LocalIssuer, answer: Answer, reason: str) -> None:
    issuer.answers[KEYS] = answer
    with pytest.raises(WrongAnswerError) as refused:
        asyncio.run(fetch(f"{issuer.url}{KEYS}"))
    assert str(refused.value) == f"{issuer.url}{KEYS} {reason}"
    assert issuer.asked == [KEYS]


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_answers_that_may_be_better_later(issuer: LocalIssuer, status: int) -> None:
    issuer.answers[KEYS] = Answer(status=status)
    with pytest.raises(IssuerUnavailableError) as refused:
        asyncio.run(fetch(f"{issuer.url}{KEYS}"))
    assert str(refused.value) == f"{issuer.url}{KEYS} answered with status {status}"


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(IssuerUnavailableError, match=f"^{url} cannot be reached: "):
            asyncio.run(fetch(url))


def test_somebody_who_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_PATIENCE", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(IssuerUnavailableError, match=f"^{url} does not answer$"):
            asyncio.run(fetch(url))


@pytest.mark.parametrize(
    "url",
    [
        f"data:application/json,{EMPTY.decode()}",
        f"data:application/json,{quote(EMPTY)}",
        f"data:text/plain;charset=utf-8;base64,{b64encode(EMPTY).decode()}",
        f"data:;base64,{quote(b64encode(EMPTY))}",
    ],
)
def test_documents_in_their_url(url: str) -> None:
    assert asyncio.run(fetch(url)) == EMPTY


@pytest.mark.parametrize(
    "url", ["data:", "data:application/json", "data:;base64,!", "data:;base64,abc", "http://\x00/"]
)
def test_urls_that_lead_nowhere(url: str) -> None:
    with pytest.raises(WrongAnswerError):
        asyncio.run(fetch(url))
