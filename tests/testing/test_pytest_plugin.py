"""Whole runs of pytest, in projects as users have them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from convexgen.testing import ProjectError, load
from tests.fixtures.projects import FIXTURES
from tests.test_readme import blocks

_ASYNC = """
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"
"""


def run_pytest(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code, and the line that sums up, without the time."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, re.sub(r" in [\d.]+s.*", "", done.stdout.splitlines()[-1] if done.stdout else done.stderr)


def project(folder: Path, files: dict[str, str]) -> Path:
    """A project with a functions folder of one module, and these tests."""
    notes = (
        "from convexgen import MutationCtx, QueryCtx, Table, mutation, query\n\n\n"
        'class Note(Table, name="notes"):\n    text: str\n\n\n'
        "@mutation\nasync def add(ctx: MutationCtx, text: str) -> None:\n"
        "    await ctx.db.insert(Note(text=text))\n\n\n"
        "@query\nasync def count(ctx: QueryCtx) -> int:\n    return len(await ctx.db.query(Note).collect())\n"
    )
    settings = '[tool.convexgen]\nsource = "src/functions"\n\n[tool.pytest.ini_options]\npythonpath = ["src"]\n'
    for path, text in {"pyproject.toml": settings, "src/functions/notes.py": notes, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_the_tests_of_the_chat_pass() -> None:
    assert run_pytest(FIXTURES / "projects" / "chat") == (0, "10 passed")


def test_each_test_has_a_database_of_its_own(tmp_path: Path) -> None:
    test = (
        "from functions import notes\n\n"
        "def test_one(convex_sync):\n    convex_sync.mutation(notes.add, text='a')\n"
        "    assert convex_sync.query(notes.count) == 1\n\n"
        "def test_other(convex_sync):\n    assert convex_sync.query(notes.count) == 0\n"
    )
    assert run_pytest(project(tmp_path, {"tests/test_notes.py": test}), "-W", "error") == (0, "2 passed")


def test_a_fixture_of_the_project_s_own_goes_first(tmp_path: Path) -> None:
    files = {
        "tests/conftest.py": "import pytest\n\n@pytest.fixture\ndef convex():\n    return 'mine'\n",
        "tests/test_mine.py": "def test_mine(convex):\n    assert convex == 'mine'\n",
    }
    assert run_pytest(project(tmp_path, files)) == (0, "1 passed")


def test_whoever_has_no_functions_loads_nothing_of_them(tmp_path: Path) -> None:
    test = (
        "import sys\n\ndef test_nothing():\n"
        "    assert 'convexgen.testing.pytest_plugin' in sys.modules\n"
        "    assert not {'convexgen.testing.backend', 'convexgen.runtime', 'convexgen.analysis'} & set(sys.modules)\n"
    )
    (tmp_path / "test_nothing.py").write_text(test)
    assert run_pytest(tmp_path) == (0, "1 passed")


_HEADS = {
    "backend/schema.py": (
        "from typing import Annotated\n\nfrom convexgen import Id, Index, MaxLen, Table\n\n\n"
        'class User(Table, name="users"):\n    name: str\n\n\n'
    ),
    "backend/messages.py": (
        "from convexgen import Id, MutationCtx, QueryCtx, mutation, query\n\n"
        "from backend.schema import Message, User\n\n\n"
    ),
}


def test_what_the_readme_shows_passes(tmp_path: Path) -> None:
    """Its test of its functions, in which `users` and `send` are as anybody would write them."""
    shown = {text.splitlines()[0].removeprefix("# "): text for text in blocks("python")}
    files = {path: head + shown[path] for path, head in _HEADS.items()}
    files["backend/messages.py"] += (
        "\n\n@mutation\nasync def send(ctx: MutationCtx, text: str) -> Id[Message]:\n"
        "    identity = await ctx.auth.get_user_identity()\n    if identity is None:\n"
        '        raise PermissionError("Sign in first.")\n'
        '    author = await ctx.db.insert(User(name=identity.name or ""))\n'
        "    return await ctx.db.insert(Message(author=author, text=text))\n"
    )
    files["tests/test_messages.py"] = shown["tests/test_messages.py"]
    files["tests/conftest.py"] = _ASYNC
    files["pyproject.toml"] = '[tool.convexgen]\nsource = "backend"\n[tool.pytest.ini_options]\npythonpath = ["."]\n'
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert run_pytest(tmp_path, "-W", "error") == (0, "1 passed")


def test_a_project_without_functions_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.convexgen]\nsource = "functions"\n')
    with pytest.raises(ProjectError, match=r" has no functions in functions/, which `source` of "):
        load(tmp_path)


def test_settings_that_are_wrong_are_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.convexgen]\nsource = 5\n")
    with pytest.raises(ProjectError, match=r"^pyproject\.toml:2:"):
        load(tmp_path)


def test_a_package_of_another_project_is_not_taken_for_this_one_s(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.convexgen]\nsource = "lib/json"\n')
    (tmp_path / "lib/json").mkdir(parents=True)
    (tmp_path / "lib/json/__init__.py").write_text("")
    with pytest.raises(ProjectError, match=r"^json was imported from .* and not from .*: test them apart$"):
        load(tmp_path)
