"""The folder of a backend on this machine: its data, the key of its administrator, and where it serves.

Nothing in it belongs into a repository, and it says so itself.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Final

DEFAULT: Final = ".convexgen"
INSTANCE: Final = "local"
"""What the backend is called; its keys begin so."""


@dataclass(frozen=True, slots=True)
class RunningBackend:
    """How an administrator reaches a backend."""

    url: str
    admin_key: str


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Knows what is where. Nothing is read or written before it is asked for."""

    path: Path

    @property
    def store(self) -> Path:
        return self.path / "data.sqlite3"

    @property
    def has_database(self) -> bool:
        """Whether the documents lie in a database elsewhere, and not in `store`."""
        return (self.path / "database").exists()

    def keep_database_in_mind(self) -> None:
        """Let `has_database` be so from now on. How to reach it is not written down. Raises `OSError`."""
        if not self.has_database:
            self._write("database", "The documents are in a PostgreSQL database.\n")

    @property
    def files(self) -> Path:
        """The folder for the content of files."""
        return self.path / "files"

    @property
    def transfers(self) -> Path:
        """The folder for files that are being imported or were exported."""
        return self.path / "transfers"

    def make(self) -> None:
        """See to it that the folder is there. Raises `OSError`."""
        self.path.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), (self.path / ".gitignore").open("x", encoding="utf-8") as file:
            file.write("*\n")

    def admin_key(self) -> str:
        """The key, which is made the first time. Only for whoever holds the store open; raises `OSError`."""
        path = self.path / "admin-key"
        with suppress(FileNotFoundError):
            return path.read_text(encoding="utf-8").strip()
        key = f"{INSTANCE}|{token_hex(32)}"
        self._write("admin-key", f"{key}\n")
        return key

    def serving_at(self, url: str) -> None:
        """Write down where the backend is, for `running`. Raises `OSError`."""
        self._write("server.json", json.dumps({"url": url}) + "\n")

    def serves_no_more(self) -> None:
        (self.path / "server.json").unlink(missing_ok=True)

    def running(self) -> RunningBackend | None:
        """The backend that runs on this folder, or did when it was killed; None if there is none."""
        try:
            found = json.loads((self.path / "server.json").read_text(encoding="utf-8"))
            return RunningBackend(found["url"], (self.path / "admin-key").read_text(encoding="utf-8").strip())
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _write(self, name: str, text: str) -> None:
        """Write a file that nobody but its owner may read, whole or not at all."""
        temporary = self.path / f".{name}.new"
        temporary.unlink(missing_ok=True)
        temporary.touch(0o600, exist_ok=False)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(self.path / name)
