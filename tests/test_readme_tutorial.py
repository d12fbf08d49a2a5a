"""The five minutes of the README, as somebody new to convexgen spends them; only the port is another one."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.clients.backend import Backend
from tests.fixtures.projects import convexgen
from tests.test_readme import README

(TUTORIAL,) = re.findall(r"^### Five minutes\n(.*?)^### ", README, re.DOTALL | re.MULTILINE)
FILES = dict(re.findall(r"```python\n# (\S+\.py)\n(.*?)```", TUTORIAL, re.DOTALL))


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """What `convexgen init` and `convexgen dev` make, with the files of the tutorial."""
    project = tmp_path_factory.mktemp("tutorial") / "chat"
    project.mkdir()
    assert convexgen("init", cwd=project).code == 0
    backend = Backend(project, tmp_path_factory.mktemp("data"))
    for name, text in FILES.items():
        (project / name).write_text(text.replace("http://127.0.0.1:3210", backend.url), encoding="utf-8")
    with backend:
        yield backend


def run(backend: Backend, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=backend.project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_commands_are_those_that_the_fixture_runs() -> None:
    (commands,) = re.findall(r"```console\n(.*?)```", TUTORIAL, re.DOTALL)
    assert re.findall(r"^\$ (convexgen \w+)", commands, re.MULTILINE) == ["convexgen init", "convexgen dev"]
    assert list(FILES) == ["hello.py", "follow.py", "announce.py", "test_announce.py"]


def test_call_and_follow(backend: Backend) -> None:
    assert run(backend, "hello.py") == "hello 0\n"
    command = [sys.executable, "follow.py"]
    with subprocess.Popen(command, cwd=backend.project, stdout=subprocess.PIPE, text=True) as following:
        assert following.stdout is not None
        try:
            assert following.stdout.readline() == "['hello']\n"
            run(backend, "hello.py")
            assert following.stdout.readline() == "['hello', 'hello']\n"
        finally:
            following.kill()


def test_test_without_a_backend(backend: Backend) -> None:
    assert "1 passed" in run(backend, "-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_types(backend: Backend) -> None:
    options = ("--strict", "--config-file=", "--cache-dir", str(backend.data.parent / "mypy"))
    assert run(backend, "-m", "mypy", *options, *FILES) == f"Success: no issues found in {len(FILES)} source files\n"
