"""The official command line, as it is published, administers our backend: what it prints, and how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import NamedTuple

import pytest

from tests.clients.backend import Backend

DEADLINE = 15

SCHEMA = """from convexgen import Id, Int64, Table


class Note(Table, name="notes"):
    text: str
    size: Int64


class Empty(Table, name="empty"):
    note: Id[Note]
"""
NOTES = """import os
from typing import Any

from convexgen import ActionCtx, ConvexError, Id, Int64, MutationCtx, QueryCtx, action, internal_query, mutation, query

from backend.schema import Note


@mutation
async def add(ctx: MutationCtx, text: str) -> Id[Note]:
    print("adding", text)
    return await ctx.db.insert(Note(text=text, size=Int64(len(text))))


@query
async def texts(ctx: QueryCtx, limit: int = 10) -> list[str]:
    return [note.text for note in await ctx.db.query(Note).take(limit)]


@internal_query
async def caller(ctx: QueryCtx) -> str | None:
    identity = await ctx.auth.get_user_identity()
    return None if identity is None else identity.token_identifier


@action
async def greeting(ctx: ActionCtx) -> str:
    return os.environ.get("GREETING", "nothing")


@mutation
async def refuse(ctx: MutationCtx) -> None:
    raise ConvexError({"code": 7})
"""


class Ran(NamedTuple):
    """How it ended, and what it said."""

    code: int
    out: str
    err: str


class CommandLine:
    """`npx convex`, in a folder of somebody's front end."""

    def __init__(self, folder: Path, node_modules: Path, backend: Backend) -> None:
        self._folder = folder
        self._program = node_modules / "convex" / "bin" / "main.js"
        (folder / "node_modules").symlink_to(node_modules)
        (folder / "package.json").write_text('{"name": "app", "dependencies": {"convex": "1.48.0"}}')
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "NO_COLOR": "1",
            "TZ": "UTC",
            "CONVEX_SELF_HOSTED_URL": backend.url,
            "CONVEX_SELF_HOSTED_ADMIN_KEY": backend.admin_key,
        }

    def __call__(self, *arguments: str, text: str | None = None) -> Ran:
        with self.begin(*arguments) as process:
            try:
                out, err = process.communicate(text, timeout=DEADLINE)
            finally:
                process.kill()
        return Ran(process.returncode, out, err)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ("node", self._program, *arguments),
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """A backend of a few notes."""
    folder = tmp_path_factory.mktemp("notes")
    project = folder / "project"
    (project / "backend").mkdir(parents=True)
    (project / "pyproject.toml").write_text("[tool.convexgen]\n")
    for name, text in {"schema": SCHEMA, "notes": NOTES, "__init__": ""}.items():
        (project / "backend" / f"{name}.py").write_text(text)
    with Backend(project, folder) as backend:
        yield backend


@pytest.fixture(scope="module")
def convex(notes: Backend, node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    return CommandLine(tmp_path_factory.mktemp("app"), node_modules, notes)


def test_functions_are_run(convex: CommandLine) -> None:
    added = convex("run", "notes:add", '{"text": "run"}')
    assert (added.code, added.err) == (0, "[CONVEX ?(notes:add)] [LOG] 'adding run'\n")
    assert re.fullmatch(r'"[0-9a-z]{32}"\n', added.out)
    assert convex("run", "notes:caller", "--identity", '{"subject": "ann", "issuer": "https://a.b"}') == Ran(
        0, '"https://a.b|ann"\n', ""
    )


def test_a_function_that_there_is_not(convex: CommandLine) -> None:
    ran = convex("run", "notes:nothing")
    assert (ran.code, ran.out) == (1, "")
    assert re.sub(r"ID: \w+", "ID: ID", ran.err) == (
        '✖ Failed to run function "notes:nothing":\n'
        "Error: [Request ID: ID] Server Error\n"
        "Could not find function for 'notes:nothing'. Did you forget to run `npx convex dev`?\n\n"
        "Available functions:\n• notes:add\n• notes:caller\n• notes:greeting\n• notes:refuse\n• notes:texts\n"
    )


def test_variables_are_set_and_seen(convex: CommandLine) -> None:
    assert convex("env", "list", "--include-values") == Ran(0, "", "No environment variables set\n")
    assert convex("run", "notes:greeting") == Ran(0, '"nothing"\n', "")
    assert convex("env", "set", "GREETING", "good morning") == Ran(0, "", "✔ Successfully set GREETING\n")
    assert convex("run", "notes:greeting") == Ran(0, '"good morning"\n', "")
    several = convex("env", "set", "--force", text="OTHER=1\nGREETING='good night'\n")
    assert (several.code, several.out) == (0, "")
    assert convex("env", "list", "--include-values") == Ran(0, "GREETING=good night\nOTHER=1\n", "")
    assert convex("env", "get", "OTHER") == Ran(0, "1\n", "")
    assert convex("env", "remove", "OTHER") == Ran(0, "", "✔ Successfully unset OTHER\n")
    assert convex("env", "get", "OTHER") == Ran(0, "", '✖ Environment variable "OTHER" not found\n')
    refused = convex("env", "set", "NO-NAME", "x")
    assert (refused.code, refused.out) == (1, "")
    assert "InvalidEnvVarName: 'NO-NAME' is no name of a variable" in refused.err
    assert convex("env", "remove", "GREETING").code == 0


def test_documents_are_shown(convex: CommandLine, notes: Backend) -> None:
    for text in ("first", "second", "third"):
        notes.mutation("notes:add", {"text": text})
    assert convex("data") == Ran(0, "empty\nnotes\n", "")
    assert convex("data", "empty") == Ran(0, "", "There are no documents in this table.\n")
    lines = convex("data", "notes", "--limit", "2", "--format", "jsonl")
    assert (lines.code, lines.err) == (0, "")
    assert re.sub(r'("_id": ")\w+|("_creationTime": )[0-9.]+', r"\1\2…", lines.out) == (
        '{ "_creationTime": …, "_id": "…", "size": 5n, "text": "third" }\n'
        '{ "_creationTime": …, "_id": "…", "size": 6n, "text": "second" }\n'
    )
    table = convex("data", "notes", "--limit", "1")
    shown = [[cell.strip() for cell in line.split("|")] for line in table.out.splitlines() if "---" not in line]
    assert sorted(zip(*shown, strict=True))[-2:] == [("size", "5n"), ("text", '"third"')]
    assert table.err == "Showing the 1 most recently created document. Use the --limit option to see more.\n"


def test_the_function_spec(convex: CommandLine, notes: Backend) -> None:
    ran = convex("function-spec")
    assert (ran.code, ran.err) == (0, "")
    spec = json.loads(ran.out)
    assert spec["url"] == notes.url
    names = ["add", "caller", "greeting", "refuse", "texts"]
    assert [each["identifier"] for each in spec["functions"]] == [f"notes.js:{name}" for name in names]
    assert spec["functions"][4] == {
        "args": {"type": "object", "value": {"limit": {"fieldType": {"type": "number"}, "optional": True}}},
        "functionType": "Query",
        "identifier": "notes.js:texts",
        "returns": {"type": "array", "value": {"type": "string"}},
        "visibility": {"kind": "public"},
    }


def test_logs_are_followed(convex: CommandLine) -> None:
    convex("run", "notes:refuse")
    with convex.begin("logs", "--history", "1", "--success") as process:
        assert process.stdout is not None
        ending = Timer(DEADLINE, process.kill)  # a line that never comes
        ending.start()
        failed = [process.stdout.readline()]
        while not failed[-1].startswith("    at refuse"):
            failed.append(process.stdout.readline())
            assert failed[-1]
        convex("run", "notes:add", '{"text": "logged"}')
        said, ended = process.stdout.readline(), process.stdout.readline()
        ending.cancel()
        process.terminate()
    assert _timeless(failed[0]) == 'WHEN [CONVEX M(notes:refuse)] Uncaught ConvexError: {"code":7.0}\n'
    assert _timeless(said) == "WHEN [CONVEX M(notes:add)] [LOG] 'adding logged'\n"
    assert _timeless(ended) == "WHEN [CONVEX M(notes:add)] Function executed in N ms\n"


def _timeless(line: str) -> str:
    return re.sub(r"\d+ ms", "N ms", re.sub(r"^.*? \[CONVEX", "WHEN [CONVEX", line))


def test_a_wrong_key_is_refused_at_once(convex: CommandLine, notes: Backend) -> None:
    ran = convex("env", "set", "A", "1", "--url", notes.url, "--admin-key", "local|wrong")
    assert (ran.code, ran.out) == (1, "")
    assert "BadAdminKey: The provided admin key was invalid for this instance" in ran.err


def test_what_it_would_have_bundled_is_refused_at_once(convex: CommandLine) -> None:
    ran = convex("run", "--inline-query", "return 1")
    assert (ran.code, ran.out) == (1, "")
    assert "This backend has no /api/run_test_function: it runs Python." in ran.err
