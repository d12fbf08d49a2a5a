"""A specification file carries the marker, and shows the part of the program that its settings ask for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from convexgen.emit.contract import MARKER_LINE
from convexgen.emit.files import is_edited, is_ours, seal
from convexgen.emit.spec import emit, parse, render
from convexgen.ir import Ir
from convexgen.settings import SpecFormat, SpecOutput
from tests.emit.spec.programs import EVERY_KIND


def written(output: SpecOutput) -> Any:
    (file,) = emit(EVERY_KIND, output)
    return json.loads(file.text)


def identifiers(*, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    spec = written(SpecOutput("spec.json", include=include, exclude=exclude))
    return [each.get("identifier", each.get("path")) for each in spec["functions"]]


@pytest.mark.parametrize("format", ["ir", "function-spec", "schema"])
def test_the_file_says_who_wrote_it_and_is_otherwise_what_is_printed(format: SpecFormat) -> None:
    (file,) = emit(EVERY_KIND, SpecOutput("docs/spec.json", format))

    assert file.path == "docs/spec.json"
    assert file.text.startswith(f'{{\n  "generated": "{MARKER_LINE}",\n')
    assert json.loads(file.text) == {"generated": MARKER_LINE, **json.loads(render(EVERY_KIND, format))}
    assert is_ours(seal(file.text))
    assert not is_edited(seal(file.text))


def test_the_ir_file_reads_back() -> None:
    (file,) = emit(EVERY_KIND, SpecOutput("ir.json", "ir"))
    assert parse(file.text) == EVERY_KIND


MESSAGES = [f"messages.js:{name}" for name in ("find", "list", "sums", "shape", "file", "job")]
SETTINGS = ["admin/userSettings.js:default", "admin/userSettings.js:purge"]
ROUTES = ["/hook", "/files/*"]


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ((), (), SETTINGS + MESSAGES + ROUTES),
        (("messages",), (), MESSAGES),
        (("message",), (), []),
        (("mess*",), (), MESSAGES),
        (("*",), (), SETTINGS + MESSAGES + ROUTES),
        (("admin/*",), (), SETTINGS),
        (("*/user?ettings",), (), SETTINGS),
        (("[a-m]*", "http"), ("messages",), SETTINGS + ROUTES),
        ((), ("admin/*",), MESSAGES + ROUTES),
        (("*",), ("messages", "http"), SETTINGS),
        (("a.min/*", "Messages"), (), []),
    ],
)
def test_globs_choose_modules(include: tuple[str, ...], exclude: tuple[str, ...], expected: list[str]) -> None:
    assert identifiers(include=include, exclude=exclude) == expected


def test_public_leaves_internal_functions_out() -> None:
    spec = written(SpecOutput("spec.json", visibility="public"))
    assert [each.get("identifier") for each in spec["functions"]] == [SETTINGS[0], *MESSAGES, None, None]


def test_the_schema_is_whole_whatever_modules_are_shown() -> None:
    schema = written(SpecOutput("schema.json", "schema", include=("admin/*",)))
    assert {"generated": MARKER_LINE, **json.loads(render(EVERY_KIND, "schema"))} == schema


def test_public_leaves_tables_out_whose_documents_nobody_gets() -> None:
    schema = written(SpecOutput("schema.json", "schema", visibility="public"))
    assert [table["tableName"] for table in schema["tables"]] == ["messages", "shapes"]


def program(output: SpecOutput) -> Ir:
    return parse(emit(EVERY_KIND, output)[0].text)


def test_types_that_nobody_uses_any_more_are_left_out() -> None:
    shown = program(SpecOutput("ir.json", "ir", include=("admin/*",)))

    assert [(m.wire, [t.name for t in m.types], len(m.tables)) for m in shown.modules] == [
        ("admin/userSettings", [], 0),
        ("messages", ["Level", "Meta"], 0),
        ("schema", ["Circle", "Square"], 3),
    ]
    assert shown.routes == ()
    assert [cron.name for cron in shown.crons] == ["purge"]


def test_crons_of_functions_that_are_left_out_go_with_them() -> None:
    shown = program(SpecOutput("ir.json", "ir", visibility="public"))
    assert [cron.name for cron in shown.crons] == ["look"]


def test_nothing_is_left_where_nothing_is_shown() -> None:
    assert program(SpecOutput("ir.json", "ir", include=("nowhere",), visibility="public")) == Ir(())
