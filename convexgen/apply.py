"""The only writer: carries out a plan so that the outputs are either all old or all new.

All new contents are first written beside their targets. Only when every one of them is on disk are they renamed into
place, in the plan's order (a file comes after those it imports), and deletions come last. A rename that fails is
followed by putting back what was replaced before it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.tool import UNWRITABLE_OUTPUT
from convexgen.snapshot import FileChange, Plan
from convexgen.source import Span


class ApplyError(Exception):
    """A plan could not be carried out; what lay there before still does. `diagnostic` says which file and why."""

    def __init__(self, path: str, error: OSError) -> None:
        reason = (error.strerror or type(error).__name__).lower()
        super().__init__(f"{path}: {reason}")
        self.diagnostic = Diagnostic(
            UNWRITABLE_OUTPUT,
            f"this file cannot be written: {reason}",
            Label(Span(path)),
            help="nothing was changed; mend what is in the way and run the command again",
        )


def apply(plan: Plan, root: Path) -> None:
    """Make the files below `root` what `plan` says. Raises `ApplyError` with everything as it was."""
    made: list[Path] = []
    staged: list[tuple[FileChange, Path]] = []
    written: list[FileChange] = []
    path = ""
    try:
        for change in plan.changes:
            path = change.path
            if change.after is not None:
                staged.append((change, _stage(root / path, change.after, made)))
        for change, temporary in staged:
            path = change.path
            temporary.replace(root / path)
            written.append(change)
        for change in plan.changes:
            path = change.path
            if change.after is None:
                (root / path).unlink(missing_ok=True)
                written.append(change)
    except OSError as error:
        _restore(root, staged, written, made)
        raise ApplyError(path, error) from error
    for change in plan.changes:
        if change.after is None:
            _remove_emptied(root / change.path, root)


def write_cache(path: Path, pieces: Iterable[bytes]) -> None:
    """Keep the content for the next run if that can be done; a cache that cannot be written is no reason to fail."""
    temporary = _beside(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.writelines(pieces)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _stage(target: Path, text: str, made: list[Path]) -> Path:
    """Write the new content of `target` beside it, with its mode; notes the folders that had to be made."""
    _make_folder(target.parent, made)
    try:
        mode = target.stat().st_mode & 0o7777
    except FileNotFoundError:
        mode = None
    temporary = _beside(target)
    try:
        return _write(temporary, text.encode(), mode)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _beside(target: Path) -> Path:
    """A hidden name in the same folder, so that renaming is atomic; of our own process, so that two do not meet."""
    return target.with_name(f".{target.name}.{os.getpid()}.convexgen")


def _write(path: Path, content: bytes, mode: int | None) -> Path:
    path.write_bytes(content)
    if mode is not None:
        path.chmod(mode)
    return path


def _make_folder(folder: Path, made: list[Path]) -> None:
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for new in reversed(missing):
        new.mkdir()
        made.append(new)


def _restore(root: Path, staged: list[tuple[FileChange, Path]], written: list[FileChange], made: list[Path]) -> None:
    """Undo as far as the disk lets us: put back what was replaced, remove what was added."""
    for change in written:
        with suppress(OSError):
            if change.before is None:
                (root / change.path).unlink(missing_ok=True)
            else:
                (root / change.path).write_bytes(change.before.encode())
    for _, temporary in staged:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()


def _remove_emptied(deleted: Path, root: Path) -> None:
    """Remove the folders that held nothing but the deleted file and what Python compiled from it."""
    compiled = deleted.parent / "__pycache__"
    with suppress(OSError):
        for stale in compiled.glob(f"{deleted.stem}.*.pyc"):
            stale.unlink()
        compiled.rmdir()
    for folder in deleted.relative_to(root).parents:
        if folder == Path():
            return
        try:
            (root / folder).rmdir()
        except OSError:
            return
