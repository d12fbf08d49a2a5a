"""Rules whose examples cannot be given as files of a page, shown here instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from convexgen.analysis import link
from convexgen.apply import ApplyError, apply
from convexgen.cli.project import read_project
from convexgen.discover import discover
from convexgen.plan import plan
from convexgen.settings import Settings
from convexgen.snapshot import FileChange, Plan
from convexgen.source import Span
from convexgen.typecheck.mypy_process import typecheck


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


def test_unwritable_output(tmp_path: Path) -> None:
    (tmp_path / "web").write_text("a file")
    with pytest.raises(ApplyError) as raised:
        apply(Plan((), (FileChange("web/convex/api.ts", None, "// text\n"),)), tmp_path)
    finding = raised.value.diagnostic
    assert (finding.rule.name, finding.primary.span) == ("unwritable-output", Span("web/convex/api.ts"))


def test_mypy_failed(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend/messages.py").write_text("x = 1\n")
    (tmp_path / "pyproject.toml").write_text('[tool.mypy]\nplugins = ["no_such_plugin"]\n')
    (finding,) = typecheck(tmp_path, Settings(), tmp_path / "cache")
    assert (finding.rule.name, finding.primary.span) == ("mypy-failed", Span(""))
    assert "no_such_plugin" in finding.message


def test_unreadable_settings(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.convexgen]\nsource = '\xff'\n")
    (finding,) = read_project(tmp_path, {}).findings
    assert (finding.rule.name, finding.primary.span) == ("unreadable-settings", Span("pyproject.toml"))
