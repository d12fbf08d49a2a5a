"""`npx convex import` and `npx convex export` as they were published, on a backend of ours."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.clients.backend import Backend
from tests.clients.programs import link_packages

Npx = Callable[..., tuple[int, str]]

_FIRST, _SECOND = (
    "Import change summary:\n"
    "table    | create | delete |\n"
    "----------------------------\n"
    f"counters | {change} |\n"
    "All of it becomes visible at once, or nothing does.\n"
    "Once it has been agreed to, it goes on in the background: interrupting the command does not stop it.\n"
    for change in ("2      | 0 of 0", "1      | 2 of 2")
)


@pytest.fixture(scope="module")
def places(
    project: Path, variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Backend]]:
    """Two backends, for one test after the other."""
    with (
        Backend(project, tmp_path_factory.mktemp("first"), variables) as first,
        Backend(project, tmp_path_factory.mktemp("second"), variables) as second,
    ):
        yield [first, second]


@pytest.fixture
def npx(tmp_path: Path, node_modules: Path) -> Npx:
    """Runs the official command line in `tmp_path`; gives how it ended and what it said, without its spinners."""
    link_packages(tmp_path, node_modules)
    (tmp_path / "package.json").write_text(json.dumps({"dependencies": {"convex": "*"}}))

    def run(backend: Backend, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ("node", node_modules / "convex/bin/main.js", *arguments),
            cwd=tmp_path,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("CONVEX")},
                "NO_COLOR": "1",
                "CONVEX_SELF_HOSTED_URL": backend.url,
                "CONVEX_SELF_HOSTED_ADMIN_KEY": backend.admin_key,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
            encoding="utf-8",
        )
        said = re.sub(r"\x1b\[\d+m", "", done.stdout + done.stderr)
        return done.returncode, "".join(f"{line}\n" for line in said.splitlines() if line and line[:2] != "- ")

    return run


def test_a_table_goes_in_and_everything_out_and_into_another(places: list[Backend], npx: Npx, tmp_path: Path) -> None:
    first, second = places
    (tmp_path / "two.jsonl").write_text('{"name": "official", "count": 3}\n{"name": "other", "count": 4}\n')
    (tmp_path / "one.csv").write_text("name,count\nofficial,5\n")
    (tmp_path / "bad.json").write_text('[{"name": "official"}]')

    added = npx(first, "import", "--table", "counters", "two.jsonl")
    unasked = npx(first, "import", "--table", "counters", "--replace", "one.csv")
    replaced = npx(first, "import", "--table", "counters", "--replace", "-y", "one.csv")
    refused = npx(first, "import", "--table", "counters", "--append", "bad.json")

    assert added == (0, f'{_FIRST}✔ Added 2 documents to table "counters".\n')
    assert unasked[0] == 1
    assert replaced == (0, f'{_SECOND}✔ Added 1 documents to table "counters".\n')
    assert refused == (
        1,
        '✖ Importing data from "bad.json" to table "counters" failed\n'
        "line 1: Object is missing the required field `count`. Consider wrapping the field validator in "
        "`v.optional(...)` if this is expected.\n",
    )
    assert first.query("counters:read", {"name": "official"}) == 5

    code, said = npx(first, "export", "--path", "snapshot.zip", "--include-file-storage")
    assert (code, said.splitlines()[-1]) == (0, "✔ Downloaded snapshot export to snapshot.zip")
    code, said = npx(second, "import", "--replace-all", "-y", "snapshot.zip")
    assert (code, said.splitlines()[-1]) == (0, "✔ Added 1 documents.")
    (tmp_path / "out").mkdir()
    assert npx(second, "export", "--path", "out", "--include-file-storage")[0] == 0

    (again,) = (tmp_path / "out").iterdir()
    assert _contents(again) == _contents(tmp_path / "snapshot.zip")
    assert second.query("counters:read", {"name": "official"}) == 5


def _contents(archive: Path) -> dict[str, bytes]:
    with ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
