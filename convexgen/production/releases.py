"""Where the functions lie that were deployed: those that are live, and beside them for a moment those that may be.

Life cycle of a folder: `functions` is always what was live last, or is being tried. While it is being tried, what was
live before lies in `functions.before`; a process that dies in between leaves it there, and the next one puts it back.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from convexgen.production.bundle import Bundle, read_bundle

_BUNDLE: Final = "bundle.json"
"""Says what the files beside it are. It is written last, so a folder that has it is whole."""


class Releases:
    """Those of one data folder. One thread at a time may use it."""

    def __init__(self, data: Path) -> None:
        self.root = data / "functions"
        """As if it were the root of a project."""
        self._before = data / "functions.before"
        self._next = data / "functions.next"
        self._old = data / "functions.old"

    def current(self) -> Bundle | None:
        """What was live last, None before the first deployment. Raises `OSError`, `InvalidBundleError`."""
        if self._before.exists():
            self._put_back()
        path = self.root / _BUNDLE
        return read_bundle(path.read_bytes()) if path.exists() else None

    @contextmanager
    def trying(self, bundle: Bundle) -> Iterator[Trial]:
        """Have the files of a bundle in `root` for the block; and from then on, if it was said to keep them.

        Raises `OSError`.
        """
        self._write(bundle)
        if self.root.exists():
            self.root.rename(self._before)
        else:
            self._before.mkdir()
        self._next.rename(self.root)
        trial = Trial()
        try:
            yield trial
        finally:
            if trial.is_kept:
                shutil.rmtree(self._old, ignore_errors=True)
                self._before.rename(self._old)  # at once, so that nobody takes what is left of it for a trial
                shutil.rmtree(self._old, ignore_errors=True)
            else:
                self._put_back()

    def _write(self, bundle: Bundle) -> None:
        shutil.rmtree(self._next, ignore_errors=True)
        for path, text in bundle.files.items():
            file = self._next / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
        self._next.mkdir(parents=True, exist_ok=True)
        (self._next / _BUNDLE).write_text(bundle.model_dump_json(), encoding="utf-8")

    def _put_back(self) -> None:
        """What was before the trial, or nothing if there was nothing."""
        shutil.rmtree(self.root, ignore_errors=True)
        self._before.rename(self.root)


class Trial:
    """`keep` once the functions are live."""

    def __init__(self) -> None:
        self.is_kept = False

    def keep(self) -> None:
        self.is_kept = True
