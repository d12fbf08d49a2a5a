"""Whatever goes wrong while something is imported: the documents are those from before, or all of the new ones."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest

from convexgen.authoring.ids import Int64
from convexgen.runtime.calls import Call, Success
from convexgen.runtime.store import Commit
from convexgen.runtime.store.memory_store import MemoryStore
from convexgen.runtime.transfer import imports, records
from convexgen.runtime.transfer.transfers import Transfers, UnknownImportError
from convexgen.runtime.transfer.uploads import UploadError
from tests.runtime.commits.broken_store import BrokenStore, fail
from tests.runtime.engine.served import ADMIN
from tests.runtime.transfer.conftest import Place, Places, program

PEOPLE = b'{"name": "Cid"}\n{"name": "Dan"}'


class _StubbornStore(MemoryStore):
    """Fails in the first commit that writes more than a few documents."""

    def commit(self, commits: Sequence[Commit]) -> None:
        if any(len(each.writes) > 2 for each in commits):
            fail()
        super().commit(commits)


def test_a_store_that_fails_has_everything_as_it_was(places: Places, caplog: pytest.LogCaptureFixture) -> None:
    place = places(_StubbornStore())
    for name in ("Ann", "Bob"):
        place.add(name)

    state = place.put(PEOPLE, "jsonLines", "replace", "people")

    assert state == {
        "state": "failed",
        "error_message": "The backend could not carry this out; its log says why. Nothing was imported.",
    }
    assert place.names == ["Ann", "Bob"]
    assert [record.message for record in caplog.records] == ["an import came to nothing"]
    assert place.transfers.uploads.path("*").parent.exists()
    assert not list(place.transfers.uploads.path("x").parent.iterdir())


def test_nobody_sees_a_half(places: Places) -> None:
    """At every timestamp that there ever is, everybody is there from before, or everybody from the file."""
    place = places()
    place.add("Ann")
    place.add("Bob")
    begun = place.engine.latest

    place.put(PEOPLE, "jsonLines", "replace", "people")

    seen = []
    for commit in place.store.log(begun, 1000):
        call = Call("people:names", {}, "query", ADMIN)
        outcome = place.engine.run_query(call, timestamp=commit.timestamp).outcome
        assert isinstance(outcome, Success)
        seen.append(outcome.value)
    assert [names for names, before in zip(seen, [None, *seen], strict=False) if names != before] == [
        ["Ann", "Bob"],
        ["Cid", "Dan"],
    ]


@pytest.mark.parametrize("commits", range(8))
def test_a_process_that_ends_in_the_middle(tmp_path: Path, commits: int) -> None:
    """After so many commits nothing is written any more. The next process finds the one or the other."""
    store = BrokenStore()
    place = Place(tmp_path / "before", store)
    place.add("Ann")
    import_ = place.upload(PEOPLE, "jsonLines", "replace", "people")
    left = [commits]

    def count() -> None:
        left[0] -= 1
        if left[0] < 0:
            fail()

    store.before = count
    try:
        place.transfers.perform(import_)
    except Exception as error:
        assert commits == 0, error  # it was refused
    place.transfers.close()
    store.heal()

    next_ = Place(tmp_path / "after", store, seed=2)

    done = next_.state(import_)["state"] == "completed"
    assert next_.names == (["Cid", "Dan"] if done else ["Ann"])
    if not done:
        assert next_.state(import_) == {"state": "failed", "error_message": records.STOPPED}
    next_.close()


def test_closing_stops_what_runs(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_TOLD_EVERY", 1)
    place = places()
    import_ = place.upload(PEOPLE, "jsonLines", "append", "people")
    place.transfers._closing.set()

    place.transfers.perform(import_)

    assert place.ended(import_) == {"state": "failed", "error_message": records.STOPPED}
    assert place.names == []


def test_a_restart_ends_what_waited_and_keeps_what_was_exported(tmp_path: Path) -> None:
    store = MemoryStore()
    place = Place(tmp_path, store)
    import_ = place.upload(PEOPLE, "jsonLines", "append", "people")
    snapshot = place.export()
    export = place.latest_export()
    place.engine.system(lambda system: records.add_export(system, files=False))
    place.transfers.close()

    next_ = Place(tmp_path, store, seed=2)

    assert next_.state(import_) == {"state": "failed", "error_message": records.STOPPED}
    assert next_.latest_export()["state"] == "failed"
    taken = export["start_ts"]
    assert isinstance(taken, Int64)
    found = next_.transfers.exported(taken)
    assert found is not None
    assert found.read_bytes() == snapshot
    with pytest.raises(UnknownImportError, match="the import does not wait to be carried out"):
        next_.transfers.perform(import_)
    next_.close()


def test_there_is_one_export_at_a_time(place: Place) -> None:
    place.engine.system(lambda system: records.add_export(system, files=False))

    assert not place.transfers.request_export(files=False)


def test_a_disk_that_is_full_fails_the_export(place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shutil.rmtree(tmp_path / "place 1" / "exports")

    assert place.transfers.request_export(files=False)
    place.wait_for(lambda: place.latest_export()["state"] == "failed")

    assert [record.message for record in caplog.records] == ["an export came to nothing"]


def test_imports_that_are_not_there(place: Place) -> None:
    for import_ in ("nobody", str(place.add("Ann"))):
        with pytest.raises(UnknownImportError, match="there is no such import"):
            place.transfers.perform(import_)


def test_another_program_goes_live_meanwhile(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was checked against the one is checked again against the other."""
    import_ = place.upload(PEOPLE, "jsonLines", "append", "people")
    put = place.engine.put_documents
    deployed: list[object] = []

    def once_after_a_deployment(*arguments: object) -> None:
        if not deployed:
            deployed.append(list(place.engine.deploy(program())))
        put(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(place.engine, "put_documents", once_after_a_deployment)
    place.transfers.perform(import_)

    assert place.ended(import_)["state"] == "completed"
    assert (len(deployed), place.names) == (1, ["Cid", "Dan"])


def test_parts_are_those_that_were_sent(place: Place) -> None:
    uploads = place.transfers.uploads
    token = uploads.start()
    part = uploads.put(token, 1, b"x")

    for wrong in ("2-" + "0" * 64, part[:-1], "../1-x", "x", ""):
        with pytest.raises(UploadError, match=r"^(there is no such part|a part is not the one that was sent)$"):
            uploads.finish(token, [wrong], "whole")
    for nobody in ("0" * 32, "..", ""):
        with pytest.raises(UploadError, match="there is no such upload, or it has ended"):
            uploads.put(nobody, 1, b"x")
    with pytest.raises(UploadError, match="parts have numbers from 1 to 10000"):
        uploads.put(token, 0, b"x")
    uploads.finish(token, [part, part], "whole")
    assert uploads.path("whole").read_bytes() == b"xx"


def test_too_many_uploads_end_those_that_began_first(tmp_path: Path, place: Place) -> None:
    transfers = Transfers(place.engine, tmp_path / "x", Random(1))
    transfers.deployed()
    first, *others = [transfers.uploads.start() for _ in range(17)]

    with pytest.raises(UploadError, match="there is no such upload, or it has ended"):
        transfers.uploads.put(first, 1, b"")
    assert transfers.uploads.put(others[0], 1, b"")
    transfers.close()
