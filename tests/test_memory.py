"""The two files in which the memory is kept: what each holds, and when which is believed."""

from __future__ import annotations

import pickle

import pytest

from convexgen.memory import CHANGES, WHOLE, Memory, pack, unpack
from convexgen.plan import plan
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile

VERSION = b"version"
FUNCTION = "from convexgen import QueryCtx, query\n\n\n@query\nasync def read(ctx: QueryCtx) -> {type}:\n    ...\n"


def source(number: int, type_: str = "int") -> SourceFile:
    return SourceFile.of(f"backend/module_{number}.py", FUNCTION.format(type=type_).encode())


def snapshot(edited: int = 0, size: int = 20) -> Snapshot:
    return Snapshot(tuple(source(number, "str" if number < edited else "int") for number in range(size)), {})


def packed(memory: Memory) -> dict[str, bytes | None]:
    name, pieces = pack(memory, VERSION)
    return {name: b"".join(pieces)}


def remembered(files: dict[str, bytes | None], seen: Snapshot) -> tuple[set[str], Memory]:
    """The modules that had to be understood, and the memory after the plan."""
    memory = unpack(files, VERSION)
    before = dict(memory.understanding.units)
    plan(seen, Settings(), memory)
    return {name for name, unit in memory.understanding.units.items() if before.get(name) is not unit}, memory


@pytest.fixture
def whole() -> dict[str, bytes | None]:
    memory = Memory()
    plan(snapshot(), Settings(), memory)
    return packed(memory)


def test_the_first_run_writes_the_whole(whole: dict[str, bytes | None]) -> None:
    assert list(whole) == [WHOLE]
    assert remembered(whole, snapshot())[0] == set()


def test_a_small_change_is_written_apart(whole: dict[str, bytes | None]) -> None:
    understood, memory = remembered(whole, snapshot(edited=1))
    assert understood == {"module_0"}
    changes = packed(memory)
    assert list(changes) == [CHANGES]
    assert len(changes[CHANGES] or b"") < len(whole[WHOLE] or b"") / 5
    assert remembered(whole | changes, snapshot(edited=1))[0] == set()


def test_what_is_gone_is_forgotten(whole: dict[str, bytes | None]) -> None:
    _, memory = remembered(whole, snapshot(size=19))
    thawed = unpack(whole | packed(memory), VERSION)
    assert "module_19" not in thawed.understanding.units
    assert "backend/module_19.py" not in thawed.understanding.imports


def test_a_large_change_writes_the_whole_anew(whole: dict[str, bytes | None]) -> None:
    _, memory = remembered(whole, snapshot(edited=10))
    assert list(packed(memory)) == [WHOLE]


def test_changes_to_another_whole_are_not_believed(whole: dict[str, bytes | None]) -> None:
    _, memory = remembered(whole, snapshot(edited=1))
    changes = packed(memory)
    other = Memory()
    plan(snapshot(edited=2), Settings(), other)
    assert remembered(packed(other) | changes, snapshot(edited=2))[0] == set()


@pytest.mark.parametrize("damage", [b"", VERSION, VERSION + b"\x80", VERSION + pickle.dumps([]) + b"short"])
def test_a_damaged_file_is_as_good_as_none(damage: bytes) -> None:
    assert unpack({WHOLE: damage}, VERSION).understanding.units == {}


def test_another_version_is_not_believed(whole: dict[str, bytes | None]) -> None:
    assert unpack(whole, b"other").understanding.units == {}
