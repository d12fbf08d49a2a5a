"""The README's table for those who know Convex from TypeScript: the right column works, of the left one we know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convexgen.analysis.analyse import Understanding
from convexgen.plan import diagnose
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile
from convexgen.typecheck.mypy_process import typecheck
from tests.test_readme import PROJECT

SCHEMA = """\
from convexgen import Index, SearchIndex, Table


class Message(Table, name="messages"):
    channel: str
    text: str
    likes: int = 0

    by_channel = Index("channel", "likes")
    by_text = SearchIndex("text")
"""
HEAD = """\
from datetime import timedelta

from convexgen import ConvexError, Id, MutationCtx, QueryCtx, internal_mutation, internal_query, mutation

from .schema import Message


@internal_query
async def newest(ctx: QueryCtx, channel: str) -> list[Message]:
    return await ctx.db.query(Message).with_index(Message.by_channel, Message.channel == channel).take(9)


@internal_mutation
async def post(ctx: MutationCtx, channel: str) -> None:
    await ctx.db.insert(Message(channel=channel, text=""))


@mutation
async def of_the_table(ctx: MutationCtx, id: Id[Message], channel: str, text: str, words: str) -> None:
"""
IN_PYTHON = {
    'ctx.db.query("messages").take(9)': "table-by-name",
    'ctx.db.query(Message).with_index("by_channel").take(9)': "index-by-name",
    'ctx.db.query(Message).with_index(Message.by_channel, lambda q: q.gt("likes", 3)).take(9)': "condition-builder",
    'ctx.db.query(Message).filter(lambda q: q.gt(q.field("likes"), 3)).take(9)': "condition-builder",
    'ctx.db.insert("messages", {"channel": channel, "text": text})': "table-by-name",
    'ctx.db.patch(id, {"text": text})': "document-as-dict",
}
"""The left column as one would write it in Python, and what is told of it."""


def right_column() -> list[str]:
    """The pieces of code in it, as statements."""
    section = (PROJECT / "README.md").read_text(encoding="utf-8").partition("### If you know Convex from TypeScript")[2]
    rows = [line.split(" | ") for line in section.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    pieces = [piece for row in rows for piece in re.findall(r"`([^`]+)`", row[1])]
    return [_statement(piece) for piece in pieces if piece.startswith((".", "ctx", "raise"))]


def _statement(piece: str) -> str:
    if piece.startswith("."):
        return f"await ctx.db.query(Message){piece}.take(9)"
    if piece.startswith("ctx.db.query"):
        return f"await {piece}.take(9)"
    return piece if piece.startswith(("raise", "ctx.now", "ctx.random")) else f"await {piece}"


def project(statements: list[str]) -> dict[str, str]:
    body = "".join(f"    {each}\n" for each in statements)
    return {"backend/__init__.py": "", "backend/messages.py": HEAD + body, "backend/schema.py": SCHEMA}


def told(statements: list[str]) -> list[str]:
    files = project(statements)
    sources = tuple(SourceFile.of(path, text.encode()) for path, text in files.items())
    return [finding.rule.name for finding in diagnose(Snapshot(sources, {}), Settings(), Understanding())]


def test_the_table_has_what_it_should() -> None:
    assert len(right_column()) == 12


def test_what_it_says_is_right(tmp_path: Path) -> None:
    statements = right_column()
    assert told(statements) == []
    for path, text in project(statements).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    assert [finding.message for finding in typecheck(tmp_path, Settings(), tmp_path / "mypy")] == []


@pytest.mark.parametrize(("code", "rule"), IN_PYTHON.items())
def test_what_it_translates_is_known(code: str, rule: str) -> None:
    assert told([f"await {code}"]) == [rule]
