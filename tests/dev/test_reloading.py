"""What is brought live, and what is said where that does not go well."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import pytest

from convexgen.authoring.http import HttpRouter
from convexgen.dev import reloading
from convexgen.dev.backend import Backend
from convexgen.dev.reloading import Reloading
from convexgen.discover import discover
from convexgen.plan import compile_ir
from convexgen.runtime.commits import DeployError, Progress
from convexgen.runtime.program.live import Program
from convexgen.settings import Settings

SCHEMA = "from convexgen import Table\n\n\nclass Note(Table, name='notes'):\n    text: str\n"
NOTES = (
    "from convexgen import QueryCtx, query\n\nfrom {package}.schema import Note\n\n\n"
    "@query\nasync def first(ctx: QueryCtx) -> Note | None:\n    return await ctx.db.query(Note).first()\n"
)
HTTP = "from convexgen import HttpRouter\n\nhttp = HttpRouter()\n"


@dataclass
class FakeBackend:
    """Remembers what went live; refuses if it has a reason to."""

    live: list[tuple[list[str], HttpRouter | None]] = field(default_factory=list)
    refusal: str | None = None

    def go_live(self, program: Program, router: HttpRouter | None, tell: Callable[[Progress], None]) -> None:
        tell(Progress(1))
        if self.refusal is not None:
            raise DeployError(self.refusal)
        self.live.append((sorted(program.functions), router))


class Tried:
    """A project in a folder, and what is said while it is brought live."""

    def __init__(self, root: Path, source: str, package: str) -> None:
        self.root = root
        self.folder = root / source
        self.folder.mkdir(parents=True)
        self.write("schema", SCHEMA)
        self.write("notes", NOTES.format(package=package))
        self.settings = Settings(source)
        self.backend = FakeBackend()
        self.said: list[str] = []
        self.reloading = Reloading(root, cast(Backend, self.backend), self.said.append)

    def write(self, module: str, text: str) -> None:
        (self.folder / f"{module}.py").write_text(text)

    def go_live(self) -> bool | None:
        return self.reloading.go_live(self.settings, discover(self.root, self.settings))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str, str], Tried]]:
    path, bytecode = list(sys.path), sys.dont_write_bytecode
    started: list[Tried] = []

    def start(source: str, package: str) -> Tried:
        started.append(Tried(tmp_path, source, package))
        return started[-1]

    yield start
    for each in started:
        each.reloading.close()
    sys.path[:], sys.dont_write_bytecode = path, bytecode


Start = Callable[[str, str], Tried]


@pytest.mark.parametrize(
    ("source", "package"), [("backend", "backend"), ("src/backend", "backend"), ("src/backend", "src.backend")]
)
def test_sources_go_live_once(start: Start, source: str, package: str) -> None:
    tried = start(source, package)
    assert (tried.go_live(), tried.go_live()) == (True, None)
    assert tried.backend.live == [(["notes:first"], None)]
    assert tried.said == []


def test_a_router_comes_and_goes_with_its_module(start: Start) -> None:
    tried = start("backend", "backend")
    tried.write("http", HTTP)
    tried.go_live()
    (tried.folder / "http.py").unlink()
    tried.go_live()
    assert [type(router) for _, router in tried.backend.live] == [HttpRouter, type(None)]


def test_what_cannot_be_loaded_is_told_with_its_place(start: Start) -> None:
    tried = start("backend", "backend")
    tried.write("notes", "from convexgen import query\n\n\nraise ValueError('no')\n")
    assert (tried.go_live(), tried.go_live()) == (False, None)
    assert tried.said == ["backend/notes.py:4: ValueError: no\n    at <module> (../backend/notes.py:4)"]
    assert tried.backend.live == []


def test_what_is_not_put_live_is_told(start: Start) -> None:
    tried = start("backend", "backend")
    tried.backend.refusal = "the data do not fit"
    assert tried.go_live() is False
    assert tried.said == ["the data do not fit"]


def test_what_was_misread_is_told_once(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = start("backend", "backend")

    def misread(*arguments: object) -> object:
        program, found = compile_ir(*arguments)  # type: ignore[arg-type]
        assert program is not None
        return replace(program, crons=()), found

    monkeypatch.setattr(reloading, "compile_ir", misread)
    tried.write("crons", "from convexgen import Crons\n\nfrom backend import jobs\n\ncrons = Crons()\n")
    tried.write(
        "jobs",
        "from convexgen import MutationCtx, mutation\n\n\n@mutation\nasync def clean(ctx: MutationCtx) -> None: ...\n",
    )
    text = (tried.folder / "crons.py").read_text() + "crons.cron('clean', '0 4 * * *', jobs.clean)\n"
    tried.write("crons", text)
    assert tried.go_live() is True
    assert len(tried.said) == 1
    assert tried.said[0].startswith("convexgen misread the program; please report this: .program.crons: () was read, ")
    tried.write("crons", f"{text}# moved\n")
    assert tried.go_live() is True
    assert len(tried.said) == 1
