"""Log lines of a run are what it printed and logged, and nobody else's."""

# ruff: noqa: T201 - printing is what is tested

from __future__ import annotations

import asyncio
import logging
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from convexgen.runtime.program.logs import (
    MAXIMUM_LINE,
    MAXIMUM_LINES,
    OVERFLOW,
    TRUNCATED,
    collecting,
    installed,
    log_line,
)


def test_what_is_printed_and_logged(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    logger = logging.getLogger("users")
    logger.setLevel(logging.DEBUG)
    with installed(told.append), collecting() as lines:
        print("one", 2)
        print("first\nsecond")
        print("it's", end="")
        print("", file=sys.stderr)
        print("oh", file=sys.stderr)
        logger.debug("d %s", 1)
        logger.info("i")
        logger.warning("w")
        logger.error("e")
        found = list(lines)
    logger.setLevel(logging.NOTSET)
    expected = [
        "[LOG] 'one 2'",
        "[LOG] 'first'",
        "[LOG] 'second'",
        "[ERROR] ''",
        "[ERROR] 'oh'",
        "[DEBUG] 'd 1'",
        "[INFO] 'i'",
        "[WARN] 'w'",
        "[ERROR] 'e'",
        """[LOG] "it's\"""",
    ]
    assert found == expected
    assert told == expected
    assert capsys.readouterr() == ("", "")


def test_outside_of_runs_all_is_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr
    with installed():
        with collecting():
            print("inside")
        print("outside")
    assert (sys.stdout, sys.stderr) == before
    assert capsys.readouterr() == ("outside\n", "")


def test_not_installed_nothing_is_collected(capsys: pytest.CaptureFixture[str]) -> None:
    with collecting() as lines:
        print("seen")
    assert (list(lines), capsys.readouterr().out) == ([], "seen\n")


def test_runs_in_threads_and_tasks_do_not_mix() -> None:
    def run(number: int) -> list[str]:
        async def step(part: str) -> None:
            await asyncio.sleep(0)
            await asyncio.to_thread(print, number, part)

        async def both() -> None:
            await step("a")
            await asyncio.gather(step("b"), asyncio.create_task(step("b")))

        with collecting() as lines:
            asyncio.run(both())
            return list(lines)

    with installed(), ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, range(8)))
    assert found == [[f"[LOG] '{n} a'", f"[LOG] '{n} b'", f"[LOG] '{n} b'"] for n in range(8)]


def test_too_many_lines_are_cut() -> None:
    told: list[str] = []
    with installed(told.append), collecting() as lines:
        for number in range(MAXIMUM_LINES + 5):
            print(number)
        lines.extend(["[LOG] 'of another run'"])
    assert list(lines) == [*(f"[LOG] '{n}'" for n in range(MAXIMUM_LINES)), OVERFLOW]
    assert len(told) == MAXIMUM_LINES


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain ü", "[LOG] 'plain ü'"),
        ("it's", '[LOG] "it\'s"'),
        ("'\"", "[LOG] `'\"`"),
        ("'\"`", "[LOG] '\\'\"`'"),
        ("a\\b\nc\x00\x7f\t", "[LOG] 'a\\\\b\\nc\\x00\\x7F\\t'"),
        ("half \ud83d", "[LOG] 'half ?'"),
    ],
)
def test_texts_are_shown_as_consoles_do(text: str, line: str) -> None:
    assert log_line("LOG", text) == line


def test_a_long_line_is_cut_between_characters() -> None:
    line = log_line("LOG", "ü" * MAXIMUM_LINE)
    assert line.endswith(f"ü{TRUNCATED}")
    assert MAXIMUM_LINE - 1 <= len(line.encode()) <= MAXIMUM_LINE
