"""What was exported can be imported elsewhere, and exported again: the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from convexgen.authoring.ids import Int64
from convexgen.runtime.values import Value, decode_id, read_json
from tests.runtime.transfer.conftest import Place, Places, renumbered, unzipped

_names = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="$"), max_size=8)
_plain = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(-(2**63), 2**63 - 1).map(Int64),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
)
_values: st.SearchStrategy[Value] = st.recursive(
    _plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names, inner, max_size=4), max_leaves=12
)


@settings(max_examples=25)
@given(st.lists(st.tuples(_values, st.none() | st.integers(-(2**63), 2**63 - 1)), max_size=6))
def test_any_documents_come_back_as_they_are(documents: Sequence[tuple[Value, int | None]]) -> None:
    with TemporaryDirectory() as folder:
        place, other = Place(Path(folder, "1")), Place(Path(folder, "2"), seed=2)
        for anything, visits in documents:
            place.insert(anything, None if visits is None else Int64(visits))
        snapshot = place.export()

        assert other.put(snapshot, "zip")["num_rows_written"] == Int64(2 * len(documents))

        assert other.export() == snapshot
        place.close()
        other.close()


def test_a_snapshot_has_the_files_of_the_reference(place: Place, places: Places) -> None:
    place.add("Ann", "one", "two")
    place.add("Bob")
    snapshot = place.export()
    other = places(seed=2)

    assert other.put(snapshot, "zip")["num_rows_written"] == Int64(4)

    assert other.names == ["Ann", "Bob"]
    assert other.query("people:words") == [["Ann", "one", "two"], ["Bob"]]
    files = unzipped(snapshot)
    assert list(files) == [
        "README.md",
        "_tables/documents.jsonl",
        "notes/generated_schema.jsonl",
        "notes/documents.jsonl",
        "people/generated_schema.jsonl",
        "people/documents.jsonl",
        "pictures/generated_schema.jsonl",
        "pictures/documents.jsonl",
    ]
    assert files["_tables/documents.jsonl"] == (
        b'{"name":"notes","id":10001}\n{"name":"people","id":10002}\n{"name":"pictures","id":10003}\n'
    )
    assert files["pictures/documents.jsonl"] == b""


def test_numbers_keep_what_they_are(place: Place) -> None:
    place.insert({"a": Int64(1), "b": 1.0, "c": -0.0, "d": float("inf")}, Int64(2**63 - 1))

    lines = unzipped(place.export())
    (note,) = lines["notes/documents.jsonl"].splitlines()
    (person,) = lines["people/documents.jsonl"].splitlines()

    assert b'"anything":{"a":1,"b":1.0,"c":-0.0,"d":{"$float":"AAAAAAAA8H8="}}' in note
    assert b'"visits":9223372036854775807' in person


def test_restoring_a_snapshot_takes_back_what_was_done_since(place: Place) -> None:
    place.add("Ann", "one")
    snapshot = place.export()
    place.add("Bob")

    assert place.put(snapshot, "zip", "replaceAll")["num_rows_written"] == Int64(2)

    assert place.names == ["Ann"]
    assert place.export() == snapshot


def test_restoring_what_is_there_writes_nothing_but_that_it_was_done(place: Place) -> None:
    place.add("Ann", "one")
    snapshot = place.export()
    told: list[str] = []
    result = place.names_result()
    watch = place.asked.watch(result, lambda: told.append("stale"))

    place.put(snapshot, "zip", "replace")

    assert told == []
    watch.close()


def test_tables_take_the_numbers_in_their_ids(places: Places) -> None:
    """Numbers were given in another order there, so each is another table's here; and one is nobody's."""
    place = places()
    place.add("Ann", "one")
    files = unzipped(place.export())
    swapped = {10_001: 10_002, 10_002: 10_001, 10_003: 10_700}
    other = places(seed=2)

    assert other.put(renumbered(files, swapped), "zip")["num_rows_written"] == Int64(2)

    assert other.query("people:words") == [["Ann", "one"]]
    assert other.add("Bob", "two")
    assert other.query("people:words") == [["Ann", "one"], ["Bob", "two"]]
    tables = unzipped(other.export())["_tables/documents.jsonl"]
    assert [read_json(line) for line in tables.splitlines()] == [
        {"name": "notes", "id": 10_002},
        {"name": "people", "id": 10_001},
        {"name": "pictures", "id": 10_700},
    ]


def test_a_table_with_other_documents_keeps_its_number(places: Places) -> None:
    place = places()
    place.add("Ann")
    content = renumbered(unzipped(place.export()), {10_001: 10_801, 10_002: 10_802, 10_003: 10_803})

    assert place.put(content, "zip", "append")["error_message"] == (
        'the IDs of "notes" are of the table 10801, but those here are of 10001: they can only replace what is there\n'
        'the IDs of "people" are of the table 10802, but those here are of 10002: they can only replace what is there'
    )
    assert place.put(content, "zip", "replace")["num_rows_written"] == Int64(2)
    assert place.names == ["Ann"]
    assert decode_id(place.add("Bob")).table_number == 10_801


def test_who_runs_while_tables_are_renumbered_runs_again(places: Places) -> None:
    """Numbers are given out after those that came from elsewhere, and what was live is told to ask again."""
    place, other = places(), places(seed=2)
    place.add("Ann")
    told: list[str] = []
    other.asked.watch(other.names_result(), lambda: told.append("stale"))

    other.put(renumbered(unzipped(place.export()), {10_001: 10_002, 10_002: 10_001}), "zip")

    assert told == ["stale"]
    assert other.names == ["Ann"]
