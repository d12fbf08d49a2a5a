"""What is sent, and what is no bundle: it may come from anybody who has a key."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.production.bundle import Bundle, InvalidBundleError, bundle_of, read_bundle
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile


def written(**changes: object) -> bytes:
    return json.dumps({"source": "backend", "naming": "camel", "files": {}, **changes}).encode()


def test_a_bundle_has_the_sources_as_they_are() -> None:
    snapshot = Snapshot((SourceFile.of("src/backend/schema.py", "# é\r\n".encode()),), {}, ())

    bundle = bundle_of(Settings("src/backend", "preserve"), snapshot)

    assert bundle == Bundle(source="src/backend", naming="preserve", files={"src/backend/schema.py": "# é\r\n"})
    assert bundle.settings == Settings("src/backend", "preserve")
    assert read_bundle(bundle.model_dump_json().encode()) == bundle


@given(st.dictionaries(st.from_regex(r"backend/([a-z]{1,5}/){0,2}[a-z_]{1,8}\.py", fullmatch=True), st.text()))
def test_every_bundle_arrives_as_it_was_sent(files: dict[str, str]) -> None:
    sendable = {path: text for path, text in files.items() if text.isprintable()}
    bundle = Bundle(source="backend", naming="camel", files=sendable)

    assert read_bundle(bundle.model_dump_json().encode()) == bundle


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd.py",
        "backend/../../outside.py",
        "backend/./schema.py",
        "backend//schema.py",
        "other/schema.py",
        "backend\\..\\..\\outside.py",
        "backend/C:outside.py",
        "backend/.hidden/schema.py",
        "backend/schema.so",
        "backend/nul\0.py",
        "backend.py",
        "../backend/schema.py",
    ],
)
def test_no_file_leads_out_of_the_folder(path: str) -> None:
    with pytest.raises(InvalidBundleError) as refused:
        read_bundle(written(files={path: ""}))

    assert str(refused.value) == f"Value error, {path!a} is no Python source in backend/"


@pytest.mark.parametrize("source", ["", ".", "..", "/backend", "a/../b", "backend/", "a//b", "a\\b", "C:a"])
def test_nor_does_the_folder(source: str) -> None:
    with pytest.raises(InvalidBundleError) as refused:
        read_bundle(written(source=source))

    assert str(refused.value) == f"source: Value error, {source!a} is no folder of a project"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "Invalid JSON: EOF while parsing a value at line 1 column 0"),
        (b"[]", "Input should be an object"),
        (b"{}", "source: Field required; naming: Field required; files: Field required"),
        (written(naming="snake"), "naming: Input should be 'camel' or 'preserve'"),
        (written(files={"backend/a.py": 1}), "files.backend/a.py: Input should be a valid string"),
        (written(more=1), "more: Extra inputs are not permitted"),
    ],
)
def test_what_is_no_bundle_is_refused_with_the_reason(text: bytes, said: str) -> None:
    with pytest.raises(InvalidBundleError) as refused:
        read_bundle(text)

    assert str(refused.value) == said
