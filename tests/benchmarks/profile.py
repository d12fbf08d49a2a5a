"""Where the time of a plan goes: `python -m tests.benchmarks.profile [--modules N]`.

One process makes plans of a synthetic project: as `generate` does, knowing nothing and with the memory that an earlier
process has left on disk after an edit to one module; and as `watch` does, which also gives advice about the bodies of
functions, of the whole and after an edit. For each part of the work it prints processor time, also as a multiple of
what Python takes merely to parse the sources.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from convexgen import memory as memories
from convexgen import plan as plans
from convexgen.analysis import analyse
from convexgen.analysis.analyse import Front
from convexgen.analysis.bodies import Bodies
from convexgen.discover import discover
from convexgen.emit import python, typescript
from convexgen.memory import Memory, pack
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile
from tests.benchmarks.synthetic import write_project
from tests.benchmarks.yardstick import GOALS_PARSE, parse_seconds

VERSION = b"profile"
EDIT = b"\n\n@query\nasync def edited_%d(ctx: QueryCtx) -> int:\n    return 1\n"

PARTS: tuple[tuple[str, Any, str], ...] = (
    ("parse and read", analyse, "read"),
    ("understand", Front, "unit"),
    ("advise", Bodies, "check"),
    ("what each module depends on", Front, "stale"),
    ("link the program", analyse, "link"),
    ("what each output shows", plans, "outline"),
    ("render TypeScript of a module", typescript, "fragment"),
    ("render Python of a module", python, "fragment"),
    ("join TypeScript", typescript, "assemble"),
    ("join Python", python, "assemble"),
    ("fingerprint the files", plans, "seal"),
    ("compare with the disk", plans, "_changes"),
    ("remember", memories, "pack"),
    ("recall", memories, "unpack"),
)
"""What is told apart: a name for it, and the function that does it."""
REST = "the rest"


@dataclass(slots=True)
class Stopwatch:
    """Seconds of processor time by part, each without those of the parts that it calls."""

    seconds: dict[str, float] = field(default_factory=dict)
    _within: list[float] = field(default_factory=lambda: [0.0])

    def timed(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*arguments: Any, **named: Any) -> Any:
            self._within.append(0.0)
            began = time.process_time()
            try:
                return work(*arguments, **named)
            finally:
                whole = time.process_time() - began
                self.seconds[part] = self.seconds.get(part, 0.0) + whole - self._within.pop()
                self._within[-1] += whole

        return measured


@contextmanager
def watched() -> Iterator[Stopwatch]:
    """Times everything in `PARTS`; what is left is `REST`."""
    stopwatch = Stopwatch()
    gc.collect()
    began = time.process_time()
    with ExitStack() as stack:
        for part, owner, name in PARTS:
            stack.enter_context(patch.object(owner, name, stopwatch.timed(part, getattr(owner, name))))
        yield stopwatch
    stopwatch.seconds[REST] = time.process_time() - began - sum(stopwatch.seconds.values())


def profiles(root: Path) -> Iterator[tuple[str, dict[str, float]]]:
    settings = Settings()
    known = discover(root, settings)
    memory = Memory()
    with watched() as cold:
        plans.plan(known, settings, memory, advice=False)
    yield "generate, knowing nothing", cold.seconds
    name, pieces = pack(memory, VERSION)
    files = {name: b"".join(pieces)}
    with watched() as fresh:
        thawed = memories.unpack(files, VERSION)
        plans.plan(edited(known, 1), settings, thawed, advice=False)
        b"".join(memories.pack(thawed, VERSION)[1])
    yield "generate after one module was edited", fresh.seconds
    with watched() as advised:
        plans.plan(known, settings, memory)
    yield "advice about everything", advised.seconds
    with watched() as again:
        plans.plan(edited(known, 2), settings, memory)
    yield "watch, one module edited", again.seconds


def edited(known: Snapshot, number: int) -> Snapshot:
    """`known` with a function more in its first module."""
    (index,) = [index for index, each in enumerate(known.sources) if each.path.endswith("area_0000.py")]
    sources = list(known.sources)
    sources[index] = SourceFile.of(sources[index].path, sources[index].content + EDIT % number)
    return replace(known, sources=tuple(sources))


def shown(title: str, seconds: dict[str, float], unit: float) -> str:
    """One table: the parts by what they took, those under a millisecond with the rest."""
    parts = {part: each for part, each in seconds.items() if part != REST and each >= 0.001}
    whole = sum(seconds.values())
    rows = sorted(parts.items(), key=lambda item: -item[1])
    lines = [f"{title}\n", *(_row(part, each, unit) for part, each in rows)]
    lines += [_row(REST, whole - sum(parts.values()), unit), _row("all", whole, unit)]
    return "".join(lines) + "\n"


def _row(part: str, seconds: float, unit: float) -> str:
    return f"  {part:<30}{seconds * 1000:9.1f} ms{seconds / unit:8.2f} x\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=int, default=1000, metavar="N")
    modules = parser.parse_args().modules
    gc.disable()
    with tempfile.TemporaryDirectory(prefix="convexgen-profile-") as folder:
        write_project(Path(folder), modules)
        root = Path(folder) / "convexgen"
        each = parse_seconds(root / "backend")
        sys.stdout.write(
            f"1 x is parsing the {modules} modules: {each * modules * 1000:.0f} ms here, "
            f"{GOALS_PARSE * modules * 1000:.0f} ms on the machine of the goals\n\n"
        )
        for title, seconds in profiles(root):
            sys.stdout.write(shown(title, seconds, each * modules))


if __name__ == "__main__":
    main()
