"""Files of what is live: whatever happens while something else is tried, they are all of one bundle."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from convexgen.production.bundle import Bundle
from convexgen.production.releases import Releases


def bundle(text: str) -> Bundle:
    return Bundle(source="backend", naming="camel", files={"backend/schema.py": text, "backend/a/b.py": text})


def files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.py")}


def test_there_is_nothing_before_the_first(tmp_path: Path) -> None:
    assert Releases(tmp_path).current() is None


def test_what_is_tried_lies_there_and_stays_if_it_is_kept(tmp_path: Path) -> None:
    made = Releases(tmp_path)

    for text in ("one", "two"):
        with made.trying(bundle(text)) as trial:
            assert files(made.root) == bundle(text).files
            trial.keep()

        assert made.current() == bundle(text)
        assert files(made.root) == bundle(text).files
        assert [path.name for path in tmp_path.iterdir()] == ["functions"]


def test_what_is_not_kept_leaves_no_trace(tmp_path: Path) -> None:
    made = Releases(tmp_path)
    with made.trying(bundle("one")):
        pass
    assert made.current() is None
    with made.trying(bundle("one")) as trial:
        trial.keep()

    with pytest.raises(RuntimeError), made.trying(bundle("two")):
        raise RuntimeError

    assert made.current() == bundle("one")
    assert files(made.root) == bundle("one").files
    assert [path.name for path in tmp_path.iterdir()] == ["functions"]


class _PowerLossError(BaseException):
    """The process is gone: nothing is cleared up by it."""


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("step", range(1, 12))
def test_a_process_that_dies_leaves_one_of_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, is_first: bool
) -> None:
    """The power goes at the `step`-th change of a folder; from there on nothing reaches the disk."""
    if not is_first:
        with Releases(tmp_path).trying(bundle("one")) as trial:
            trial.keep()
    before = None if is_first else bundle("one")
    changes = 0

    def counted(change: object) -> object:
        def made(*arguments: object, **options: object) -> object:
            nonlocal changes
            changes += 1
            if changes >= step:
                raise _PowerLossError
            assert callable(change)
            return change(*arguments, **options)

        return made

    with monkeypatch.context() as patched:
        for name in ("rename", "mkdir", "write_bytes", "write_text"):
            patched.setattr(Path, name, counted(getattr(Path, name)))
        patched.setattr(shutil, "rmtree", counted(shutil.rmtree))
        try:
            with Releases(tmp_path).trying(bundle("two")) as trial:
                trial.keep()
        except _PowerLossError:
            kept = None
        else:
            kept = bundle("two")

    again = Releases(tmp_path)
    found = again.current()

    assert found == kept if kept is not None else found in (before, bundle("two"))
    assert files(again.root) == (found.files if found else {})
    with again.trying(bundle("three")) as trial:
        trial.keep()
    assert again.current() == bundle("three")
