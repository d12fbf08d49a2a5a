"""`convexgen init`: the settings and a small working example, beside whatever is there already."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from convexgen.apply import ApplyError, apply
from convexgen.cli.pre_commit import CONFIG, entry, has_hooks, with_hooks
from convexgen.cli.project import Project, read_project, refuse_project
from convexgen.cli.streams import CLEAN, FINDINGS, say
from convexgen.diagnostics import Diagnostic, Label
from convexgen.discover import read_cache, repository_prefix
from convexgen.emit.templates import folder
from convexgen.project_files import PYPROJECT, ProjectFiles
from convexgen.rules.tool import INVALID_TOML
from convexgen.settings import Settings
from convexgen.snapshot import FileChange, Plan
from convexgen.source import Span

EXAMPLE = ("schema.py", "messages.py")
SECTION = '[tool.convexgen]\nsource = "backend"\nnaming = "camel"\n'
ATTRIBUTES = ".gitattributes"
_UNDECODABLE = "\N{REPLACEMENT CHARACTER}"
"""What stands in a text for what could not be read of it."""


@dataclass(frozen=True, slots=True)
class Start:
    """What is there before `init`: the texts of the files it may touch, by path, and the paths of all functions.

    `generated` are the outputs as git's patterns. `project` leads from the top of the repository to the project: empty,
    or ending in `/`.
    """

    name: str
    source: str
    files: dict[str, str]
    functions: tuple[str, ...]
    generated: tuple[str, ...]
    project: str
    pre_commit: bool

    @property
    def config(self) -> str:
        """Where the configuration of pre-commit is, seen from the project."""
        return "../" * self.project.count("/") + CONFIG


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one file. `note` is said about it; `left` are lines that the user has to add to it."""

    verb: Literal["wrote", "added to", "kept"]
    path: str
    text: str | None = None
    note: str = ""
    left: str = ""


def init(directory: Path, *, pre_commit: bool) -> int:
    """Writes into `directory` itself, never into a project that it happens to lie in.

    Only the configuration of pre-commit lies where that looks for it, at the top of the repository.
    """
    root = directory.resolve()
    project = read_project(root, {})
    if project.settings is None:
        return refuse_project(project)
    start = _start(root, project.settings, pre_commit=pre_commit)
    outcomes = scaffold(start)
    if broken := _broken_settings(outcomes):
        return refuse_project(Project(root, None, (broken,), project.sources))
    try:
        root.mkdir(parents=True, exist_ok=True)
        apply(Plan((), tuple(_change(outcome, start) for outcome in outcomes if outcome.text is not None)), root)
    except ApplyError as error:
        return refuse_project(Project(root, None, (error.diagnostic,)))
    for outcome in outcomes:
        say(f"{outcome.verb} {outcome.path}{f' ({outcome.note})' if outcome.note else ''}")
    say("Next: `convexgen generate` writes the clients, `convexgen watch` keeps them up to date.")
    left = "".join(outcome.left for outcome in outcomes)
    sys.stdout.write(left)
    return FINDINGS if left else CLEAN


def scaffold(start: Start) -> tuple[Outcome, ...]:
    """What to write beside what is there. Pure; run again on its own result it writes nothing."""
    return (_settings(start), *_example(start), _attributes(start), *([_hooks(start)] if start.pre_commit else []))


def _settings(start: Start) -> Outcome:
    text = start.files.get(PYPROJECT)
    if text is None:
        project = f'[project]\nname = "{start.name}"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
        return Outcome("wrote", PYPROJECT, f'{project}dependencies = ["convexgen"]\n\n{SECTION}')
    if "convexgen" in tomllib.loads(text).get("tool", {}):
        return Outcome("kept", PYPROJECT, note="it has settings already")
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text.strip() else end if text.endswith("\n") else end * 2
    return Outcome("added to", PYPROJECT, text + gap + SECTION.replace("\n", end))


def _example(start: Start) -> tuple[Outcome, ...]:
    """The example's files import each other, so they come together or, beside code of the user's, not at all."""
    paths = {name: f"{start.source}/{name}" for name in EXAMPLE}
    if start.functions and not set(start.functions) >= set(paths.values()):
        return (Outcome("kept", f"{start.source}/", note="it has functions already: no example was added"),)
    return tuple(
        Outcome("kept", path)
        if path in start.functions
        else Outcome("wrote", path, (folder() / "init" / name).read_text(encoding="utf-8"))
        for name, path in paths.items()
    )


def _attributes(start: Start) -> Outcome:
    """Line ends that no machine changes, and diffs that a review need not unfold."""
    lines = [f"{pattern} text eol=lf linguist-generated=true" for pattern in start.generated]
    text = start.files.get(ATTRIBUTES)
    if text is None:
        return Outcome("wrote", ATTRIBUTES, "".join(f"{line}\n" for line in lines))
    missing = [f"`{line}`" for line in lines if line not in text.splitlines()]
    return Outcome("kept", ATTRIBUTES, note=f"you may want to add {' and '.join(missing)}" if missing else "")


def _hooks(start: Start) -> Outcome:
    text = start.files.get(start.config)
    if text is not None and has_hooks(text, start.project):
        return Outcome("kept", start.config, note="it has our hooks already")
    changed = None if text is not None and _UNDECODABLE in text else with_hooks(text, start.project)
    if changed is None:
        note = "our hooks cannot be added to it for certain: add the lines below to `repos` yourself"
        return Outcome("kept", start.config, note=note, left=entry(start.project))
    return Outcome("wrote" if text is None else "added to", start.config, changed, "`pre-commit install` turns it on")


def _broken_settings(outcomes: tuple[Outcome, ...]) -> Diagnostic | None:
    """The finding that no section can be added at the end of this pyproject.toml (`tool` is an inline table there)."""
    for outcome in outcomes:
        if outcome.path == PYPROJECT and outcome.text is not None:
            try:
                tomllib.loads(outcome.text)
            except tomllib.TOMLDecodeError:
                advice = f"add these lines yourself, in the form that this file needs:\n{SECTION}".rstrip()
                message = "a section `[tool.convexgen]` cannot be added at the end of this file"
                return Diagnostic(INVALID_TOML, message, Label(Span(PYPROJECT)), help=advice)
    return None


def _start(root: Path, settings: Settings, *, pre_commit: bool) -> Start:
    project = repository_prefix(root)
    config = "../" * project.count("/") + CONFIG
    contents = {path: _content(root / path) for path in (PYPROJECT, ATTRIBUTES)}
    contents[config] = _content(root.parents[project.count("/") - 1] / CONFIG if project else root / CONFIG)
    functions = sorted(path.relative_to(root).as_posix() for path in (root / settings.source).glob("*.py"))
    name = re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "app"
    texts = {path: content.decode("utf-8", "replace") for path, content in contents.items() if content is not None}
    return Start(name, settings.source, texts, tuple(functions), _patterns(settings), project, pre_commit)


def _content(path: Path) -> bytes | None:
    """What a file holds, None where there is none. One that cannot be read must not be taken for that."""
    content = read_cache(path)
    return b"\xff" if content is None and os.path.lexists(path) else content


def _patterns(settings: Settings) -> tuple[str, ...]:
    """The outputs as .gitattributes names them; one inside another is named with it."""
    files = ProjectFiles.of(settings)
    outer = [folder for folder in sorted(files.folders) if not any(folder.startswith(f"{o}/") for o in files.folders)]
    patterns = [*(f"{folder}/**" for folder in outer), *sorted(files.single)]
    return tuple(f'"{pattern}"' if " " in pattern else pattern for pattern in patterns)


def _change(outcome: Outcome, start: Start) -> FileChange:
    return FileChange(outcome.path, start.files.get(outcome.path), outcome.text)
