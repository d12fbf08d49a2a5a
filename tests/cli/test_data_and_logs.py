"""`convexgen data` and `convexgen logs` with a backend that runs on the data folder of the project."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from convexgen.dev.backend import Backend
from convexgen.dev.data_folder import DataFolder
from convexgen.dev.reloading import Reloading
from convexgen.discover import discover
from convexgen.runtime.server.serving import take_port
from convexgen.settings import Settings
from tests.cli.conftest import Command, Ran

SCHEMA = """from convexgen import Int64, Table, UNSET, Unset


class Note(Table, name="notes"):
    text: str
    size: Int64
    rank: float | Unset = UNSET


class Empty(Table, name="empty"):
    text: str
"""
NOTES = """from convexgen import UNSET, Int64, MutationCtx, QueryCtx, mutation, query

from data_and_logs.schema import Note


@mutation
async def add(ctx: MutationCtx, text: str) -> None:
    await ctx.db.insert(Note(text=text, size=Int64(len(text)), rank=1.5 if text == "b" else UNSET))


@query
async def fail(ctx: QueryCtx) -> None:
    raise ValueError("no")
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONVEX_SELF_HOSTED_URL", "CONVEX_SELF_HOSTED_ADMIN_KEY", "CONVEXGEN_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def url(project: Path) -> Iterator[str]:
    """Where the backend serves."""
    path = list(sys.path)
    folder = project / "data_and_logs"
    folder.mkdir()
    for name, text in {"schema": SCHEMA, "notes": NOTES}.items():
        (folder / f"{name}.py").write_text(text)
    data = DataFolder(project / ".convexgen")
    backend = Backend(data, "test", lambda call: None)
    said: list[str] = []
    reloading = Reloading(project, backend, said.append)
    settings = Settings("data_and_logs")
    assert reloading.go_live(settings, discover(project, settings)), said
    with take_port("127.0.0.1", 0) as listener, take_port("127.0.0.1", 0) as site:
        backend.serve(listener.dup(), site.dup())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    data.serving_at(url)
    yield url
    backend.close()
    reloading.close()
    sys.path[:] = path


def call(url: str, kind: str, path: str, **arguments: object) -> None:
    httpx.post(f"{url}/api/{kind}", json={"path": path, "args": arguments}, trust_env=False).raise_for_status()


def same(text: str) -> str:
    """The text without ids and times."""
    return re.sub(r'"\w{32}"|\d{13}\.\d+', "…", text)


def test_tables_and_documents(convexgen: Command, url: str) -> None:
    for text in ("a", "b", "é" * 70):
        call(url, "mutation", "notes:add", text=text)

    assert convexgen("data") == Ran(0, "empty\nnotes\n", "")
    assert convexgen("data", "empty") == Ran(0, "", "There are no documents in empty.\n")
    assert convexgen("data", "empty", "--format", "json") == Ran(0, "[]\n", "There are no documents in empty.\n")
    lines = convexgen("data", "notes", "--order", "asc", "--format", "jsonl", "--limit", "2")
    assert lines._replace(out=same(lines.out)) == Ran(
        0,
        '{"_creationTime": …, "_id": …, "size": {"$integer": "AQAAAAAAAAA="}, "text": "a"}\n'
        '{"_creationTime": …, "_id": …, "rank": 1.5, "size": {"$integer": "AQAAAAAAAAA="}, "text": "b"}\n',
        "These are the 2 documents that were made first; --limit shows more.\n",
    )
    last = convexgen("data", "notes", "--limit", "1", "--format", "json")
    assert last._replace(out=same(last.out)) == Ran(
        0,
        '[\n  {"_creationTime": …, "_id": …, "size": {"$integer": "RgAAAAAAAAA="}, "text": "' + "é" * 70 + '"}\n]\n',
        "This is the document that was made last; --limit shows more.\n",
    )
    table = convexgen("data", "notes")
    assert (table.code, table.err) == (0, "")
    rows = [[cell.strip() for cell in line.split("|")] for line in table.out.splitlines()]
    assert rows[0] == ["_id", "size", "text", "rank", "_creationTime"]
    assert [row[2] for row in rows[2:]] == ['"' + "é" * 58 + "…", '"b"', '"a"']
    assert [row[3] for row in rows[2:]] == ["", "1.5", ""]


def test_documents_come_page_by_page(convexgen: Command, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convexgen.cli.data._PAGE", 2)
    for number in range(5):
        call(url, "mutation", "notes:add", text=f"{number}")

    all_of_them = convexgen("data", "notes", "--order", "asc", "--format", "jsonl", "--limit", "1000")

    assert re.findall(r'"text": "(\d+)"', all_of_them.out) == [str(number) for number in range(5)]
    assert (all_of_them.code, all_of_them.err) == (0, "")
    assert len(convexgen("data", "notes", "--format", "jsonl", "--limit", "3").out.splitlines()) == 3


def test_a_table_that_there_is_not(convexgen: Command, url: str) -> None:
    del url
    ran = convexgen("data", "nothing")
    assert (ran.code, ran.out) == (1, "")
    assert re.sub(r"ID: \w+", "ID: ID", ran.err) == "[Request ID: ID] Server Error\nThere is no table 'nothing'.\n"


def test_logs(convexgen: Command, url: str) -> None:
    assert convexgen("logs", "--no-follow", "--history", "9") == Ran(0, "", "")
    call(url, "query", "notes:fail")
    call(url, "mutation", "notes:add", text="a")

    def shown(*options: str) -> list[str]:
        ran = convexgen("logs", "--no-follow", *options)
        assert (ran.code, ran.err) == (0, "")
        return re.sub(r"\d+ ms", "N ms", re.sub(r"^[\d-]{10} [\d:]{8} ", "WHEN ", ran.out, flags=re.M)).splitlines()

    failed = ["WHEN query notes:fail (N ms)", "  Uncaught ValueError: no", shown("--history", "9")[-1]]
    assert failed[-1].startswith("      at fail (../data_and_logs/notes.py:")
    assert shown("--history", "9") == failed
    assert shown("--history", "9", "--success") == [*failed, "WHEN mutation notes:add (N ms)"]
    assert shown("--history", "1") == shown() == []
    (line,) = shown("--history", "1", "--jsonl")
    assert re.match(r'\{"kind": "Completion", "udfType": "Mutation", "identifier": "notes:add", "timestamp": ', line)


@pytest.mark.parametrize("command", [("data",), ("data", "notes"), ("logs",)])
def test_nothing_runs(convexgen: Command, project: Path, command: tuple[str, ...]) -> None:
    assert convexgen(*command) == Ran(
        2,
        "",
        f"Error: no backend is running on {project / '.convexgen'}.\n"
        "Start it with `convexgen dev`, or name another with --url and --admin-key.\n",
    )


def test_a_wrong_key(convexgen: Command, url: str) -> None:
    wrong = ("--url", url, "--admin-key", "a|b")
    refusal = f"Error: {url} refuses: The provided admin key was invalid for this instance (BadAdminKey).\n"
    assert convexgen("logs", *wrong) == Ran(2, "", refusal)
    assert convexgen("data", *wrong) == Ran(2, "", refusal)
