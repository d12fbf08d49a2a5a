"""The mistakes that `fix` is measured on are all mended, so that every round begins with the same project."""

from __future__ import annotations

from pathlib import Path

from convexgen.discover import discover
from convexgen.fix import fix
from convexgen.settings import Settings
from tests.benchmarks.mistakes import COUNT, plant
from tests.benchmarks.synthetic import write_project


def test_every_mistake_is_undone(tmp_path: Path) -> None:
    write_project(tmp_path, COUNT)
    root = tmp_path / "convexgen"
    sound = discover(root, Settings())
    plant(root / "backend")
    fixed = fix(discover(root, Settings()), Settings(), unsafe=False)
    assert (fixed.snapshot, fixed.remaining) == (sound, ())
    assert len(fixed.mended) == len(fixed.changes) == COUNT
