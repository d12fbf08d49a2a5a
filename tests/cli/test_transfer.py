"""`convexgen import` and `convexgen export`: what they print on which stream, and how they end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from convexgen.dev.data_folder import DataFolder
from convexgen.runtime.server.app import application
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.http_api import HttpApi
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.server.serving import Serving, Site, take_port
from convexgen.runtime.server.transfer_api import TransferApi
from convexgen.runtime.transfer import records
from tests.cli.conftest import Command, Ran
from tests.runtime.server.conftest import ABOUT, REQUEST_ID
from tests.runtime.transfer.conftest import Place

SUMMARY = (
    "Import change summary:\n"
    "table  | create | delete |\n"
    "--------------------------\n"
    "people | {0} |\n"
    "All of it becomes visible at once, or nothing does.\n"
    "Once it has been agreed to, it goes on in the background: interrupting the command does not stop it.\n"
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONVEX_SELF_HOSTED_URL", "CONVEX_SELF_HOSTED_ADMIN_KEY", "CONVEXGEN_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def place(project: Path) -> Iterator[Place]:
    """A backend that runs on the data folder of the project."""
    folder = DataFolder(project / ".convexgen")
    folder.make()
    place = Place(folder.transfers)
    runs = FunctionRuns(workers=2)
    access = Access(folder.admin_key())
    api = HttpApi(place.asked, access, runs, "everything", lambda: REQUEST_ID)
    listener = take_port("127.0.0.1", 0)

    async def leave() -> None:
        pass

    routes = [*api.routes(), *TransferApi(place.transfers, access).routes()]
    serving = Serving([Site(application(ABOUT, routes), listener)], leave)
    serving.start()
    folder.serving_at(f"http://127.0.0.1:{listener.getsockname()[1]}")
    yield place
    serving.stop()
    runs.close()
    place.close()


def test_a_table_is_imported(convexgen: Command, project: Path, place: Place) -> None:
    (project / "people.jsonl").write_text('{"name": "Ann"}\n{"name": "Bob"}\n')
    (project / "people.txt").write_text("name\nCid\n")

    assert convexgen("import", "people.jsonl", "--table", "people") == Ran(
        0, "", SUMMARY.format("2      | 0 of 0") + "2 documents imported.\n"
    )
    assert convexgen("import", "people.txt", "--format", "csv", "--table", "people", "--append") == Ran(
        0, "", SUMMARY.format("1      | 0 of 2") + "1 document imported.\n"
    )
    assert place.names == ["Ann", "Bob", "Cid"]


def test_what_would_be_deleted_is_asked_for(convexgen: Command, project: Path, place: Place) -> None:
    place.add("Ann")
    (project / "people.json").write_text('[{"name": "Bob"}]')
    command = ("import", "people.json", "--table", "people", "--replace")

    assert convexgen(*command) == Ran(
        1,
        "",
        SUMMARY.format("1      | 1 of 1")
        + "Documents would be deleted: --yes agrees to that.\nNothing was imported.\n",
    )
    assert place.names == ["Ann"]
    assert convexgen(*command, "-y").code == 0
    assert place.names == ["Bob"]


def test_what_is_wrong_is_told(convexgen: Command, project: Path, place: Place) -> None:
    (project / "people.csv").write_text("name,age\nAnn,x\nBob,y\n")

    assert convexgen("import", "people.csv", "--table", "people") == Ran(
        1,
        'line 2: Value does not match validator. Path: .age Value: "x" Validator: v.float64()\n'
        'line 3: Value does not match validator. Path: .age Value: "y" Validator: v.float64()\n',
        "Nothing was imported.\n",
    )
    assert place.names == []


def test_a_snapshot_goes_out_and_in(convexgen: Command, project: Path, place: Place) -> None:
    place.add("Ann", "one")

    assert convexgen("export", "--path", "all.zip") == Ran(0, "", "Wrote all.zip.\n")
    ran = convexgen("export", "--path", str(project), "--include-file-storage")
    assert (ran.code, ran.out) == (0, "")
    assert re.fullmatch(rf"Wrote {re.escape(str(project))}/snapshot_\d+\.zip\.\n", ran.err)
    place.add("Bob")
    assert convexgen("import", "all.zip", "--replace-all", "-y").code == 0
    assert place.names == ["Ann"]
    with ZipFile(project / "all.zip") as archive:
        assert b'"Ann"' in archive.read("people/documents.jsonl")
    assert not list(project.glob("*.part"))


def test_paths_that_cannot_be_written(convexgen: Command, project: Path, place: Place) -> None:
    del place
    (project / "there.zip").touch()

    assert convexgen("export", "--path", "there.zip") == Ran(2, "", "Error: there.zip is there already.\n")
    assert convexgen("export", "--path", "no/where.zip") == Ran(2, "", "Error: there is no folder no.\n")


def test_an_export_that_cannot_be_made(convexgen: Command, project: Path, place: Place) -> None:
    (project / ".convexgen/transfers/exports").rmdir()
    assert convexgen("export", "--path", "all.zip") == Ran(
        1, "", "The backend could not make a snapshot; its log says why.\n"
    )
    place.engine.system(lambda system: records.add_export(system, files=False))
    ran = convexgen("export", "--path", "all.zip")
    assert ran.code == 2
    assert ran.err.endswith(" refuses: Another export is going on; wait until it is completed (ExportInProgress).\n")


def test_files_that_are_not_there(convexgen: Command, place: Place) -> None:
    del place
    assert convexgen("import", "no.csv", "--table", "people") == Ran(
        2, "", "Error: no.csv cannot be read: no such file or directory.\n"
    )


@pytest.mark.parametrize("command", [("import", "x.zip"), ("export", "--path", "x.zip")])
def test_nothing_runs(convexgen: Command, project: Path, command: tuple[str, ...]) -> None:
    assert convexgen(*command) == Ran(
        2,
        "",
        f"Error: no backend is running on {project / '.convexgen'}.\n"
        "Start it with `convexgen dev`, or name another with --url and --admin-key.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("x.csv",), "Invalid value for --table: this is needed for all but snapshots"),
        (("x.zip", "--table", "people"), "Invalid value for --table: a snapshot names its tables itself"),
        (
            ("x.txt", "--table", "people"),
            "Invalid value for FILE: the name does not say what the file is: --format does",
        ),
        (
            ("x.zip", "--append", "--replace"),
            "Invalid value: only one of --append, --replace and --replace-all can be done",
        ),
    ],
)
def test_words_that_do_not_go_together(convexgen: Command, arguments: tuple[str, ...], complaint: str) -> None:
    ran = convexgen("import", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[-1] == f"Error: {complaint}"
