"""A verdict holds only for as long as nothing has changed that it rests on."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from convexgen.typecheck.unchanged import Basis, Verdict, remember, still_holds

LONG_AFTER = sys.maxsize
"""The time at which a run began, if nothing was touched since."""


class World:
    """A project, the packages that are installed beside it, and what mypy has read of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "project"
        for path in ("project/backend/a.py", "project/lib/x.py", "site/package/y.py"):
            (folder / path).parent.mkdir(parents=True)
            (folder / path).write_text("x = 1\n")
        (folder / "site/package-1.0.dist-info").mkdir()
        (self.root / ".git").mkdir()

    def basis(self) -> Basis:
        files = ("project/backend/a.py", "project/lib/x.py", "site/package/y.py")
        return Basis(tuple(str(self.folder / file) for file in files), (str(self.root), str(self.folder / "site")))

    def verdict(self, began: int = LONG_AFTER) -> Verdict | None:
        return remember(self.basis(), self.root, began)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for name in os.environ:
        if name.startswith(("MYPY", "PYTHON", "VIRTUAL_ENV")):
            monkeypatch.delenv(name)
    return World(tmp_path)


def rewrite_with_its_old_time(path: Path, text: str) -> None:
    stat = path.stat()
    path.write_text(text)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


NO_CHANGE: dict[str, Callable[[World], object]] = {
    "nothing": lambda world: None,
    "a source touched": lambda world: (world.root / "lib/x.py").touch(),
    "a file that is no module": lambda world: (world.root / "README.md").write_text(""),
    "compiled files": lambda world: (world.root / "lib/__pycache__").mkdir(),
    "an editor's file": lambda world: (world.root / "lib/.x.py.swp").write_text(""),
}
CHANGES: dict[str, Callable[[World], object]] = {
    "a source outside of the functions folder": lambda world: rewrite_with_its_old_time(
        world.root / "lib/x.py", "x = 2\n"
    ),
    "a source gone": lambda world: (world.root / "lib/x.py").unlink(),
    "a stub beside a source": lambda world: (world.root / "lib/x.pyi").write_text(""),
    "a module that may come first": lambda world: (world.root / "package.py").write_text(""),
    "a package that may come first": lambda world: (world.root / "package").mkdir(),
    "an installed file": lambda world: (world.folder / "site/package/y.py").write_text("x = 10\n"),
    "an installed file of another time": lambda world: os.utime(world.folder / "site/package/y.py", ns=(1, 1)),
    "another version of a package": lambda world: (world.folder / "site/package-1.0.dist-info").rename(
        world.folder / "site/package-1.1.dist-info"
    ),
    "stubs that were installed": lambda world: (world.folder / "site/package-stubs").mkdir(),
    "a marker for types": lambda world: (world.folder / "site/package/py.typed").write_text(""),
    "settings": lambda world: (world.root / "mypy.ini").write_text("[mypy]\n"),
    "settings of another form": lambda world: (world.root / "setup.cfg").write_text("[mypy]\n"),
    "all packages gone": lambda world: (world.folder / "site").rename(world.folder / "elsewhere"),
}


@pytest.mark.parametrize("change", NO_CHANGE.values(), ids=NO_CHANGE.keys())
def test_a_verdict_holds(world: World, change: Callable[[World], object]) -> None:
    verdict = world.verdict()
    change(world)
    assert verdict is not None
    assert still_holds(verdict, world.root)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_verdict_holds_no_longer(world: World, change: Callable[[World], object]) -> None:
    verdict = world.verdict()
    change(world)
    assert verdict is not None
    assert not still_holds(verdict, world.root)


@pytest.mark.parametrize("name", ["MYPYPATH", "MYPY_CACHE_DIR", "PYTHONPATH", "VIRTUAL_ENV"])
def test_the_environment_matters(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    verdict = world.verdict()
    monkeypatch.setenv(name, "/elsewhere")
    assert verdict is not None
    assert not still_holds(verdict, world.root)


def test_the_content_of_settings_matters(world: World) -> None:
    settings = world.root / "mypy.ini"
    settings.write_text("[mypy]\nstrict = true \n")
    verdict = world.verdict()
    rewrite_with_its_old_time(settings, "[mypy]\nstrict = false\n")
    assert verdict is not None
    assert not still_holds(verdict, world.root)


def test_a_verdict_is_not_remembered_if_something_was_touched_meanwhile(world: World) -> None:
    began = time.time_ns()
    os.utime(world.root / "lib/x.py", ns=(began + 1, began + 1))
    assert world.verdict(began) is None
    os.utime(world.root / "lib/x.py", ns=(1, 1))
    assert world.verdict(1) is None, "its time was turned back, but not that of its entry in the folder"
    (world.root / "lib/x.py").unlink()
    assert world.verdict() is None
