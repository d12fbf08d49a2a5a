"""Asks a backend what is live there, and sends it something else: the other end of `deploy_api`.

It follows no redirects: the key is for the backend that was named and for no other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx

from convexgen.dev.data_folder import RunningBackend
from convexgen.emit.spec import InvalidSpecError, parse
from convexgen.ir import Ir
from convexgen.production.bundle import Bundle
from convexgen.production.deploy_api import DEPLOY, PROGRAM

_TIMEOUT: Final = httpx.Timeout(30.0, read=None)
"""Seconds. Checking and indexing documents may take as long as it takes."""


class UploadError(Exception):
    """Nobody knows of anything that was deployed. Its text says why."""


def live_program(backend: RunningBackend) -> Ir | None:
    """The program that is live, None before the first. Raises `UploadError`."""
    with _asking(backend) as client:
        response = client.get(PROGRAM)
        _check(backend, response)
        if response.text == "null":
            return None
        return parse(response.text)


def upload(backend: RunningBackend, bundle: Bundle, say: Callable[[str], None], *, rehearse: bool) -> bool:
    """Whether the bundle is live now, or where that is rehearsed, would be. `say` is given what there is to say of it.

    Raises `UploadError`, also where the answer breaks off: it may be live all the same then.
    """
    body = bundle.model_dump_json().encode()
    parameters = {"rehearse": "true"} if rehearse else {}
    with _asking(backend) as client, client.stream("POST", DEPLOY, content=body, params=parameters) as response:
        if response.status_code != httpx.codes.OK:
            response.read()
        _check(backend, response)
        for line in response.iter_lines():
            said: dict[str, Any] = json.loads(line)
            if "good" in said:
                return bool(said["good"])
            say(str(said["say"]))
    raise UploadError(f"{backend.url} broke off in the middle: ask it again what is live")


@contextmanager
def _asking(backend: RunningBackend) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Convex {backend.admin_key}", "Convex-Client": "convexgen-0.1.0"}
    try:
        with httpx.Client(base_url=backend.url, headers=headers, timeout=_TIMEOUT) as client:
            yield client
    except (httpx.UnsupportedProtocol, httpx.InvalidURL):
        raise UploadError(f"{backend.url} is not the URL of a backend, such as https://api.example.com") from None
    except httpx.TransportError as error:
        raise UploadError(f"{backend.url} cannot be reached: {str(error).lower() or 'it does not answer'}") from None
    except (InvalidSpecError, ValueError, TypeError, KeyError, AttributeError):
        raise UploadError(f"{backend.url} does not answer as `convexgen serve` does") from None


def _check(backend: RunningBackend, response: httpx.Response) -> None:
    if response.status_code == httpx.codes.OK:
        return
    try:
        said = response.json()
        why = f"{said['message'].rstrip('.')} ({said['code']})"
    except (ValueError, TypeError, KeyError, AttributeError):
        why = f"status {response.status_code}"
    if response.status_code == httpx.codes.NOT_FOUND:
        why = f"{why}. Is it served by `convexgen serve`?"
    raise UploadError(f"{backend.url} refuses: {why}")
