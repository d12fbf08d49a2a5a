"""A real PostgreSQL server for tests: one for each process of pytest, started by need, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import pytest

GUARDED = "guarded"
"""A user who is asked for a password, once there is one."""
_FOLDERS = Path("/usr/lib/postgresql")
_QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB", "listen_addresses=")
_numbers = count(1)


class PostgresServer:
    """A running server. It can be reached through a socket in its folder only."""

    def __init__(self, programs: Path) -> None:
        self._pg_ctl = programs / "pg_ctl"
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._user = "nobody" if os.geteuid() == 0 else None  # the server refuses to be root
        if self._user:
            shutil.chown(self.folder, self._user)
        self._data = self.folder / "data"
        options = ("--auth=trust", "--username=convexgen", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run(str(programs / "initdb"), f"--pgdata={self._data}", *options)
        (self._data / "pg_hba.conf").write_text(f"local all {GUARDED} scram-sha-256\nlocal all all trust\n")
        self.start()

    def start(self) -> None:
        settings = " ".join(f"-c {each}" for each in (*_QUICK, f"unix_socket_directories={self.folder}"))
        log = self.folder / "log"
        self._run(str(self._pg_ctl), "start", "-w", f"--pgdata={self._data}", f"--log={log}", f"--options={settings}")

    def stop(self, mode: str = "fast") -> None:
        """All connections are lost."""
        self._run(str(self._pg_ctl), "stop", "-w", f"--pgdata={self._data}", f"--mode={mode}")

    def remove(self) -> None:
        if (self._data / "postmaster.pid").exists():  # a test that failed may have left it stopped
            self.stop("immediate")
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql://convexgen@/{database}?host={self.folder}"

    def new_database(self, options: str = "") -> str:
        """The URL of an empty one. `options` are those of `CREATE DATABASE`."""
        name = f"test_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} {options}")
        return self.url(name)

    def execute(self, sql: str, database: str = "postgres") -> None:
        import psycopg  # noqa: PLC0415 - every run of tests imports this module, to end the server

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(sql.encode())

    def _run(self, *command: str) -> None:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        done = subprocess.run(
            command,
            user=self._user,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would be held open by the server
            stderr=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{command} ended with {done.returncode}: {log.read_text() if log.exists() else ''}")


@cache
def server() -> PostgresServer:
    """The one of this process, until `end_server`. Skips where there is no PostgreSQL; CI allows no skips."""
    programs = _programs()
    if programs is None:
        pytest.skip("needs PostgreSQL's `initdb` and `pg_ctl`, as in Debian's package `postgresql`")
    return PostgresServer(programs)


def end_server() -> None:
    """End the server and remove its folder, if it was started."""
    if server.cache_info().currsize:
        server().remove()
        server.cache_clear()


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest if there are several."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    folders = [each.parent for each in _FOLDERS.glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)
