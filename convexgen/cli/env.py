"""`convexgen env`: the variables that functions find in `os.environ` and `auth_config.py` in `env()`.

Values are printed only where they are asked for.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path

from convexgen.cli.streams import CLEAN, FINDINGS, UNREADABLE, count, say
from convexgen.cli.target import Target, named_backend, refuse
from convexgen.dev.calling import CallError, UnreachableError
from convexgen.dev.variables import KeptVariables, ServedVariables, Variables
from convexgen.runtime.store import StoreError
from convexgen.runtime.variables import InvalidVariableError

_needs_no_quotes = re.compile(r"[A-Za-z0-9_./:@%+,=~^-]*").fullmatch

_OURS = frozenset({"CONVEX_DEPLOY_KEY", "CONVEX_DEPLOYMENT", "CONVEX_SELF_HOSTED_URL", "CONVEX_SELF_HOSTED_ADMIN_KEY"})
"""What files may have beside the variables of functions: how commands reach a backend."""


def set_one(target: Target, name: str, value: str | None) -> int:
    """`value` None: what comes on standard input, but for a line break at its end."""
    if value is None:
        value = _standard_input()
        value = value.removesuffix("\n").removesuffix("\r")

    def work(variables: Variables) -> int:
        variables.change({name: value})
        say(f"{name} is set.")
        return CLEAN

    return _with_variables(target, work)


def set_several(target: Target, file: Path | None, *, force: bool) -> int:
    """All of a `.env` file, or of standard input; none if any is set already, to another value, unless `force`."""
    try:
        text = _standard_input() if file is None else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        say(f"Error: {file} cannot be read: {error}.")
        return UNREADABLE
    wanted = read_dotenv(text)
    for name in sorted(wanted.keys() & _OURS):
        say(f"{name} says how to reach a backend, and is left out.")
        del wanted[name]
    return _with_variables(target, lambda variables: _set_several(variables, wanted, force=force))


def _set_several(variables: Variables, wanted: Mapping[str, str], *, force: bool) -> int:
    before = variables.read()
    others = [name for name, value in wanted.items() if before.get(name, value) != value]
    if others and not force:
        say(f"Error: {_listed(others)} {_is(others)} set to another value already; --force sets them anew.")
        say("Nothing was set.")
        return FINDINGS
    new = {name: value for name, value in wanted.items() if before.get(name) != value}
    if new:
        variables.change(new)
    same = len(wanted) - len(new)
    said = f"{_listed(new)} {_is(new)} set" if new else "Nothing was set"
    say(f"{said}; {count(same, 'variable')} {_was(same)} so already." if same else f"{said}.")
    return CLEAN


def get(target: Target, name: str) -> int:
    def work(variables: Variables) -> int:
        value = variables.read().get(name)
        if value is None:
            say(f"{name} is not set.")
            return FINDINGS
        sys.stdout.write(f"{value}\n")
        return CLEAN

    return _with_variables(target, work)


def list_all(target: Target, *, names_only: bool) -> int:
    """As a `.env` file has them."""

    def work(variables: Variables) -> int:
        found = variables.read()
        sys.stdout.write("".join(f"{name}\n" for name in found) if names_only else write_dotenv(found))
        if not found:
            say("No variables are set.")
        return CLEAN

    return _with_variables(target, work)


def remove(target: Target, name: str) -> int:
    def work(variables: Variables) -> int:
        was_set = name in variables.read()
        variables.change({name: None})
        say(f"{name} is no longer set." if was_set else f"{name} was not set.")
        return CLEAN

    return _with_variables(target, work)


def read_dotenv(text: str) -> dict[str, str]:
    """The variables of a `.env` file. A name without a value is none."""
    from dotenv import dotenv_values  # noqa: PLC0415 - loaded by need

    found = dotenv_values(stream=StringIO(text), interpolate=False)
    return {name: value for name, value in found.items() if value is not None}


def write_dotenv(variables: Mapping[str, str]) -> str:
    """A line for each, with quotes where they are needed."""
    return "".join(f"{name}={_quoted(value)}\n" for name, value in variables.items())


def _quoted(value: str) -> str:
    if _needs_no_quotes(value):
        return value
    if "'" not in value and "\\" not in value and "\r" not in value:
        return f"'{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _with_variables(target: Target, work: Callable[[Variables], int]) -> int:
    """Do it with those of the backend that was named, or runs on the data of the project; or with those data."""
    backend = target.folder.running() if target.url is None else named_backend(target.url, target.admin_key)
    if target.url is not None and backend is None:
        return UNREADABLE
    try:
        if backend is not None:
            try:
                return work(ServedVariables(backend))
            except UnreachableError as error:
                if target.url is not None:
                    return refuse(error, target)
        return work(KeptVariables(target.folder, os.environ))
    except CallError as error:
        return refuse(error, target)
    except (InvalidVariableError, StoreError, OSError) as error:
        say(f"Error: {str(error).rstrip('.')}.")
        return UNREADABLE


def _standard_input() -> str:
    return sys.stdin.read()


def _listed(names: Mapping[str, str] | list[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _is(names: Mapping[str, str] | list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
