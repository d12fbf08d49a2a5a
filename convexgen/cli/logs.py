"""`convexgen logs`: what functions of a running backend say and how they end, as it happens."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from convexgen.cli.ongoing import collect_garbage
from convexgen.cli.streams import CLEAN, INTERRUPTED, UNREADABLE, say
from convexgen.cli.target import Target, backend_of, refuse
from convexgen.dev.calling import CallError, UnreachableError, ask
from convexgen.dev.data_folder import RunningBackend

_PAUSE: Final = 1.0
"""Seconds before a backend that was lost is asked again."""

_KINDS: Final = {"Query": "query", "Mutation": "mutation", "Action": "action", "HttpAction": "http action"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """`history`: how many calls from before. `success`: those too that went well and said nothing. `follow`: go on."""

    history: int
    success: bool
    jsonl: bool
    follow: bool


def logs(target: Target, wishes: Wishes) -> int:
    """Goes on until it is interrupted."""
    backend = backend_of(target)
    if backend is None:
        return UNREADABLE
    try:
        entries, cursor = _asked(backend, 0)
        _show(entries[len(entries) - min(wishes.history, len(entries)) :], wishes)
        if not wishes.follow:
            return CLEAN
        collect_garbage()
        for entries in _following(backend, cursor):
            _show(entries, wishes)
    except CallError as error:
        return refuse(error, target)
    except KeyboardInterrupt:
        pass
    return INTERRUPTED


def _following(backend: RunningBackend, cursor: float) -> Iterator[list[Any]]:
    """What comes, for ever. A backend that is started anew is found again. Raises `CallError`."""
    is_lost = False
    while True:
        try:
            entries, cursor = _asked(backend, cursor)
        except UnreachableError as error:
            if not is_lost:
                say(f"{error}; trying again")
            is_lost = True
            time.sleep(_PAUSE)
            continue
        is_lost = False
        yield entries


def _asked(backend: RunningBackend, cursor: float) -> tuple[list[Any], float]:
    answer = ask(backend, f"/api/stream_function_logs?cursor={cursor!r}")
    try:
        return list(answer["entries"]), float(answer["newCursor"])
    except (TypeError, KeyError, ValueError):
        raise CallError(f"{backend.url} does not answer as a backend does") from None


def _show(entries: list[Any], wishes: Wishes) -> None:
    for entry in entries:
        if wishes.jsonl:
            sys.stdout.write(f"{json.dumps(entry, ensure_ascii=False)}\n")
        elif wishes.success or entry["error"] is not None or entry["logLines"]:
            sys.stdout.write(_text(entry))
    sys.stdout.flush()


def _text(entry: Any) -> str:
    """When, which function, how long it took; and below that what it said."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry["timestamp"]))
    kind = _KINDS[entry["udfType"]]
    lines = [*entry["logLines"], *(entry["error"] or "").splitlines()]
    first = f"{when} {kind} {entry['identifier']} ({entry['executionTime'] * 1000:.0f} ms)"
    return "".join([f"{first}\n", *(f"  {line}\n" for line in lines)])
