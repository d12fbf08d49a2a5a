"""Small projects to be mended, and what is told about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from convexgen.analysis.analyse import Understanding
from convexgen.diagnostics import Diagnostic
from convexgen.fix import Fixed, fix
from convexgen.plan import diagnose
from convexgen.selection import judged_by_plan, mistakes, tell
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile

SCHEMA = """\
from convexgen import Index, Table


class User(Table, name="users"):
    name: str
    by_name = Index("name")
"""
USES = "from .schema import User\n\n\ndef used() -> object:\n    return User.by_name\n"

Content = str | bytes


def snapshot(files: Mapping[str, Content]) -> Snapshot:
    """A project of these files, and of a schema if it has none."""
    sources = (
        SourceFile.of(f"backend/{path}", content if isinstance(content, bytes) else content.encode("utf-8"))
        for path, content in sorted({"schema.py": SCHEMA, **files}.items())
    )
    return Snapshot(tuple(sources), {})


def mended(files: Mapping[str, Content], *, unsafe: bool = False) -> Fixed:
    return fix(snapshot(files), Settings(), unsafe=unsafe)


def contents(fixed: Fixed) -> dict[str, bytes]:
    """All files after mending, by path."""
    return {source.path.removeprefix("backend/"): source.content for source in fixed.snapshot.sources}


def findings(of: Snapshot, settings: Settings = Settings()) -> tuple[Diagnostic, ...]:  # noqa: B008 - it is a value
    """What `check` would tell of the sources."""
    found = (*diagnose(of, settings, Understanding()), *mistakes(of.sources))
    return tell(found, of.sources, settings, judged_by_plan(found))


def counted(of: tuple[Diagnostic, ...]) -> Counter[tuple[str, str]]:
    return Counter((finding.primary.span.path, finding.rule.name) for finding in of)
