"""`convexgen check` as nearly everybody writes it: mypy, which takes longest, begins before all else is imported."""

from __future__ import annotations

import os
import posixpath
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from convexgen.cli.plain_words import PlainWords
from convexgen.discover import cache_folder, find_project, read_pyproject
from convexgen.settings import Settings

if TYPE_CHECKING:
    from convexgen.typecheck.mypy_process import TypeCheck


def check_plainly(words: PlainWords) -> int:
    """The command, for the project that the folder it names lies in."""
    if not words.types:
        return _check(words)
    from convexgen.typecheck.mypy_process import TypeCheck  # noqa: PLC0415 - only for those who check types

    root = find_project(words.directory.resolve())
    settings = Settings(_likely_source(root))
    if not (root / settings.source).is_dir():
        return _check(words)
    with TypeCheck.start(root, settings, cache_folder(root, os.environ) / "mypy") as early:
        return _check(words, early)


def _check(words: PlainWords, early: TypeCheck | None = None) -> int:
    from convexgen.cli.check import Wishes, check  # noqa: PLC0415 - mypy is to have begun
    from convexgen.cli.project import command_line  # noqa: PLC0415

    wishes = Wishes(command_line("generate", words.directory, {}), words.types, quiet=words.quiet)
    return check(words.directory, words.lists, wishes, early)


def _likely_source(root: Path) -> str:
    """The functions folder, as far as can be told without pydantic. If it is another, mypy will have to begin anew."""
    source: object = os.environ.get("CONVEXGEN_SOURCE")
    try:
        section = tomllib.loads((read_pyproject(root) or b"").decode())["tool"]["convexgen"]
        source = source or section["source"]
    except (OSError, ValueError, LookupError, TypeError):
        pass  # whatever is wrong with it will be told when it is read in earnest
    return posixpath.normpath(source) if source and isinstance(source, str) else Settings().source
