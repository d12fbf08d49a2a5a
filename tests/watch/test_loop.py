"""The loop with the real watcher on a real folder. Waits for the lines it says, with a deadline, never for time."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules.reading import SYNTAX_ERROR
from convexgen.rules.tool import INVALID_SETTING, TYPE_ERROR
from convexgen.settings import Settings
from convexgen.snapshot import FileChange, Plan, Snapshot
from convexgen.source import Span
from convexgen.watch import Hooks, events, watch
from convexgen.watch.decide import Step
from convexgen.watch.loop import Types, describe

DEADLINE = 20
WRONG = Diagnostic(INVALID_SETTING, "wrong", Label(Span("pyproject.toml")))


class StoppedError(Exception):
    """Ends the loop, as an interrupt would."""


def plan(snapshot: Snapshot, settings: Settings) -> Plan:
    """One output that lists the sources; a source that says `broken` is an error."""
    for source in snapshot.sources:
        if source.content == b"broken":
            return Plan((Diagnostic(SYNTAX_ERROR, "broken", Label(Span(source.path))),))
    path = f"{settings.source}/_generated/list"
    text = "".join(f"{source.path} {source.content.decode()}\n" for source in snapshot.sources)
    old = snapshot.outputs.get(path)
    changes = () if old == text.encode() else (FileChange(path, None if old is None else old.decode(), text),)
    return Plan((), changes, files=1)


class FakeTypes:
    """A type check that ends when the test says so."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.stopped = False
        self.found: tuple[Diagnostic, ...] = ()

    def verdict(self) -> tuple[Diagnostic, ...]:
        assert self.done.wait(DEADLINE)
        return self.found

    def stop(self) -> None:
        self.stopped = True
        self.done.set()


class Running:
    """A loop in a thread of its own, and everything that it says."""

    def __init__(self, root: Path, *, poll: bool = False, types: Callable[[Settings], Types] | None = None) -> None:
        self.root = root
        self.lines: SimpleQueue[str] = SimpleQueue()
        self.stop = False
        hooks = Hooks(self.settings, plan, types, self.show, self.lines.put)
        self.thread = threading.Thread(target=self.run, args=(hooks, poll))
        self.thread.start()

    def run(self, hooks: Hooks, poll: bool) -> None:
        with pytest.raises(StoppedError):
            watch(self.root, hooks, poll=poll)

    def settings(self) -> tuple[Settings | None, tuple[Diagnostic, ...]]:
        if self.stop:
            raise StoppedError
        path = self.root / "pyproject.toml"
        text = path.read_text() if path.exists() else ""
        return (None, (WRONG,)) if text == "wrong" else (Settings(text.strip() or "backend"), ())

    def show(self, findings: tuple[Diagnostic, ...], snapshot: Snapshot | None) -> None:
        del snapshot
        for finding in findings:
            self.lines.put(f"{finding.rule.name} {finding.primary.span.path}")

    def line(self) -> str:
        return re.sub(r" \(\d+ ms\)$", "", self.lines.get(timeout=DEADLINE))

    def until(self, line: str) -> None:
        """Pass over lines until this one comes."""
        while self.line() != line:
            pass

    def end(self) -> None:
        self.stop = True
        (self.root / "pyproject.toml").write_text("over")
        self.thread.join(DEADLINE)
        assert not self.thread.is_alive()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend/a.py").write_text("1")
    return tmp_path


@pytest.fixture(params=[False, True], ids=["events", "polling"])
def running(root: Path, request: pytest.FixtureRequest) -> Iterator[Running]:
    loop = Running(root, poll=request.param)
    assert loop.line() == "started: wrote 1 file"
    yield loop
    loop.end()


def output(loop: Running, source: str = "backend") -> str:
    return (loop.root / source / "_generated/list").read_text()


def test_new_changed_and_deleted_files(running: Running) -> None:
    (running.root / "backend/b.py").write_text("2")
    running.until("backend/b.py: wrote 1 file")
    (running.root / "backend/.tmp").write_text("3")
    (running.root / "backend/.tmp").replace(running.root / "backend/b.py")
    running.until("backend/b.py: wrote 1 file")
    assert output(running) == "backend/a.py 1\nbackend/b.py 3\n"
    (running.root / "backend/a.py").unlink()
    running.until("backend/a.py: wrote 1 file")
    assert output(running) == "backend/b.py 3\n"


def test_a_mistake_keeps_the_last_good_output_until_it_is_mended(running: Running) -> None:
    (running.root / "backend/.tmp").write_text("broken")
    (running.root / "backend/.tmp").replace(running.root / "backend/a.py")
    running.until("syntax-error backend/a.py")
    assert running.line() == "backend/a.py: 1 error, the last good output is kept"
    assert output(running) == "backend/a.py 1\n"
    (running.root / "backend/.tmp").write_text("2")
    (running.root / "backend/.tmp").replace(running.root / "backend/a.py")
    running.until("backend/a.py: wrote 1 file")
    assert output(running) == "backend/a.py 2\n"


def test_a_functions_folder_may_go_and_come_back(running: Running) -> None:
    (running.root / "backend").rename(running.root / "away")
    running.until("missing-source backend")
    (running.root / "away/a.py").write_text("2")
    (running.root / "away").rename(running.root / "backend")
    running.until("backend/a.py: wrote 1 file")
    (running.root / "backend/b.py").write_text("3")
    running.until("backend/b.py: wrote 1 file")
    assert output(running) == "backend/a.py 2\nbackend/b.py 3\n"


def test_settings_may_move_the_functions_folder(running: Running) -> None:
    shutil.copytree(running.root / "backend", running.root / "other", ignore=shutil.ignore_patterns("_generated"))
    (running.root / "pyproject.toml").write_text("other")
    running.until("pyproject.toml, backend/a.py, other/a.py: wrote 1 file")
    (running.root / "other/b.py").write_text("2")
    running.until("other/b.py: wrote 1 file")
    assert output(running, "other") == "other/a.py 1\nother/b.py 2\n"


def test_wrong_settings_leave_the_old_ones_watched(running: Running) -> None:
    (running.root / "tmp").write_text("wrong")
    (running.root / "tmp").replace(running.root / "pyproject.toml")
    running.until("invalid-setting pyproject.toml")
    assert running.line() == "pyproject.toml: 1 error, the last good output is kept"
    (running.root / "pyproject.toml").unlink()
    running.until("pyproject.toml: nothing to write")


def test_fifty_files_at_once_come_to_rest_in_the_right_state(running: Running) -> None:
    for number in range(50):
        (running.root / f"backend/m{number:02}.py").write_text("x")
    expected = "backend/a.py 1\n" + "".join(f"backend/m{number:02}.py x\n" for number in range(50))
    while output(running) != expected:
        assert running.line().endswith("wrote 1 file")


def test_deleted_and_edited_outputs_are_made_again(running: Running) -> None:
    shutil.rmtree(running.root / "backend/_generated")
    running.until("backend/_generated/list: wrote 1 file")
    (running.root / "backend/_generated/.tmp").write_text("edited")
    (running.root / "backend/_generated/.tmp").replace(running.root / "backend/_generated/list")
    running.until("backend/_generated/list: wrote 1 file")
    assert output(running) == "backend/a.py 1\n"


def test_our_own_writes_lead_to_nothing(root: Path) -> None:
    """Whatever is said between two edits is about these edits."""
    loop = Running(root)
    assert loop.line() == "started: wrote 1 file"
    for number in range(5):
        (root / "backend/.tmp").write_text(f"edit {number}")
        (root / "backend/.tmp").replace(root / "backend/a.py")
        assert loop.line() == "backend/a.py: wrote 1 file"
    loop.end()
    assert loop.lines.empty()


def test_an_output_that_cannot_be_written_is_told_of(root: Path) -> None:
    (root / "backend/_generated").write_text("in the way")
    loop = Running(root)
    assert loop.line() == "unwritable-output backend/_generated/list"
    assert loop.line() == "started: 1 error, the last good output is kept"
    (root / "backend/_generated").unlink()
    loop.until("backend/_generated: wrote 1 file")
    loop.end()


def test_types_follow_the_writing_and_a_stale_verdict_is_dropped(root: Path) -> None:
    started: SimpleQueue[FakeTypes] = SimpleQueue()

    def check(settings: Settings) -> FakeTypes:
        assert settings == Settings()
        types = FakeTypes()
        started.put(types)
        return types

    loop = Running(root, types=check)
    assert loop.line() == "started: wrote 1 file"
    first = started.get(timeout=DEADLINE)
    first.found = (Diagnostic(TYPE_ERROR, "stale", Label(Span("backend/stale.py"))),)
    (root / "backend/b.py").write_text("2")
    assert loop.line() == "backend/b.py: wrote 1 file"
    assert first.stopped
    second = started.get(timeout=DEADLINE)
    second.found = (Diagnostic(TYPE_ERROR, "wrong", Label(Span("backend/b.py"))),)
    second.done.set()
    assert loop.line() == "mypy backend/b.py"
    assert loop.line() == "types: 1 finding"
    (root / "backend/b.py").unlink()
    assert loop.line() == "backend/b.py: wrote 1 file"
    started.get(timeout=DEADLINE).done.set()
    assert loop.line() == "types: ok"
    loop.end()


def test_where_events_fail_the_loop_goes_on_by_looking(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Iterator[object]:
        raise OSError("no watches left")

    monkeypatch.setattr(events, "watch", fail)
    loop = Running(root)
    assert loop.line() == "started: wrote 1 file"
    assert loop.line() == "cannot wait for events (no watches left); looking for changes instead"
    (root / "backend/b.py").write_text("2")
    loop.until("backend/b.py: wrote 1 file")
    loop.end()


@pytest.mark.parametrize(
    ("step", "failed", "line"),
    [
        (Step((), (), Plan(())), False, "started: nothing to write"),
        (Step(("a",), (WRONG, WRONG)), False, "a: 2 errors, the last good output is kept"),
        (Step(("a",), (), Plan(())), True, "a: 1 error, the last good output is kept"),
        (
            Step(tuple("abcd"), (), Plan((), (FileChange("x", None, ""), FileChange("y", "", None)))),
            False,
            "a and 3 more: wrote 1 file, deleted 1 file",
        ),
        (Step(tuple("abc"), (), Plan((), (FileChange("y", "", None),) * 2)), False, "a, b, c: deleted 2 files"),
    ],
)
def test_the_line_about_a_step(step: Step, failed: bool, line: str) -> None:
    assert describe(step, failed=failed) == line
