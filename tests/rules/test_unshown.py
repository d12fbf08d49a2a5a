"""Rules whose examples cannot be given as files of a page, shown here instead."""

from __future__ import annotations

from pathlib import Path

from convexgen.discover import discover
from convexgen.plan import plan
from convexgen.settings import Settings
from convexgen.source import Span


def test_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend/messages.py").symlink_to(tmp_path / "gone.py")
    (finding,) = plan(discover(tmp_path, Settings()), Settings()).diagnostics
    assert (finding.rule.name, finding.primary.span) == ("unreadable-file", Span("backend/messages.py"))
