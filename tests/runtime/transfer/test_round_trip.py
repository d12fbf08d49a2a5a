"""What was exported can be imported elsewhere, and exported again: the same bytes."""

from __future__ import annotations

from convexgen.authoring.ids import Int64
from tests.runtime.transfer.conftest import Place, Places, unzipped


def test_a_snapshot_goes_to_another_backend(place: Place, places: Places) -> None:
    place.add("Ann", "one", "two")
    place.add("Bob")
    snapshot = place.export()
    other = places(seed=2)

    assert other.put(snapshot, "zip")["num_rows_written"] == Int64(4)

    assert other.export() == snapshot
    assert other.names == ["Ann", "Bob"]
    assert other.query("people:words") == [["Ann", "one", "two"], ["Bob"]]
    assert list(unzipped(snapshot)) == [
        "README.md",
        "_tables/documents.jsonl",
        "notes/generated_schema.jsonl",
        "notes/documents.jsonl",
        "people/generated_schema.jsonl",
        "people/documents.jsonl",
        "pictures/generated_schema.jsonl",
        "pictures/documents.jsonl",
    ]
