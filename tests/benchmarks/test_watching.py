"""The watch row is timed on the files that a watch process writes, and not on what it says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.processes import Command, CommandFailedError
from tests.benchmarks.watching import measure_saves, measure_verdicts

WATCH = """
import pathlib, re, time
generated = pathlib.Path("_generated")
(generated / "client").mkdir(parents=True)
known = None
while True:
    names = re.findall(r"async def (\\w+)", "".join(path.read_text() for path in sorted(pathlib.Path().glob("*.py"))))
    if names != known:
        known = names
        (generated / "client" / "functions.py").write_text("\\n".join(names))
        time.sleep(LAG)
        (generated / "api.d.ts").write_text("\\n".join(name.replace("_", "") for name in names))
    time.sleep(0.001)
"""


def watch(source: Path, code: str) -> Command:
    return Command((sys.executable, "-c", code), source, {})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for number in range(2):
        (tmp_path / f"area_000{number}.py").write_text("# a module\n")
    return tmp_path


def test_waits_for_the_slower_of_both_outputs(source: Path) -> None:
    times = measure_saves(watch(source, WATCH.replace("LAG", "0.05")), source, saves=4)

    assert len(times) == 4
    assert all(time >= 0.05 for time in times)
    added = [path.read_text().count("@query") for path in sorted(source.glob("*.py"))]
    assert added == [4, 3]  # the three that warm up included


def test_a_watch_that_ends_is_told_with_what_it_said(source: Path) -> None:
    with pytest.raises(CommandFailedError, match=r"watch ended by itself:\ncannot watch"):
        measure_saves(watch(source, "import sys; sys.exit('cannot watch')"), source, saves=1)


JUDGE = """
import pathlib, sys, time
known = None
while True:
    text = "".join(path.read_text() for path in sorted(pathlib.Path().glob("*.py")))
    if text != known:
        known = text
        print("seen", flush=True)
        time.sleep(0.05)
        print("types: ok", file=sys.stderr, flush=True)
    time.sleep(0.001)
"""


def test_waits_for_the_verdict_and_not_for_what_is_said_before(source: Path) -> None:
    times = measure_verdicts(watch(source, JUDGE), source, saves=3)

    assert len(times) == 3
    assert all(time >= 0.05 for time in times)


def test_a_watch_that_ends_before_its_verdict_is_told_with_what_it_said(source: Path) -> None:
    with pytest.raises(CommandFailedError, match=r"watch ended by itself:\ncannot watch"):
        measure_verdicts(watch(source, "import sys; sys.exit('cannot watch')"), source, saves=1)
