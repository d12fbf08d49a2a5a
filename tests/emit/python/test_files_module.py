"""What uploads files beside the functions of a program that has a module called `files`."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from convexgen.ir import Module
from tests.emit.python.checkers import mypy
from tests.emit.python.programs import NULL, STRING, field, generate, query, write

FILES = Module("files", "files", functions=(query("list", STRING), query("upload", NULL, field("name", STRING))))
BELOW = Module("files.old", "files/old", functions=(query("upload", NULL),))


def test_a_module_called_files_has_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = "client_with_files"
    write(generate((FILES, BELOW), {}), tmp_path / package)
    monkeypatch.syspath_prepend(tmp_path)
    testing = importlib.import_module(f"{package}.testing")
    client = testing.fake_client()
    testing.on(client.files.list).returns("all")
    testing.on(client.files.upload_).returns(None)
    testing.on(client.files.old.upload).returns(None)
    testing.uploads_of(client).returns("f1")
    assert client.files.list() == "all"
    assert client.files.upload("http://files.test", b"") == "f1"
    assert client.files.upload_(name="x") is None
    assert client.files.old.upload() is None
    assert mypy(tmp_path, package) == []


@pytest.mark.parametrize("name", ["Client", "AsyncClient"])
def test_what_is_not_imported_for_a_client_that_is_not_called(chat_folder: Path, name: str) -> None:
    heavy = ("httpx", "websockets", "importlib.metadata", *(("asyncio",) if name == "Client" else ()))
    program = f"import sys; from chat_client_under_test import {name}; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(chat_folder)!r}); {program}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
