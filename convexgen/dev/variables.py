"""The variables of a deployment for whoever administers it: asked of the backend, or in its data while none runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from convexgen.dev.calling import CallError, ask
from convexgen.dev.data_folder import DataFolder, RunningBackend
from convexgen.dev.document_store import has_documents, open_documents
from convexgen.runtime.commits import Committer, change_variables
from convexgen.runtime.store import Store
from convexgen.runtime.variables import METADATA, Changes, read_variables


class Variables(Protocol):
    def read(self) -> dict[str, str]:
        """All of them, by name. Raises `CallError`, `StoreError`, `OSError`."""
        ...

    def change(self, changes: Changes) -> None:
        """Make all of the changes, or none. Raises the same, and `InvalidVariableError`."""
        ...


@dataclass(frozen=True, slots=True)
class ServedVariables:
    """Those of a backend that runs."""

    backend: RunningBackend

    def read(self) -> dict[str, str]:
        answer = ask(self.backend, "/api/convexgen/variables")
        try:
            return {str(name): str(value) for name, value in answer["variables"].items()}
        except (TypeError, KeyError, AttributeError):
            raise CallError(f"{self.backend.url} does not answer as a backend does") from None

    def change(self, changes: Changes) -> None:
        listed = [{"name": name, "value": value} for name, value in changes.items()]
        ask(self.backend, "/api/update_environment_variables", {"changes": listed})


@dataclass(frozen=True, slots=True)
class KeptVariables:
    """Those in a data folder on which no backend runs. `environment` may name the database that it is kept in."""

    folder: DataFolder
    environment: Mapping[str, str]

    def read(self) -> dict[str, str]:
        if not has_documents(self.folder, self.environment):
            return {}
        with self._store() as store:
            return read_variables(store.metadata(METADATA))

    def change(self, changes: Changes) -> None:
        self.folder.make()
        with self._store() as store:
            change_variables(Committer(store, time.time_ns), changes, _accept)

    @contextmanager
    def _store(self) -> Iterator[Store]:
        store = open_documents(self.folder, self.environment)
        try:
            yield store
        finally:
            store.close()


def _accept(variables: Mapping[str, str]) -> None:
    """Whatever they are: what a program makes of them shows when it goes live."""
