"""Runs mypy beside our own work, in a process of its own: it can be slow, crash or be killed without harm to us.

Life of a `TypeCheck`: `start` returns at once, `verdict` waits for the end, `stop` abandons it. Used as a context it
never outlives its block.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.tool import TYPE_CHECK_FAILED
from convexgen.settings import Settings
from convexgen.source import Span
from convexgen.typecheck.command_line import mypy_environment, mypy_options
from convexgen.typecheck.mypy_messages import Message
from convexgen.typecheck.mypy_output import findings
from convexgen.typecheck.unchanged import Basis, Verdict, remember

_CLEAN, _FINDINGS = 0, 1
"""How mypy ends when it has come to a verdict."""


class Answer(NamedTuple):
    """What came of a check. `basis` is what a verdict without findings rests on, if that is known for sure."""

    findings: tuple[Diagnostic, ...]
    basis: Basis | None = None


class TypeCheck:
    """One run of mypy over the functions folder."""

    def __init__(self, process: subprocess.Popen[str] | None, root: Path, source: str) -> None:
        self._process = process
        self._root = root
        self._source = source
        self._began = time.time_ns()
        self._said: tuple[str, str] | None = None
        self._answer: Answer | None = None

    @classmethod
    def start(cls, root: Path, settings: Settings, cache: Path, *options: str) -> TypeCheck:
        """Begin, with further options of mypy."""
        if not is_installed():
            return cls(None, root, settings.source)
        return cls(start_engine("once", root, settings, cache, options, subprocess.DEVNULL), root, settings.source)

    def is_of(self, root: Path, settings: Settings) -> bool:
        """Whether it is this project that is being checked."""
        return (self._root, self._source) == (root, settings.source)

    def verdict(self) -> tuple[Diagnostic, ...]:
        """Wait for mypy and give its findings. Raises nothing: mypy's own failure is a finding."""
        if self._process is None:
            return (failure("mypy is not installed", self._source),)
        if self._answer is None:
            self._answer = read_answer(*(self._said or self._process.communicate()), self._source)
        return self._answer.findings

    def to_remember(self) -> Verdict | None:
        """The verdict, if it was that all is well and is sure to be about the project as it is now."""
        basis = self._answer and self._answer.basis
        return remember(basis, self._root, self._began) if basis else None

    def finished(self, seconds: float) -> bool:
        """Wait at most so long; tell whether the verdict is there."""
        try:
            if self._process is not None:
                self._said = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Abandon the run, also from another thread than the one that waits. Harmless when it is over."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> TypeCheck:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._process is not None:
            self._process.communicate()


def typecheck(root: Path, settings: Settings, cache: Path) -> tuple[Diagnostic, ...]:
    """The findings of one whole run of mypy over the functions folder below `root`."""
    with TypeCheck.start(root, settings, cache) as run:
        return run.verdict()


def is_installed() -> bool:
    return find_spec("mypy") is not None


def start_engine(
    mode: str, root: Path, settings: Settings, cache: Path, options: Sequence[str], requests: int
) -> subprocess.Popen[str]:
    """The process that mypy runs in; see `engine`."""
    return subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "convexgen.typecheck.engine", mode),
            *(*options, *mypy_options(root, settings.source, cache)),
        ],
        cwd=root,
        env=mypy_environment(root, settings.source),
        stdin=requests,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if mode == "once" else subprocess.DEVNULL,  # which nobody would empty
        text=True,
        encoding="utf-8",
        errors="replace",
    )


def read_answer(answer: str, complaint: str, source: str) -> Answer:
    """What the engine answers. If it does not, what it complained of last says why."""
    try:
        told = json.loads(answer)
    except ValueError:
        told = {"messages": [], "said": "", "status": None, "basis": None}
    found = findings(Message(**message) for message in told["messages"])
    if found or told["status"] in (_CLEAN, _FINDINGS):
        basis = told["basis"] and Basis(tuple(told["basis"]["files"]), tuple(told["basis"]["folders"]))
        return Answer(found, basis)
    said = [line for line in f"{told['said']}\n{complaint}".splitlines() if line.strip()]
    return Answer((failure(f"mypy did not come to a verdict: {said[-1] if said else 'it said nothing'}", source),))


def failure(message: str, source: str) -> Diagnostic:
    """The finding that there is no verdict."""
    advice = f"run `python -m mypy {source}` to see more, or leave types out with `--no-types`"
    return Diagnostic(TYPE_CHECK_FAILED, message, Label(Span("")), help=advice)
