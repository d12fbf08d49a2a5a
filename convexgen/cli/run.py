"""`convexgen run`: calls one function of a running backend, and prints what it gives."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from convexgen.cli.streams import CLEAN, FINDINGS, UNREADABLE, say, waiting
from convexgen.dev.calling import Answer, CallError, UnreachableError, call
from convexgen.dev.data_folder import DEFAULT, DataFolder, RunningBackend
from convexgen.discover import find_project


@dataclass(frozen=True, slots=True)
class Target:
    """Which backend: the one that is named, or that of the project in `directory`."""

    directory: Path
    url: str | None
    admin_key: str | None
    data: Path | None


def run(target: Target, function: str, arguments: object, identity: object) -> int:
    backend = _backend(target)
    if backend is None:
        return UNREADABLE
    try:
        with waiting(f"{function} is running"):
            answer = call(backend, function, arguments, identity)
    except CallError as error:
        say(f"Error: {error}.")
        if isinstance(error, UnreachableError) and target.url is None:
            say("Start the backend with `convexgen dev`, or name another with --url and --admin-key.")
        return UNREADABLE
    return _tell(answer)


def _backend(target: Target) -> RunningBackend | None:
    if target.url is not None:
        if target.admin_key is not None:
            return RunningBackend(target.url, target.admin_key)
        say(f"Error: {target.url} wants the key of an administrator.")
        say("Name it with --admin-key, or in the environment variable CONVEX_SELF_HOSTED_ADMIN_KEY.")
        return None
    folder = target.data or find_project(target.directory.resolve()) / DEFAULT
    found = DataFolder(folder).running()
    if found is None:
        say(f"Error: no backend is running on {folder}.")
        say("Start it with `convexgen dev`, or name another with --url and --admin-key.")
    return found


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
