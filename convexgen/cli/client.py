"""`convexgen client --from-spec`: the Python client of any deployment, from the function spec that Convex gives."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from convexgen.apply import ApplyError, apply
from convexgen.cli.generate import summary
from convexgen.cli.streams import CLEAN, FINDINGS, color, count, refuse, say, show
from convexgen.diagnostics import Diagnostic, Label, in_order
from convexgen.discover import read_output_folder
from convexgen.emit.spec.function_spec_reading import SpecProgram
from convexgen.folders import reason
from convexgen.report import DiffMode, Report
from convexgen.report.drift import drift
from convexgen.rules.tool import INVALID_FUNCTION_SPEC
from convexgen.snapshot import Plan
from convexgen.source import Span
from convexgen.spec_client import Client, plan_client, read_spec

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of the command. With `check`, `diff` or `dry_run` nothing is written."""

    spec: str
    output: Path
    internal: bool = False
    check: bool = False
    diff: bool = False
    dry_run: bool = False
    output_format: str = "text"


def client(wishes: Wishes) -> int:
    """Write the client, or tell what there would be to write: with `check`, 1 if there is anything."""
    began = time.perf_counter()
    root, folder = _root_and_folder(wishes.output)
    name = "<stdin>" if wishes.spec == STANDARD_INPUT else Path(wishes.spec).as_posix()
    try:
        content = sys.stdin.buffer.read() if wishes.spec == STANDARD_INPUT else Path(wishes.spec).read_bytes()
    except OSError as error:
        return _refuse((_unreadable(name, error),), wishes)
    spec, found = read_spec(content, name)
    if spec is None:
        return _refuse(found, wishes, {name: content})
    outputs, unreadable = read_output_folder(root, folder)
    if unreadable:
        return _refuse(unreadable, wishes)
    planned = plan_client(spec, Client(folder, outputs, wishes.internal))
    if planned.diagnostics:
        return _refuse(planned.diagnostics, wishes)
    if wishes.check:
        return _check(planned, wishes)
    if wishes.dry_run or wishes.diff:
        return _preview(planned, wishes)
    try:
        apply(planned, root)
    except ApplyError as error:
        return _refuse((error.diagnostic,), wishes)
    say(f"{count(planned.functions, 'function')}{_left_out(spec)}.")
    say(f"{summary(planned)} in {(time.perf_counter() - began) * 1000:.0f} ms.")
    return CLEAN


def _root_and_folder(output: Path) -> tuple[Path, str]:
    """Where paths begin and the folder below it: the current folder, unless the client goes elsewhere."""
    whole = Path(os.path.abspath(output))  # noqa: PTH100 - links in it are the user's, and stay
    here = Path.cwd()
    if whole != here and whole.is_relative_to(here):
        return here, whole.relative_to(here).as_posix()
    return whole.parent, whole.name


def _unreadable(name: str, error: OSError) -> Diagnostic:
    why = "there is no such file" if isinstance(error, FileNotFoundError) else reason(error)
    help_ = "write it with `npx convex function-spec > function_spec.json`, or name another file"
    return Diagnostic(INVALID_FUNCTION_SPEC, f"`{name}` cannot be read: {why}", Label(Span(name)), help=help_)


def _check(planned: Plan, wishes: Wishes) -> int:
    remedy = "run the command without `--check`"
    found = in_order([*drift(planned.changes, remedy)])
    mode: DiffMode = "full" if wishes.diff else "short"
    show(Report(found, {}, planned.changes, mode, planned.files, color()), wishes.output_format)
    files = count(planned.files, "generated file")
    if not found:
        say(f"{files} up to date.")
        return CLEAN
    say(f"{len(found)} of {files} out of date: {remedy}.")
    return FINDINGS


def _preview(planned: Plan, wishes: Wishes) -> int:
    if wishes.diff:
        show(Report((), {}, planned.changes, "full", color=color()))
    else:
        for change in planned.changes:
            verb = "create" if change.before is None else "delete" if change.after is None else "update"
            sys.stdout.write(f"would {verb} {change.path}\n")
    say(f"{count(len(planned.changes), 'file')} would change; nothing was written.")
    return CLEAN


def _left_out(spec: SpecProgram) -> str:
    """What a client does not show although it is in the spec."""
    routes = len(spec.program.routes)
    return f"; {count(routes, 'HTTP action')} left out, for any HTTP client can call them" if routes else ""


def _refuse(found: tuple[Diagnostic, ...], wishes: Wishes, sources: Mapping[str, bytes] | None = None) -> int:
    return refuse(Report(found, sources or {}, color=color()), "nothing was written", wishes.output_format)
