"""Rules whose examples cannot be given as files of a page, shown here instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from convexgen.analysis import link
from convexgen.discover import discover
from convexgen.plan import plan
from convexgen.settings import Settings
from convexgen.source import Span


def test_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend/messages.py").symlink_to(tmp_path / "gone.py")
    (finding,) = plan(discover(tmp_path, Settings()), Settings()).diagnostics
    assert (finding.rule.name, finding.primary.span) == ("unreadable-file", Span("backend/messages.py"))


def test_too_many_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert link.MAX_TABLES == 10_000  # reading as many takes seconds
    monkeypatch.setattr(link, "MAX_TABLES", 2)
    (tmp_path / "backend").mkdir()
    tables = "".join(f"class T{n}(Table, name='t{n}'):\n    x: str\n" for n in range(3))
    (tmp_path / "backend/schema.py").write_text(f"from convexgen import Table\n{tables}")
    (finding,) = plan(discover(tmp_path, Settings()), Settings()).diagnostics
    assert (finding.rule.name, finding.primary.span) == ("too-many-tables", Span("backend/schema.py"))
