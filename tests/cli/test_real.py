"""The commands as processes of their own, with the real compiler, on the example that `init` writes."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import tree

DEADLINE = 60
"""Seconds after which a line that does not come is a failure."""


@pytest.fixture
def example(tmp_path: Path, lend_types: Callable[[Path, Path], None]) -> Path:
    """What `convexgen init && convexgen generate` leave in a new folder."""
    root = tmp_path / "ein Projekt für Ω"
    root.mkdir()
    (root / ".git").mkdir()
    for command in ("init", "generate"):
        assert convexgen(root, command).returncode == 0
    lend_types(root, tmp_path / "cache")
    return root


def environment(root: Path, **variables: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("CONVEXGEN_", "FORCE_"))}
    return {**inherited, "CONVEXGEN_CACHE_DIR": str(root.parent / "cache"), **variables}


def convexgen(root: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "convexgen", *arguments],
        cwd=root,
        env=environment(root, **variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=DEADLINE,
    )


def test_what_init_writes_is_without_fault_for_us_and_for_mypy(example: Path) -> None:
    before = tree(example)
    ran = convexgen(example, "check")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr.endswith(" generated files up to date.\n")
    assert tree(example) == before


def test_each_output_that_is_edited_or_deleted_is_noticed_and_mended(example: Path) -> None:
    good = tree(example / "backend/_generated")
    first, second, *_ = sorted(good)
    (example / "backend/_generated" / first).unlink()
    with (example / "backend/_generated" / second).open("a") as file:
        file.write("more\n")
    ran = convexgen(example, "check", "--no-types", "--output-format=json")
    found = {(item["rule"], item["path"]) for item in json.loads(ran.stdout)["diagnostics"]}
    assert ran.returncode == 1
    assert found == {
        ("missing-output", f"backend/_generated/{first}"),
        ("edited-output", f"backend/_generated/{second}"),
    }
    assert convexgen(example, "generate").returncode == 0
    assert tree(example / "backend/_generated") == good


def test_line_ends_of_another_system_are_not_drift(example: Path) -> None:
    for path in (example / "backend").rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert convexgen(example, "check", "--no-types").returncode == 0


def test_a_changed_schema_is_drift_and_a_syntax_error_is_worse(example: Path) -> None:
    schema = example / "backend/schema.py"
    schema.write_text(schema.read_text().replace("likes: int = 0", "stars: int = 0"))
    assert convexgen(example, "check", "--no-types").returncode == 1
    (example / "backend/messages.py").write_text("def send(:\n")
    ran = convexgen(example, "check")
    assert ran.returncode == 2
    assert ran.stdout.startswith("backend/messages.py:1:10: CG101 syntax-error: ")
    assert ran.stderr == "1 error. The generated files could not be compared.\n"


def test_types_are_checked(example: Path) -> None:
    messages = example / "backend/messages.py"
    messages.write_text(messages.read_text().replace("take(limit)", "first()"))
    ran = convexgen(example, "check")
    assert ran.returncode == 1
    assert "backend/messages.py:11:" in ran.stdout
    assert "CG801 mypy" in ran.stdout


def test_an_empty_path_and_a_cache_that_cannot_be_written_are_enough(example: Path) -> None:
    (example.parent / "file").write_text("")
    ran = convexgen(example, "check", PATH="", HOME=str(example.parent / "file"), CONVEXGEN_CACHE_DIR="")
    assert (ran.returncode, ran.stdout) == (0, "")


@pytest.mark.parametrize("form", ["ir", "function-spec", "schema"])
def test_a_specification_is_a_document_on_standard_output(example: Path, form: str) -> None:
    ran = convexgen(example, "spec", "--format", form)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)


def test_warnings_beside_a_specification_go_to_standard_error(example: Path) -> None:
    (example / "convex").mkdir()
    for name in ("schema", "messages"):
        shutil.copy(example / f"backend/{name}.py", example / f"convex/{name}.py")
    ran = convexgen(example, "spec", "--format", "ir", "--source", "convex")
    assert ran.returncode == 0
    assert json.loads(ran.stdout)
    assert ran.stderr.startswith("pyproject.toml: CG907 shadowed-package (warning): ")


def test_there_is_no_specification_of_a_mistake(example: Path) -> None:
    (example / "backend/messages.py").write_text("def send(:\n")
    ran = convexgen(example, "spec")
    assert ran.returncode == 2
    assert ran.stdout.startswith("backend/messages.py:1:10: CG101 syntax-error: ")
    assert ran.stderr == "1 error: there is no specification of this.\n"


class Watching:
    """`convexgen watch` in a process of its own, and the lines that it says on both streams."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "convexgen", "watch", *arguments],
            cwd=root,
            env=environment(root),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.put(line)

    def until(self, part: str) -> str:
        """Pass over lines until one holds this."""
        while part not in (line := self.lines.get(timeout=DEADLINE)):
            pass
        return line

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(DEADLINE)


@pytest.fixture(params=[[], ["--poll"]], ids=["events", "polling"])
def watching(example: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Path, Watching]]:
    running = Watching(example, "--no-types", *request.param)
    running.until("started: nothing to write")
    yield example, running
    assert running.interrupt() == 130


def test_watch_writes_what_an_edit_leads_to_and_ends_on_an_interrupt(watching: tuple[Path, Watching]) -> None:
    root, running = watching
    schema = root / "backend/schema.py"
    text = schema.read_text()
    replace(schema, text.replace("likes: int = 0", "stars: int = 0"))
    assert "wrote" in running.until("backend/schema.py: ")
    assert "stars" in (root / "backend/_generated/dataModel.d.ts").read_text()
    messages = root / "backend/messages.py"
    good = messages.read_text()
    replace(messages, "def send(:\n")
    running.until("CG101 syntax-error")
    running.until("backend/messages.py: 1 error, the last good output is kept")
    replace(schema, text)
    running.until("backend/schema.py: 1 error")
    replace(messages, good)
    running.until("backend/messages.py: wrote")
    assert "likes" in (root / "backend/_generated/dataModel.d.ts").read_text()


def test_watch_lets_types_follow(example: Path) -> None:
    running = Watching(example)
    running.until("types: ok")
    messages = example / "backend/messages.py"
    replace(messages, messages.read_text().replace("take(limit)", "first()"))
    running.until("backend/messages.py: nothing to write")
    running.until("CG801 mypy")
    running.until("types: 1 finding")
    assert running.interrupt() == 130


def test_watch_follows_a_branch_switch(example: Path) -> None:
    git = shutil.which("git")
    if git is None:
        pytest.skip("needs git")
    (example / ".git").rmdir()
    schema = example / "backend/schema.py"
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        [*author, "commit", "-qm", "one"],
        ["switch", "-qc", "b"],
    ):
        subprocess.run([git, *command], cwd=example, check=True)
    schema.write_text(schema.read_text().replace("likes: int = 0", "stars: int = 0"))
    assert convexgen(example, "generate").returncode == 0
    subprocess.run([git, *author, "commit", "-qam", "two"], cwd=example, check=True)
    running = Watching(example, "--no-types")
    running.until("started: nothing to write")
    subprocess.run([git, "switch", "-q", "main"], cwd=example, check=True)
    running.until("backend/schema.py: ")
    assert running.interrupt() == 130
    status = subprocess.run([git, "status", "--short"], cwd=example, check=True, capture_output=True, text=True)
    assert status.stdout == ""
    assert convexgen(example, "check", "--no-types").returncode == 0


def replace(path: Path, text: str) -> None:
    """Save as careful editors do: beside it, then into its place."""
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text)
    temporary.replace(path)
