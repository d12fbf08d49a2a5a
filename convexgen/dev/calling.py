"""Asks a running backend as its administrator, to call a function above all: one request, one answer."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

from convexgen.backend_requests import NoAnswerError, NotHttpError, RefusedError, request
from convexgen.dev.data_folder import RunningBackend

_LONGEST_RUN = 1000.0
"""Seconds without a byte after which a function counts as lost: more than an action may take."""
_PATIENCE = 60.0
"""Seconds, for what is no function."""


class CallError(Exception):
    """The function was not called, or nobody knows what came of it. Its text says why."""


class UnreachableError(CallError):
    """There is nobody who could answer."""


class RefusedCallError(CallError):
    """The backend answered with another `status` than 200."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: `value` as JSON, or the text of an error and the data of a `ConvexError`."""

    value: Any
    error: str | None
    data: Any
    log_lines: tuple[str, ...]


def call(backend: RunningBackend, path: str, arguments: object, identity: object = None, form: str = "json") -> Answer:
    """Call a function of any kind, in the name of the user with the attributes `identity`. `form`: how values come.

    Raises `CallError`.
    """
    acting = "" if identity is None else f":{b64encode(json.dumps(identity).encode()).decode()}"
    asking = RunningBackend(backend.url, f"{backend.admin_key}{acting}")
    answer = ask(asking, "/api/function", {"path": path, "args": arguments, "format": form}, patience=_LONGEST_RUN)
    try:
        failed = answer["status"] == "error"
        error = answer["errorMessage"] if failed else None
        return Answer(answer.get("value"), error, answer.get("errorData"), tuple(answer.get("logLines", ())))
    except (TypeError, KeyError, AttributeError):
        raise CallError(f"{backend.url} does not answer as a backend does") from None


def ask(backend: RunningBackend, path: str, question: object = None, *, patience: float = _PATIENCE) -> Any:
    """The JSON that a route answers, None where it answers nothing: to a POST of the `question`, to a GET without one.

    `patience`: seconds without a byte after which it counts as unreachable. Raises `CallError`.
    """
    body = None if question is None else json.dumps(question).encode()
    return send(backend, path, body, "application/json", patience=patience)


def send(backend: RunningBackend, path: str, body: bytes | None, kind: str, *, patience: float = _PATIENCE) -> Any:
    """The same for a body of any `kind`, such as `application/octet-stream`."""
    with fetch(backend, path, body, kind, patience=patience) as response:
        answer = response.read()
        return json.loads(answer) if answer else None


@contextmanager
def fetch(
    backend: RunningBackend, path: str, body: bytes | None = None, kind: str = "", *, patience: float | None = _PATIENCE
) -> Iterator[HTTPResponse]:
    """The answer of a route, to be read bit by bit. Without `patience` it may take as long as it takes.

    Raises `CallError`, from the block too.
    """
    url = backend.url
    try:
        with request(url, path, backend.admin_key, body, kind, patience=patience) as response:
            yield response
    except RefusedError as error:
        raise RefusedCallError(f"{url} refuses: {_said(error)}", error.status) from None
    except NoAnswerError as error:
        raise UnreachableError(f"{url} cannot be reached: {error}") from None
    except NotHttpError:
        raise CallError(f"{url} is not the URL of a backend, such as http://127.0.0.1:3210") from None
    except ValueError:
        raise CallError(f"{url} does not answer as a backend does") from None


def _said(error: RefusedError) -> str:
    try:
        body = json.loads(error.body)
        return f"{body['message'].rstrip('.')} ({body['code']})"
    except (ValueError, TypeError, KeyError, AttributeError):
        return f"status {error.status}"
