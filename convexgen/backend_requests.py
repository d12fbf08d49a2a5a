"""One request to a backend in the name of its administrator, for which the standard library's client does.

It follows no redirects: the key is for the backend that was named and for no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener


class RefusedError(Exception):
    """The backend answered with another `status` than 200, and `body`."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body


class NotHttpError(ValueError):
    """What was given is not a URL of HTTP."""


class NoAnswerError(Exception):
    """There is nobody who could answer. Its text says why, in small letters."""


@contextmanager
def request(
    url: str, path: str, key: str, body: bytes | None = None, kind: str = "", *, patience: float | None
) -> Iterator[HTTPResponse]:
    """The answer to a GET, or with a `body` of some `kind` (`application/json`) to a POST; to be read bit by bit.

    `path` may end with `?` and parameters. `patience`: seconds without a byte after which nobody is there; None waits
    as long as it takes. Raises `NotHttpError`, `RefusedError`, and `NoAnswerError`, from the block too.
    """
    headers = {"Authorization": f"Convex {key}", "Convex-Client": "convexgen-0.1.0"}
    if kind:
        headers["Content-Type"] = kind
    question = Request(_target(url, path), body, headers)
    try:
        with build_opener(_NoRedirects).open(question, timeout=patience) as response:
            yield response
    except HTTPError as error:
        with error:
            raise RefusedError(error.code, error.read()) from None
    except (URLError, OSError, HTTPException) as error:
        raise NoAnswerError(_plain(error.reason if isinstance(error, URLError) else error)) from None


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


def _target(url: str, path: str) -> str:
    base = urlsplit(url)
    if base.scheme not in ("http", "https"):
        raise NotHttpError(f"{url} is not a URL of HTTP")
    path, _, query = path.partition("?")
    return base._replace(path=f"{base.path.rstrip('/')}{path}", query=query, fragment="").geturl()


def _plain(why: object) -> str:
    if isinstance(why, TimeoutError):
        return "it does not answer"
    return (why.strerror if isinstance(why, OSError) and why.strerror else str(why)).lower()
