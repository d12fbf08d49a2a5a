"""The running watch: takes pictures, carries out steps, lets mypy follow behind. Ends only by an interrupt.

One thread does all the work. The threads of the watcher and the one that waits for mypy only put notes into the queue,
so nothing here is locked. mypy starts when the outputs are on disk; the next step kills it, and a verdict that is
already in the queue then carries a number that is no longer the current one and is dropped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

from convexgen.apply import ApplyError, apply
from convexgen.diagnostics import Diagnostic
from convexgen.discover import discover, missing_source
from convexgen.folders import Contents
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.watch.decide import Decisions, Picture, Planner, Step
from convexgen.watch.events import Failed, Watcher, folders


class Types(Protocol):
    """A type check under way; `convexgen.typecheck.TypeCheck` is one."""

    def verdict(self) -> tuple[Diagnostic, ...]: ...

    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Hooks:
    """What the loop needs from above. Findings come with the snapshot they are about, for their excerpts.

    `go_live` is called when what a good plan says is on disk; what it returns is added to the line about the step.
    """

    read_settings: Callable[[], tuple[Settings | None, tuple[Diagnostic, ...]]]
    plan: Planner
    check_types: Callable[[Settings], Types] | None
    show: Callable[[tuple[Diagnostic, ...], Snapshot | None], None]
    say: Callable[[str], None]
    go_live: Callable[[Settings, Snapshot], str] | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What mypy said about the step with this number."""

    step: int
    findings: tuple[Diagnostic, ...]


_Note = _Verdict | Failed | None


def watch(root: Path, hooks: Hooks, *, poll: bool) -> None:
    """Keep the outputs of the project at `root` up to date. Returns never; raises `KeyboardInterrupt`."""
    notes: SimpleQueue[_Note] = SimpleQueue()
    watcher = Watcher(notes.put, poll=poll)
    session = _Session(root, hooks, watcher, notes)
    try:
        session.look()
        while True:
            session.take(_waiting(notes))
    finally:
        watcher.stop()
        session.stop_types()


def _waiting(notes: SimpleQueue[_Note]) -> list[_Note]:
    """The next note, and all that have come with it: fifty saved files are one run."""
    taken = [notes.get()]
    try:
        while True:
            taken.append(notes.get_nowait())
    except Empty:
        return taken


class _Session:
    def __init__(self, root: Path, hooks: Hooks, watcher: Watcher, notes: SimpleQueue[_Note]) -> None:
        self._root = root
        self._hooks = hooks
        self._watcher = watcher
        self._notes = notes
        self._decisions = Decisions(hooks.plan)
        self._settings: Settings | None = None
        self._snapshot: Snapshot | None = None
        self._contents = Contents()
        self._steps = 0
        self._types: Types | None = None

    def take(self, notes: list[_Note]) -> None:
        for note in notes:
            if isinstance(note, _Verdict):
                self._tell_types(note)
            elif isinstance(note, Failed):
                self._hooks.say(f"cannot wait for events ({note.error}); looking for changes instead")
                self._watcher.poll()
        if any(not isinstance(note, _Verdict) for note in notes):
            self.look()

    def look(self) -> None:
        """Take a picture and carry out what follows from it."""
        began = time.perf_counter()
        picture = self._picture()
        step = self._decisions.step(picture)
        if step is None:
            return
        self.stop_types()
        self._steps += 1
        self._snapshot = picture.snapshot
        failure = self._write(step)
        findings = (*step.findings, failure) if failure else step.findings
        if findings:
            self._hooks.show(findings, picture.snapshot)
        came_of_it = describe(step, failed=failure is not None) + self._go_live(
            step, picture, failed=failure is not None
        )
        milliseconds = (time.perf_counter() - began) * 1000
        self._hooks.say(f"{came_of_it} ({milliseconds:.0f} ms)")
        if step.plan is not None and not step.errors and picture.settings is not None:
            self._start_types(picture.settings)

    def stop_types(self) -> None:
        if self._types is not None:
            self._types.stop()
            self._types = None

    def _picture(self) -> Picture:
        settings, findings = self._hooks.read_settings()
        self._settings = settings or self._settings
        self._watcher.follow(folders(self._root, self._settings))
        if self._settings is None:
            return Picture(None, findings)
        snapshot = discover(self._root, self._settings, self._contents)
        missing = missing_source(self._root, self._settings)
        if missing:  # asked afterwards: a folder that went while it was read must not look like an empty one
            return Picture(self._settings, (*findings, missing))
        return Picture(self._settings, findings, snapshot)

    def _write(self, step: Step) -> Diagnostic | None:
        if step.plan is None or step.errors:
            return None
        try:
            apply(step.plan, self._root)
        except ApplyError as error:
            return error.diagnostic
        self._decisions.written(step.plan)
        return None

    def _go_live(self, step: Step, picture: Picture, *, failed: bool) -> str:
        if self._hooks.go_live is None or step.plan is None or step.errors or failed:
            return ""
        assert picture.settings is not None and picture.snapshot is not None
        note = self._hooks.go_live(picture.settings, picture.snapshot)
        return f", {note}" if note else ""

    def _start_types(self, settings: Settings) -> None:
        if self._hooks.check_types is None:
            return
        types, number = self._hooks.check_types(settings), self._steps
        self._types = types

        def wait() -> None:
            self._notes.put(_Verdict(number, types.verdict()))

        threading.Thread(target=wait, daemon=True).start()

    def _tell_types(self, verdict: _Verdict) -> None:
        if verdict.step != self._steps:
            return
        self._types = None
        told = self._decisions.types(verdict.findings)
        self._hooks.show(told, self._snapshot)
        count = len(told)
        self._hooks.say(f"types: {count} finding{'' if count == 1 else 's'}" if count else "types: ok")


def describe(step: Step, *, failed: bool) -> str:
    """The one line about a step: what changed, and what came of it."""
    changed = "started" if not step.changed else _listed(step.changed)
    if step.errors or failed:
        count = step.errors + failed
        return f"{changed}: {count} error{'' if count == 1 else 's'}, the last good output is kept"
    changes = step.plan.changes if step.plan else ()
    if not changes:
        return f"{changed}: nothing to write"
    written, deleted = (sum((change.after is None) is gone for change in changes) for gone in (False, True))
    parts = [f"{verb} {_files(number)}" for verb, number in (("wrote", written), ("deleted", deleted)) if number]
    return f"{changed}: {', '.join(parts)}"


def _listed(paths: tuple[str, ...]) -> str:
    return ", ".join(paths) if len(paths) <= 3 else f"{paths[0]} and {len(paths) - 1} more"


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"
