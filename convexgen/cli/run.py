"""`convexgen run`: calls one function of a running backend, and prints what it gives."""

from __future__ import annotations

import json
import sys

from convexgen.cli.streams import CLEAN, FINDINGS, UNREADABLE, say, waiting
from convexgen.cli.target import Target, backend_of, refuse
from convexgen.dev.calling import Answer, CallError, call


def run(target: Target, function: str, arguments: object, identity: object) -> int:
    backend = backend_of(target)
    if backend is None:
        return UNREADABLE
    try:
        with waiting(f"{function} is running"):
            answer = call(backend, function, arguments, identity)
    except CallError as error:
        return refuse(error, target)
    return _tell(answer)


def _tell(answer: Answer) -> int:
    for line in answer.log_lines:
        say(line)
    if answer.error is not None:
        say(answer.error)
        if answer.data is not None:
            say(f"Data: {_pretty(answer.data)}")
        return FINDINGS
    sys.stdout.write(f"{_pretty(answer.value)}\n")
    sys.stdout.flush()
    return CLEAN


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
