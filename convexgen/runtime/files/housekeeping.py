"""Deleting content that has no file any more, or never had one, a little at a time."""

from __future__ import annotations

from typing import Final

from convexgen.runtime.files.stored_files import StoredFiles

SWEEP_EVERY: Final = 30 * 60 * 10**9
"""Nanoseconds between two looks at all content there is."""


class FileHousekeeping:
    """For one thread, every few seconds."""

    def __init__(self, files: StoredFiles) -> None:
        self._files = files
        self._swept_at: int | None = None

    def run(self, now: int) -> bool:
        """Do some of what there is to do; true if more is left. `now`: nanoseconds since the epoch.

        Raises `BlobError`, and what a transaction raises.
        """
        if self._files.delete_forgotten():
            return True
        if self._swept_at is None or not 0 <= now - self._swept_at < SWEEP_EVERY:
            self._files.sweep(now)
            self._swept_at = now
        return False
