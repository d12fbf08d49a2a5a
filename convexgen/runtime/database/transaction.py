"""A transaction as the engine sees it: begun at a snapshot, handed to functions, asked what it has read and written."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from convexgen.authoring.database import DatabaseReader, DatabaseWriter
from convexgen.runtime.catalogue import Catalogue
from convexgen.runtime.database.database import Reader, Writer
from convexgen.runtime.database.documents import Documents
from convexgen.runtime.database.limits import LimitError
from convexgen.runtime.database.pages import Journal
from convexgen.runtime.database.stored_documents import StoredDocuments
from convexgen.runtime.database.system_documents import SystemDocuments
from convexgen.runtime.drafts import DocumentWrite
from convexgen.runtime.program.live import LiveTable
from convexgen.runtime.reads import Reads
from convexgen.runtime.store import Store


class Transaction:
    """All reads and writes of one run of a function and of those that it runs within.

    `tables`: those that functions may see, of the program and of the system. `now`: milliseconds since the epoch.
    `random` gives the ids of new documents. `journal` is what an earlier run of the same query has left.

    Belongs to one thread. Writes nothing: who wants it committed takes `reads()` and `writes()` to the committer.
    """

    def __init__(
        self,
        store: Store,
        catalogue: Catalogue,
        tables: Mapping[str, LiveTable],
        *,
        snapshot: int,
        now: float,
        random: Random,
        journal: str | None = None,
    ) -> None:
        self._documents = Documents(store, catalogue, snapshot, now, random)
        self._journal = Journal(journal)
        self.reader: DatabaseReader = Reader(self._documents, tables, self._journal)
        self.writer: DatabaseWriter = Writer(self._documents, tables, self._journal)
        self.system = SystemDocuments(self._documents)
        self.stored = StoredDocuments(self._documents, tables, self._journal)

    @property
    def exceeded(self) -> LimitError | None:
        """The limit that was passed, even if the function has caught the error: the run has failed all the same."""
        return self._documents.usage.exceeded

    @property
    def journal(self) -> str | None:
        """Where the page ends that was read; None if none was."""
        return self._journal.written

    @property
    def last_creation_time(self) -> float | None:
        """The creation time of the document that was made last, in milliseconds; None if none was."""
        return self._documents.last_creation_time

    def reads(self) -> Reads:
        """All that was looked at so far. As long as nothing of it changes, the function would do the same again."""
        return self._documents.reads()

    def writes(self) -> tuple[DocumentWrite, ...]:
        """All that is to be committed. Raises `LimitError` if a limit was passed."""
        self._documents.usage.check()
        return self._documents.pending.all()

    def savepoint(self) -> int:
        """A moment to come back to, until `roll_back` goes to one before it."""
        return self._documents.pending.savepoint()

    def roll_back(self, savepoint: int) -> None:
        """Undo all writes since. What was read stays read, and counts."""
        self._documents.pending.roll_back(savepoint)
