"""The functions of a project, loaded as tests have imported them themselves: once for all tests."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from convexgen.analysis.analyse import module_name
from convexgen.dev.package_name import package_of
from convexgen.discover import discover, find_project, read_pyproject
from convexgen.report import Report, render
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program
from convexgen.settings import Settings
from convexgen.settings_file import load as load_settings


class ProjectError(Exception):
    """There is no project whose functions could be loaded. Its text says why."""


def load(folder: Path | None = None) -> Program:
    """The functions of the project that a folder lies in, the current one unless told otherwise.

    Which folder has them is in the project's settings. Raises `ProjectError`, and whatever importing them raises.
    """
    return _loaded(find_project((folder or Path.cwd()).resolve()))


@cache
def _loaded(root: Path) -> Program:
    settings = _settings(root)
    sources = discover(root, settings).sources
    if not sources:
        raise ProjectError(f"{root} has no functions in {settings.source}/, which `source` of [tool.convexgen] says")
    package, base = package_of(settings.source, sources)
    path = str(root / base)
    if path not in sys.path:
        sys.path.insert(0, path)
    program = load_program(package, [module_name(each.path, settings.source) for each in sources], settings.naming)
    _check_place(package, root / settings.source)
    return program


def _settings(root: Path) -> Settings:
    content = read_pyproject(root)
    settings, findings = load_settings(content.decode() if content is not None else None, os.environ, {})
    if settings is None:
        raise ProjectError(render(Report(findings), "text"))
    return settings


def _check_place(package: str, folder: Path) -> None:
    """Two projects may call their functions by one name; Python has imported those of one."""
    places = [Path(each).resolve() for each in sys.modules[package].__path__]
    if folder not in places:
        raise ProjectError(f"{package} was imported from {places[0]} and not from {folder}: test them apart")
