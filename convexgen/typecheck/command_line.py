"""With which settings mypy runs: the user's own where there are any, else strictly."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_SKIPPED = r"(^|[/\\])(_generated[/\\]|test_[^/\\]*\.py$|conftest\.py$)"
"""The files that `discover` skips too, as mypy wants to hear it."""
_CONFIGS = {
    "mypy.ini": re.compile(rb""),
    ".mypy.ini": re.compile(rb""),
    "pyproject.toml": re.compile(rb"^\s*\[\s*tool\s*\.\s*mypy\s*\]", re.MULTILINE),
    "setup.cfg": re.compile(rb"^\[mypy\]", re.MULTILINE),
}
_SHOWN = (
    "--show-column-numbers",
    "--show-error-end",
    "--show-error-codes",
    "--hide-error-context",
    "--hide-error-code-links",
    "--hide-absolute-path",
    "--no-pretty",
    "--no-color-output",
    "--no-error-summary",
)
"""How messages look; what the user has set about that is for eyes."""


def mypy_options(root: Path, source: str, cache: Path) -> tuple[str, ...]:
    """All options and the folder. Nothing is written below `root`: mypy keeps what it remembers in `cache`."""
    return (*_options(root, cache), source)


def _options(root: Path, cache: Path) -> Iterator[str]:
    yield from (*_SHOWN, f"--cache-dir={_writable(cache)}", f"--exclude={_SKIPPED}")
    yield from ("--namespace-packages", "--explicit-package-bases")
    if user_settings(root) is None:
        yield from ("--config-file=", "--strict")


def mypy_environment(root: Path, source: str) -> dict[str, str]:
    """The environment of the process that mypy runs in."""
    return {**os.environ, "MYPYPATH": _search_path(root, source)}


def user_settings(root: Path) -> Path | None:
    """The file with settings of the user's that mypy finds: in the project, or above it in the same repository."""
    for folder in (root, *root.parents):
        for name, section in _CONFIGS.items():
            try:
                if section.search((folder / name).read_bytes()):
                    return folder / name
            except OSError:
                continue
        if (folder / ".git").exists() or (folder / ".hg").exists():
            return None
    return None


def _writable(cache: Path) -> str:
    """The folder for what mypy remembers, or the place where it forgets all when there can be no such folder."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError:
        return os.devnull
    return str(cache) if os.access(cache, os.W_OK) else os.devnull


def _search_path(root: Path, source: str) -> str:
    """The folder from which the functions folder is imported, and whatever the user's environment adds."""
    base = (root / source).parent
    while base != root and (base / "__init__.py").is_file():
        base = base.parent
    return os.pathsep.join(filter(None, (str(base), os.environ.get("MYPYPATH"))))
