"""Runs mypy beside our own work, in a process of its own: it can be slow, crash or be killed without harm to us.

Life of a `TypeCheck`: `start` returns at once, `verdict` waits for the end, `stop` abandons it. Used as a context it
never outlives its block.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.tool import TYPE_CHECK_FAILED
from convexgen.settings import Settings
from convexgen.source import Span
from convexgen.typecheck.mypy_output import findings

_SKIPPED = r"(^|[/\\])(_generated[/\\]|test_[^/\\]*\.py$|conftest\.py$)"
"""The files that `discover` skips too, as mypy wants to hear it."""
_CONFIGS = {
    "mypy.ini": re.compile(rb""),
    ".mypy.ini": re.compile(rb""),
    "pyproject.toml": re.compile(rb"^\s*\[\s*tool\s*\.\s*mypy\s*\]", re.MULTILINE),
    "setup.cfg": re.compile(rb"^\[mypy\]", re.MULTILINE),
}


class TypeCheck:
    """One run of mypy over the functions folder."""

    def __init__(self, process: subprocess.Popen[str] | None, source: str) -> None:
        self._process = process
        self._source = source
        self._said: tuple[str, str] | None = None

    @classmethod
    def start(cls, root: Path, settings: Settings, cache: Path) -> TypeCheck:
        """Begin. Nothing is written below `root`: mypy keeps what it remembers in the folder `cache`."""
        if find_spec("mypy") is None:
            return cls(None, settings.source)
        process = subprocess.Popen(
            [sys.executable, "-m", "mypy", *_options(root, cache), settings.source],
            cwd=root,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "MYPYPATH": _search_path(root, settings.source)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        return cls(process, settings.source)

    def verdict(self) -> tuple[Diagnostic, ...]:
        """Wait for mypy and give its findings. Raises nothing: mypy's own failure is a finding."""
        if self._process is None:
            return (self._failure("mypy is not installed"),)
        output, complaint = self._said or self._process.communicate()
        found = findings(output)
        if self._process.returncode in (0, 1) or found:
            return found
        said = [line for line in (*output.splitlines(), *complaint.splitlines()) if line.strip()]
        return (self._failure(f"mypy did not come to a verdict: {said[-1] if said else 'it said nothing'}"),)

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

    def _failure(self, message: str) -> Diagnostic:
        advice = f"run `python -m mypy {self._source}` to see more, or leave types out with `--no-types`"
        return Diagnostic(TYPE_CHECK_FAILED, message, Label(Span("")), help=advice)


def typecheck(root: Path, settings: Settings, cache: Path) -> tuple[Diagnostic, ...]:
    """The findings of one whole run of mypy over the functions folder below `root`."""
    with TypeCheck.start(root, settings, cache) as run:
        return run.verdict()


def _options(root: Path, cache: Path) -> Iterator[str]:
    yield from ("--output=json", "--no-error-summary", f"--cache-dir={_writable(cache)}", f"--exclude={_SKIPPED}")
    yield from ("--namespace-packages", "--explicit-package-bases")
    if not _is_configured(root):
        yield from ("--config-file=", "--strict")


def _writable(cache: Path) -> str:
    """The folder for what mypy remembers, or the place where it forgets all when there can be no such folder."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return os.devnull
    return str(cache) if os.access(cache, os.W_OK) else os.devnull


def _is_configured(root: Path) -> bool:
    """Whether mypy would find settings of the user's: in the project or above it within the same repository."""
    for folder in (root, *root.parents):
        for name, section in _CONFIGS.items():
            try:
                if section.search((folder / name).read_bytes()):
                    return True
            except OSError:
                continue
        if (folder / ".git").exists() or (folder / ".hg").exists():
            return False
    return False


def _search_path(root: Path, source: str) -> str:
    """The folder from which the functions folder is imported, and whatever the user's environment adds."""
    base = (root / source).parent
    while base != root and (base / "__init__.py").is_file():
        base = base.parent
    return os.pathsep.join(filter(None, (str(base), os.environ.get("MYPYPATH"))))
