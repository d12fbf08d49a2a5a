"""`convexgen serve` on a real PostgreSQL server: across restarts, from another folder, and when the server goes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.cli.app import run
from tests.postgres import server
from tests.production.test_serving import FIRST, Deployed, Served, Site
from tests.runtime.store.test_postgres_database import end_connections


@pytest.fixture
def url() -> str:
    return server().new_database()


@pytest.fixture
def site(tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]) -> Iterator[Site]:
    (tmp_path / "project").mkdir()
    (tmp_path / "project/pyproject.toml").write_text("[tool.convexgen]\n")
    with Served(tmp_path, tmp_path, {"CONVEXGEN_DATABASE": url}) as served:
        made = Site(tmp_path, served, capfd)
        made.write(**FIRST)
        yield made


def env(data: Path, *command: str, **variables: str) -> tuple[int, str, str]:
    """What `convexgen env` does with a data folder: its exit code, and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "convexgen", "env", *command, "--data", str(data)],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_documents_outlive_the_server_that_wrote_them(site: Site, url: str) -> None:
    assert site.deploy() == Deployed(0, "", "Nothing was deployed to URL before.\n3 functions live at URL.\n")
    assert site.ask("mutation", "notes:add", text="one") == {"status": "success", "value": None}
    site.server.kill()
    site.server.start()
    assert site.texts() == ["one"]
    assert site.ask("mutation", "notes:add", text="two") == {"status": "success", "value": None}
    assert site.server.stop() == 0
    assert not (site.server.data / "data.sqlite3").exists()
    assert url not in "".join(each.read_text() for each in site.server.data.iterdir() if each.is_file())

    assert env(site.server.data, "set", "A", "1", CONVEXGEN_DATABASE=url) == (0, "", "A is set.\n")
    assert env(site.server.data, "get", "A", CONVEXGEN_DATABASE=url) == (0, "1\n", "")
    site.server.start()
    assert site.texts() == ["one", "two"]


def test_who_has_lost_the_database_ends_and_may_be_started_again(site: Site, url: str) -> None:
    site.deploy()
    site.ask("mutation", "notes:add", text="one")
    assert end_connections(url, "COMMIT") == 1
    assert site.server.wait_for_end() == 2
    *_, said, last = site.server.output.splitlines()
    assert said.startswith("Error: the connection to the PostgreSQL database `test_")
    assert said.endswith("` at " + str(server().folder) + " was lost, and it has to be opened again.")
    assert last == "stopping"
    site.server.start()
    assert site.texts() == ["one"]


def test_documents_are_taken_along_from_a_file_of_sqlite(site: Site, tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    snapshot = str(tmp_path / "snapshot.zip")
    with Served(tmp_path, tmp_path / "before") as before:
        site.deploy(to=before)
        before.mutation("notes:add", {"text": "one"})
        assert run(["export", "--url", before.url, "--admin-key", before.admin_key, "--path", snapshot]) == 0
    site.deploy()
    target = ("--url", site.server.url, "--admin-key", site.server.admin_key)
    assert run(["import", snapshot, "--replace-all", "--yes", *target]) == 0
    assert site.texts() == ["one"]
    site.server.kill()
    site.server.start()
    assert site.texts() == ["one"]


def test_documents_are_not_looked_for_where_they_are_not(site: Site, url: str) -> None:
    data = site.server.data
    site.deploy()
    site.server.stop()
    elsewhere = f"Error: the documents of {data} are in a PostgreSQL database: name it in CONVEXGEN_DATABASE.\n"
    for command in (("list",), ("set", "A", "1")):
        assert env(data, *command) == (2, "", elsewhere)
    (data / "database").unlink()
    assert env(data, "set", "A", "1") == (0, "", "A is set.\n")
    code, out, said = env(data, "list", CONVEXGEN_DATABASE=url)
    assert (code, out) == (2, "")
    assert said == (
        f"Error: {data / 'data.sqlite3'} has documents already, and CONVEXGEN_DATABASE names a database: take them"
        " there with `convexgen export` and `convexgen import`, from one data folder into another.\n"
    )
    (data / "data.sqlite3").unlink()
    site.server.start()
