"""What can be imported, what becomes of what was there, and everything that is told of what cannot be."""

from __future__ import annotations

import pytest

from convexgen.authoring.ids import Int64
from convexgen.runtime.transfer import archive_reading, imports, rows
from convexgen.runtime.values import DocumentId
from tests.runtime.transfer.conftest import Place, zipped


def id_of(table: int, number: int) -> str:
    """The id of a document that nobody has made."""
    return str(DocumentId(table, bytes(15) + bytes([number])))


ANN, BOB = id_of(10_002, 1), id_of(10_002, 2)


@pytest.mark.parametrize(
    ("format_", "content", "names"),
    [
        ("jsonLines", b'{"name": "Ann"}\n\n{"name": "Bob", "age": 7, "visits": 7, "score": 7}', ["Ann", "Bob"]),
        ("jsonLines", '\ufeff{"name": "Ünn"}\r\n'.encode(), ["Ünn"]),
        ("jsonLines", b"", []),
        ("jsonArray", b'[{"name": "Bob"},\n {"name": "Ann"}]\n', ["Ann", "Bob"]),
        ("jsonArray", b" [ ] ", []),
        ("jsonArray", b"[" + b", ".join([b'{"name": "%s]}["}' % (b"x" * 700)] * 100) + b"]", ["x" * 700 + "]}["] * 100),
        ("csv", b'name,age\r\nAnn,7\r\n"Bob, the\nother",1e3\r\n', ["Ann", "Bob, the\nother"]),
        ("csv", b"name\n007\n", ["007"]),
        ("csv", b"name,score,visits\nAnn,1.5,7\n", ["Ann"]),
    ],
)
def test_files_of_each_format(place: Place, format_: str, content: bytes, names: list[str]) -> None:
    state = place.put(content, format_, table="people")

    assert state.get("num_rows_written") == Int64(len(names)), state
    assert place.names == names


@pytest.mark.parametrize(
    ("format_", "content", "message"),
    [
        (
            "jsonLines",
            b'{"name": "Ann"}\n{"age": 1}\nx\n[]\n{"name": 7}\n{"name": "Bob", "wrong": 1}\n{"name": "\xff"}\n'
            b'{"_id": "x", "name": "a"}\n{"_creationTime": "now", "name": "a"}\n{"name": "a", "name": "b"}\n'
            b'{"name": "a", "$b": 1}\n{"name": "a", "age": 99999999999999999999}',
            "line 2: Object is missing the required field `name`. Consider wrapping the field validator in "
            "`v.optional(...)` if this is expected.\n"
            "line 3: not JSON: Expecting value, at column 1\n"
            "line 4: this is no object\n"
            "line 5: Value does not match validator. Path: .name Value: 7.0 Validator: v.string()\n"
            "line 6: Object contains extra field `wrong` that is not in the validator.\n"
            "line 7: not JSON: the text is not Unicode\n"
            "line 8: Unable to decode ID: Invalid ID length 1\n"
            "line 9: _creationTime is not a number\n"
            "line 10: not JSON: an object has the same key twice\n"
            "line 11: Field name $b starts with '$', which is reserved.\n"
            "line 12: Value is not an integer within ±2^53. Path: .age Value: 1e+20 Validator: v.float64()",
        ),
        ("jsonArray", b'{"name": "Ann"}', "line 1: the file holds no array, which begins with ["),
        ("jsonArray", b"", "line 1: the file holds no array, which begins with ["),
        (
            "jsonArray",
            b'[{"name": "Ann"},\n 5,\n {"name": "Bob"}',
            "line 2: this is no object\nline 3: after an element of the array there is neither a comma nor its end",
        ),
        ("jsonArray", b'[{"name": "Ann"}]\n[]', "line 2: there is something behind the end of the array"),
        ("jsonArray", b'[\n{"name": ]', "line 2: not JSON: Expecting value, at column 10"),
        ("jsonArray", b'["\xff"]', "line 1: the text is not UTF-8"),
        ("csv", b"", "the file is empty: its first line names the fields"),
        ("csv", b"name,name,\nAnn,Bob,1", "line 1: the field 'name' is there twice\nline 1: a field has no name"),
        (
            "csv",
            b"name,age\nAnn\nBob,x\n",
            "line 2: there are 1 values, but 2 fields in the first line\n"
            'line 3: Value does not match validator. Path: .age Value: "x" Validator: v.float64()',
        ),
        ("csv", b'name\n"Ann', "line 2: not CSV: unexpected end of data"),
        ("csv", b"name\n\xff", "line 2: the text is not UTF-8"),
    ],
)
def test_all_that_is_wrong_is_told_and_nothing_imported(
    place: Place, format_: str, content: bytes, message: str
) -> None:
    state = place.put(content, format_, table="people")

    assert state == {"state": "failed", "error_message": message}
    assert place.names == []


def test_no_more_is_told_than_anybody_reads(place: Place) -> None:
    lines = str(place.put(b"x\n" * 102, "jsonLines", table="people")["error_message"]).splitlines()

    assert (len(lines), lines[-1]) == (101, "… and 2 more problems")


def test_reading_ends_where_nothing_is_right(place: Place) -> None:
    lines = str(place.put(b"x\n" * 20_000, "jsonLines", table="people")["error_message"]).splitlines()

    assert lines[-1] == "… and 9900 more problems"


def test_a_line_may_not_be_endless(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LONGEST", 100)
    endless = b'{"name": "' + b"x" * 100 + b'"}'

    assert place.put(b"{}\n" + endless, "jsonLines", table="notes")["error_message"] == (
        "line 1: Object is missing the required field `author`. Consider wrapping the field validator in "
        "`v.optional(...)` if this is expected.\n"
        "line 2: this line is longer than 100 B, more than any document"
    )
    assert place.put(b"[" + endless[:-1], "jsonArray", table="notes")["error_message"] == (
        "line 1: this is no object of JSON, or has more than 100 B"
    )


def test_there_is_a_limit_to_what_comes_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "LARGEST", 1000)
    assert place.put(b'{"name": "Ann"}\n' * 20, "jsonLines", table="people")["error_message"] == (
        "There are more than 1000 B of documents, more than can be imported at once"
    )


def test_modes(place: Place) -> None:
    place.add("Ann", "one")
    bob = b'{"name": "Bob"}'

    assert place.put(bob, "jsonLines", "requireEmpty", "people")["error_message"] == (
        'the table "people" is not empty: append to it, or replace what is in it'
    )
    assert place.names == ["Ann"]
    assert place.put(bob, "jsonLines", "append", "people")["num_rows_written"] == Int64(1)
    assert place.names == ["Ann", "Bob"]
    assert place.put(bob, "jsonLines", "replace", "people")["num_rows_written"] == Int64(1)
    assert (place.names, place.query("people:words")) == (["Bob"], [["nobody", "one"]])
    assert place.put(bob, "jsonLines", "replaceAll", "people")["num_rows_written"] == Int64(1)
    assert (place.names, place.query("people:words")) == (["Bob"], [])


def test_what_would_change_is_told_first(place: Place) -> None:
    place.add("Ann", "one")
    place.add("Bob")

    import_ = place.upload(b'{"name": "Cid"}', "jsonLines", "replaceAll", "people")

    assert place.state(import_) == {
        "state": "waiting_for_confirmation",
        "require_manual_confirmation": True,
        "message_to_confirm": (
            "Import change summary:\n"
            "table    | create | delete |\n"
            "----------------------------\n"
            "notes    | 0      | 2 of 2 |\n"
            "people   | 1      | 2 of 2 |\n"
            "pictures | 0      | 0 of 0 |\n"
            "All of it becomes visible at once, or nothing does.\n"
            "Once it has been agreed to, it goes on in the background: interrupting the command does not stop it."
        ),
    }
    assert place.names == ["Ann", "Bob"]


def test_ids_and_times_that_come_along_are_kept(place: Place) -> None:
    content = f'{{"_id": "{ANN}", "_creationTime": 5, "name": "Ann"}}\n{{"name": "Bob", "_creationTime": 4.5}}'

    place.put(content.encode(), "jsonLines", table="people")

    (first, second) = place.stored("people")
    assert (first["_id"], first["_creationTime"]) == (ANN, 5.0)
    assert (second["name"], second["_creationTime"]) == ("Bob", 4.5)


def test_a_document_is_not_there_twice(place: Place) -> None:
    content = f'{{"_id": "{ANN}", "name": "Ann"}}\n'.encode()

    assert place.put(content * 2, "jsonLines", table="people")["error_message"] == (
        f"line 2: the ID {ANN} is there twice"
    )
    assert place.put(content, "jsonLines", table="people")["num_rows_written"] == Int64(1)
    assert place.put(content, "jsonLines", "append", "people")["error_message"] == (
        f'There is a document {ANN} in the table "people" already: '
        "it can only be replaced, with all others of its table"
    )
    assert place.put(content, "jsonLines", "replace", "people")["num_rows_written"] == Int64(1)


def test_ids_of_another_table_are_refused(place: Place) -> None:
    content = f'{{"name": "Ann"}}\n{{"_id": "{id_of(10_001, 1)}", "name": "Ann"}}'.encode()

    assert place.put(content, "jsonLines", table="people")["error_message"] == (
        "line 2: _id is an ID of the table notes"
    )
    assert place.put(b'{"author": "%s"}' % id_of(10_001, 1).encode(), "jsonLines", table="notes")["error_message"] == (
        f'line 1: Found ID "{id_of(10_001, 1)}" from table `notes`, which does not match the table name in validator '
        '`v.id("people")`. Path: .author'
    )


@pytest.mark.parametrize("table", ["peple", "_storage", "_imports", "nobody"])
def test_tables_that_are_not_in_the_schema(place: Place, table: str) -> None:
    state = place.put(b"{}", "jsonLines", table=table)

    assert state["state"] == "failed"
    if table == "peple":
        assert state["error_message"] == 'there is no table "peple" in the schema: did you mean "people"?'


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "There are no documents in the zip file: no TABLE/documents.jsonl"),
        ({"README.md": "hi"}, "There are no documents in the zip file: no TABLE/documents.jsonl"),
        (
            {"../people/documents.jsonl": "", "/etc/passwd": "", "a\\b": "", "people/documents.jsonl": ""},
            "'../people/documents.jsonl': this name leads out of the zip file\n"
            "'/etc/passwd': this name leads out of the zip file\n"
            "'a\\\\b': this name leads out of the zip file",
        ),
        (
            {"people/documents.jsonl": '{"name": 1}\n', "notes/documents.jsonl": "x\n"},
            "notes/documents.jsonl, line 1: not JSON: Expecting value, at column 1\n"
            "people/documents.jsonl, line 1: Value does not match validator. Path: .name Value: 1n "
            "Validator: v.string()",
        ),
        ({"pople/documents.jsonl": ""}, 'there is no table "pople" in the schema: did you mean "people"?'),
        (
            {"_tables/documents.jsonl": '{"id": 1}\n', "people/documents.jsonl": ""},
            "_tables/documents.jsonl, line 1: this names no table",
        ),
        (
            {"_tables/documents.jsonl": '{"name": "people", "id": 2}\n', "people/documents.jsonl": ""},
            'the IDs of "people" are of the table 2, which no table can be here',
        ),
        (
            {
                "_tables/documents.jsonl": '{"name": "people", "id": 10777}\n{"name": "notes", "id": 10777}',
                "people/documents.jsonl": "",
                "notes/documents.jsonl": "",
            },
            "the documents of several tables have IDs of one table, 10777\n"
            "the documents of several tables have IDs of one table, 10777",
        ),
    ],
)
def test_zip_files_that_are_no_snapshots(place: Place, files: dict[str, str], message: str) -> None:
    assert place.put(zipped(files), "zip") == {"state": "failed", "error_message": message}


def test_what_is_no_zip_file(place: Place) -> None:
    assert place.put(b"PK", "zip")["error_message"] == "This is no zip file: File is not a zip file"


def test_a_damaged_zip_file(place: Place) -> None:
    content = zipped({"people/documents.jsonl": '{"name": "Ann"}\n'}).replace(b"Ann", b"Bob", 1)

    assert place.put(content, "zip")["error_message"] == (
        "people/documents.jsonl: this cannot be unpacked: Bad CRC-32 for file 'people/documents.jsonl'"
    )


def test_a_zip_bomb_does_not_fill_the_memory(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long line ends the reading; short ones come to the limit of an import, in however many tables they are."""
    monkeypatch.setattr(rows, "LONGEST", 1000)
    assert place.put(zipped({"people/documents.jsonl": b"0" * 100_000}), "zip")["error_message"] == (
        "people/documents.jsonl, line 1: this line is longer than 1000 B, more than any document"
    )
    few = {
        "notes/documents.jsonl": f'{{"author": "{ANN}", "words": []}}\n' * 20,
        "people/documents.jsonl": '{"name": "Ann"}\n' * 20,
    }
    monkeypatch.setattr(imports, "LARGEST", 10_000)
    assert place.put(zipped(few), "zip")["error_message"] == (
        "There are more than 9.77 KiB of documents, more than can be imported at once"
    )
    monkeypatch.setattr(archive_reading, "_MOST_TEXT", 100)
    assert place.put(zipped(few), "zip")["error_message"] == ("The documents in the zip file unpack to more than 100 B")
