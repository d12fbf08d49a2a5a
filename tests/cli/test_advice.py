"""Advice about what functions do: told by `check` and `watch`, never in the way of what is generated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convexgen.cli.app import run
from convexgen.plan import plan
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot, after
from convexgen.source import SourceFile
from convexgen.watch.decide import Decisions, Picture
from tests.cli.conftest import Command, Ran, write

SCHEMA = """\
from convexgen import Table


class User(Table, name="users"):
    name: str
"""
USERS = """\
from convexgen import QueryCtx, query

from .schema import User


@query
async def everybody(ctx: QueryCtx) -> list[User]:
    return await ctx.db.query(User).collect()
"""
ADVICE = """\
backend/users.py:8:37: CG601 unbounded-collect: this reads every `User` there is
  |
8 |     return await ctx.db.query(User).collect()
  |                                     ^^^^^^^
  help: narrow it with `with_index`, or end it in `take(…)` or `paginate(…)`
"""


@pytest.fixture
def real(project: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line with the real compiler, in a project with a query that collects a whole table."""
    write(project, schema=SCHEMA, users=USERS)

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return Ran(code, out, re.sub(r"\d+ ms", "N ms", err))

    return command


def test_generate_writes_and_says_nothing_of_it(project: Path, real: Command) -> None:
    ran = real("generate")
    assert (ran.code, ran.out) == (0, "")
    assert re.fullmatch(r"wrote \d+ files, 0 unchanged in N ms\.\n", ran.err)
    assert "everybody" in (project / "backend/_generated/api.d.ts").read_text()


def test_check_tells_and_fails_although_all_is_up_to_date(real: Command) -> None:
    real("generate")
    for _ in range(2):  # from the sources, then from what is kept of the first time
        ran = real("check", "--no-types")
        assert (ran.code, ran.out) == (1, ADVICE)
        assert re.fullmatch(r"1 error\. \d+ generated files up to date\.\n", ran.err)


def test_check_does_not_tell_what_is_ignored_or_suppressed(project: Path, real: Command) -> None:
    real("generate")
    assert real("check", "--no-types", "--ignore", "unbounded-collect").code == 0
    write(project, users=USERS.rstrip() + "  # convexgen: ignore[unbounded-collect]\n")
    assert real("check", "--no-types").code == 0


def test_what_is_off_by_default_is_told_when_it_is_selected(real: Command) -> None:
    real("generate")
    ran = real("check", "--no-types", "--select", "no-identity-check", "--ignore", "unbounded-collect")
    assert ran.code == 1
    assert "backend/users.py:7:11: CG610 no-identity-check: anyone may call `everybody`" in ran.out


def test_watch_writes_and_tells() -> None:
    sources = {"schema": SCHEMA, "users": USERS}
    files = tuple(SourceFile.of(f"backend/{name}.py", text.encode()) for name, text in sources.items())
    snapshot = Snapshot(files, {})
    decisions = Decisions(plan)
    step = decisions.step(Picture(Settings(), (), snapshot))
    assert step is not None
    assert step.plan is not None
    assert [finding.rule.name for finding in step.findings] == ["unbounded-collect"]
    assert "backend/_generated/api.d.ts" in {change.path for change in step.plan.changes}
    decisions.written(step.plan)
    assert decisions.step(Picture(Settings(), (), after(snapshot, step.plan))) is None
