"""Calls a function of a running backend as its administrator: one request, one answer.

It follows no redirects: the key is for the backend that was named and for no other.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from convexgen.dev.data_folder import RunningBackend

_LONGEST_RUN = 1000.0
"""Seconds without a byte after which a function counts as lost: more than an action may take."""


class CallError(Exception):
    """The function was not called, or nobody knows what came of it. Its text says why."""


class UnreachableError(CallError):
    """There is nobody who could answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: `value` as JSON, or the text of an error and the data of a `ConvexError`."""

    value: Any
    error: str | None
    data: Any
    log_lines: tuple[str, ...]


def call(backend: RunningBackend, path: str, arguments: object, identity: object = None) -> Answer:
    """Call a function of any kind, in the name of the user with the attributes `identity`. Raises `CallError`."""
    acting = "" if identity is None else f":{b64encode(json.dumps(identity).encode()).decode()}"
    headers = {
        "Authorization": f"Convex {backend.admin_key}{acting}",
        "Content-Type": "application/json",
        "Convex-Client": "convexgen-0.1.0",
    }
    question = json.dumps({"path": path, "args": arguments, "format": "json"}).encode()
    answer = _answered(backend.url, headers, question)
    try:
        failed = answer["status"] == "error"
        error = answer["errorMessage"] if failed else None
        return Answer(answer.get("value"), error, answer.get("errorData"), tuple(answer.get("logLines", ())))
    except (TypeError, KeyError, AttributeError):
        raise CallError(f"{backend.url} does not answer as a backend does") from None


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


def _answered(url: str, headers: dict[str, str], question: bytes) -> Any:
    base = urlsplit(url)
    if base.scheme not in ("http", "https"):
        raise CallError(f"{url} is not the URL of a backend, such as http://127.0.0.1:3210")
    target = base._replace(path=f"{base.path.rstrip('/')}/api/function", query="", fragment="").geturl()
    try:
        request = Request(target, question, headers, method="POST")
        with build_opener(_NoRedirects).open(request, timeout=_LONGEST_RUN) as response:
            return json.loads(response.read())
    except HTTPError as error:
        with error:
            raise CallError(f"{url} refuses: {_said(error)}") from None
    except (URLError, OSError, HTTPException) as error:
        why = error.reason if isinstance(error, URLError) else error
        raise UnreachableError(f"{url} cannot be reached: {_plain(why)}") from None
    except ValueError:
        raise CallError(f"{url} does not answer as a backend does") from None


def _said(error: HTTPError) -> str:
    try:
        body = json.loads(error.read())
        return f"{body['message'].rstrip('.')} ({body['code']})"
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"status {error.code}"


def _plain(why: object) -> str:
    if isinstance(why, TimeoutError):
        return "it does not answer"
    return (why.strerror if isinstance(why, OSError) and why.strerror else str(why)).lower()
