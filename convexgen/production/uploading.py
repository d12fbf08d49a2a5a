"""Asks a backend what is live there, and sends it something else: the other end of `deploy_api`."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus

from convexgen.dev.calling import CallError, RefusedCallError, UnreachableError, fetch
from convexgen.dev.data_folder import RunningBackend
from convexgen.emit.spec import InvalidSpecError, parse
from convexgen.ir import Ir
from convexgen.production.bundle import Bundle
from convexgen.production.deploy_api import DEPLOY, PROGRAM


def live_program(backend: RunningBackend) -> Ir | None:
    """The program that is live, None before the first. Raises `CallError`."""
    try:
        with fetch(backend, PROGRAM) as response:
            text = response.read().decode()
        return None if text == "null" else parse(text)
    except RefusedCallError as error:
        raise _with_hint(error) from None
    except (InvalidSpecError, ValueError):
        raise _unlike_a_server(backend) from None


def upload(backend: RunningBackend, bundle: Bundle, say: Callable[[str], None], *, rehearse: bool) -> bool:
    """Whether the bundle is live now, or where that is rehearsed, would be. `say` is given what there is to say of it.

    Checking and indexing documents takes as long as it takes. Raises `CallError`, also where the answer breaks off: it
    may be live all the same then.
    """
    path = f"{DEPLOY}?rehearse=true" if rehearse else DEPLOY
    body = bundle.model_dump_json().encode()
    began = False
    try:
        with fetch(backend, path, body, "application/json", patience=None) as response:
            began = True
            for line in response:
                said = json.loads(line)
                if "good" in said:
                    return bool(said["good"])
                say(str(said["say"]))
    except RefusedCallError as error:
        raise _with_hint(error) from None
    except UnreachableError:
        if not began:
            raise
    except (TypeError, KeyError):
        raise _unlike_a_server(backend) from None
    raise CallError(f"{backend.url} broke off in the middle: ask it again what is live")


def _with_hint(error: RefusedCallError) -> CallError:
    return CallError(f"{error}. Is it served by `convexgen serve`?") if error.status == HTTPStatus.NOT_FOUND else error


def _unlike_a_server(backend: RunningBackend) -> CallError:
    return CallError(f"{backend.url} does not answer as `convexgen serve` does")
