"""Every command begins here: which project, which settings."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from convexgen.cli.streams import color, refuse
from convexgen.diagnostics import Diagnostic, Label
from convexgen.discover import find_project, missing_source, read_pyproject
from convexgen.folders import reason
from convexgen.project_files import PYPROJECT
from convexgen.report import Report
from convexgen.rules.tool import UNREADABLE_SETTINGS
from convexgen.settings import Settings
from convexgen.settings_file import is_plain, load
from convexgen.source import SourceFile, Span
from convexgen.twin import Twin, can_have_twin


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it was found. `settings` is None when a finding keeps the command from going on.

    `sources` holds pyproject.toml for the excerpts of findings.
    """

    root: Path
    settings: Settings | None
    findings: tuple[Diagnostic, ...] = ()
    sources: Mapping[str, bytes] = field(default_factory=dict)

    def contents(self, sources: Iterable[SourceFile]) -> dict[str, bytes]:
        """All that findings may point into, by path: pyproject.toml and `sources`."""
        return {**self.sources, **{source.path: source.content for source in sources}}


def open_project(directory: Path, overrides: Mapping[str, str]) -> Project:
    """The project that `directory` lies in, ready for a command that needs its functions folder."""
    project = read_project(find_project(directory.resolve()), overrides)
    missing = missing_source(project.root, project.settings) if project.settings else None
    return replace(project, settings=None, findings=(*project.findings, missing)) if missing else project


def open_project_beside(directory: Path, overrides: Mapping[str, str], meanwhile: Callable[[], object]) -> Project:
    """`open_project` in a second process, as far as that is worth while, while this one does something else."""
    if not can_have_twin() or _is_read_quickly(directory, overrides):
        return open_project(directory, overrides)
    twin = Twin(lambda question: open_project(directory, overrides))
    try:
        twin.ask(None)
        meanwhile()
        project: Project = twin.answer()
    except (EOFError, BrokenPipeError):
        return open_project(directory, overrides)
    finally:
        twin.close()
    return project


def _is_read_quickly(directory: Path, overrides: Mapping[str, str]) -> bool:
    """Whether the settings of a project can be read without pydantic."""
    try:
        content = read_pyproject(find_project(directory.resolve()))
        text = None if content is None else content.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return True  # which will be told
    return is_plain(text, os.environ, overrides)


def refuse_project(project: Project, undone: str = "nothing was written") -> int:
    """Tell what keeps a command from going on with `project`, and give its exit code."""
    return refuse(Report(project.findings, project.sources, color=color()), undone)


def command_line(command: str, directory: Path, overrides: Mapping[str, str]) -> str:
    """What to type to run `command` on the same project with the same settings."""
    words = ["convexgen", command, *(["-C", str(directory)] if directory != Path() else [])]
    for key, value in overrides.items():
        words += [f"--{key}", value]
    return shlex.join(words)


def read_project(root: Path, overrides: Mapping[str, str]) -> Project:
    """The settings of the project at `root`, whether or not its functions folder is there."""
    try:
        content = read_pyproject(root)
    except OSError as error:
        return Project(root, None, (_unreadable(reason(error)),))
    return project_of(root, content, overrides)


def project_of(root: Path, content: bytes | None, overrides: Mapping[str, str]) -> Project:
    """The settings that hold with this content of pyproject.toml, None where there is no such file."""
    try:
        text = None if content is None else content.decode("utf-8")
    except UnicodeDecodeError:
        return Project(root, None, (_unreadable("it is not valid UTF-8"),))
    settings, findings = load(text, os.environ, overrides)
    return Project(root, settings, findings, {} if content is None else {PYPROJECT: content})


def _unreadable(why: str) -> Diagnostic:
    return Diagnostic(UNREADABLE_SETTINGS, f"this file cannot be read: {why}", Label(Span(PYPROJECT)))
