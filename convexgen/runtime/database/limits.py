"""How much one transaction may read and write. What runs in it, however nested, draws on the same account."""

from __future__ import annotations

from typing import Final, NoReturn

MAXIMUM_DOCUMENTS_READ: Final = 32_000
MAXIMUM_BYTES_READ: Final = 2**24
MAXIMUM_RANGES_READ: Final = 4096
"""Calls of `get`, and runs of queries."""

MAXIMUM_DOCUMENTS_WRITTEN: Final = 16_000
MAXIMUM_BYTES_WRITTEN: Final = 2**24

_READ_LESS = (
    " Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a "
    "selective index range expressions."
)


class LimitError(Exception):
    """The transaction has read or written more than it may. Nothing of it can be committed any more."""


class Usage:
    """What a transaction has used so far. Only grows: what was undone has been done all the same."""

    def __init__(self) -> None:
        self.documents_read = 0
        self.bytes_read = 0
        self._ranges_read = 0
        self._documents_written = 0
        self._bytes_written = 0
        self.exceeded: LimitError | None = None
        """The first limit that was passed. From then on everything raises it."""

    @property
    def documents_left(self) -> int:
        """How many more documents may be read."""
        return MAXIMUM_DOCUMENTS_READ - self.documents_read

    @property
    def bytes_left(self) -> int:
        """How many more bytes of documents may be read."""
        return MAXIMUM_BYTES_READ - self.bytes_read

    def check(self) -> None:
        """Raises `LimitError` if a limit was passed before, even if that was caught."""
        if self.exceeded is not None:
            raise self.exceeded

    def read_range(self) -> None:
        """Note that a stretch of a table, or one document, is about to be looked at. Raises `LimitError`."""
        self.check()
        self._ranges_read += 1
        if self._ranges_read > MAXIMUM_RANGES_READ:
            self._refuse(f"Too many reads in a single function execution (limit: {MAXIMUM_RANGES_READ}).{_READ_LESS}")

    def read_document(self, size: int) -> None:
        """Note that a document of so many bytes was read. Raises `LimitError`."""
        self.check()
        self.documents_read += 1
        self.bytes_read += size
        if self.documents_read > MAXIMUM_DOCUMENTS_READ:
            self._refuse(
                f"Too many documents read in a single function execution (limit: {MAXIMUM_DOCUMENTS_READ}).{_READ_LESS}"
            )
        if self.bytes_read > MAXIMUM_BYTES_READ:
            self._refuse(
                f"Too many bytes read in a single function execution (limit: {MAXIMUM_BYTES_READ} bytes).{_READ_LESS}"
            )

    def write_document(self, size: int) -> None:
        """Note that a document of so many bytes is about to be written, none for a deleted one. Raises `LimitError`."""
        self.check()
        self._documents_written += 1
        self._bytes_written += size
        if self._documents_written > MAXIMUM_DOCUMENTS_WRITTEN:
            self._refuse(
                f"Too many documents written in a single function execution (limit: {MAXIMUM_DOCUMENTS_WRITTEN})."
            )
        if self._bytes_written > MAXIMUM_BYTES_WRITTEN:
            self._refuse(
                f"Too many bytes written in a single function execution (limit: {MAXIMUM_BYTES_WRITTEN} bytes)."
            )

    def _refuse(self, message: str) -> NoReturn:
        self.exceeded = LimitError(message)
        raise self.exceeded
