"""What the generated Python client costs: `python -m tests.benchmarks.client`.

How long it takes to import, for packages of some sizes, and how long mypy takes over them from nothing, both in whole
processes. Then calls and subscriptions of `convexgen dev`, whose clients run in processes of their own, each with a
time-out: ours in both flavours, and as a peer that of PyPI, `convex`, where it is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.processes import Command, Usage, measure, median
from tests.clients.backend import Backend

ROOT: Final = Path(__file__).parents[2]
CLIENTS: Final = ROOT / "fixtures" / "clients"
PACKAGE: Final = "measured_client"
FUNCTIONS_PER_MODULE: Final = 5
GOAL: Final = 0.25
"""Seconds that an import may take, of a package of a thousand functions."""
PATIENCE: Final = 300
"""Seconds after which a client is given up."""
OURS: Final = ("waiting", "awaited")
FLAVOURS: Final = ("Client", "AsyncClient")
PEER: Final = "convex of PyPI"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `processor` is in seconds, to which other work on the machine adds less."""

    name: str
    amount: float
    unit: str
    processor: float | None = None


def rows(
    folder: Path, *, imported: Sequence[int], checked: Sequence[int], rounds: int, calls: int, subscriptions: int
) -> Iterator[Row]:
    """All lines, as they come to be known. `imported` and `checked` are numbers of functions."""
    packages = {count: _package(folder / str(count), count) for count in sorted({*imported, *checked})}
    yield from _import_rows([packages[count] for count in imported], imported, rounds)
    yield from _mypy_rows([packages[count] for count in checked], checked)
    yield from _call_rows(folder / "calls", calls, subscriptions)


def _package(folder: Path, functions: int) -> Path:
    """A generated client of so many functions: the folder that it lies in."""
    modules = str(functions // FUNCTIONS_PER_MODULE)
    measure(Command((sys.executable, "-m", "tests.benchmarks.synthetic", folder, modules), ROOT, {}))
    project = folder / "convexgen"
    with (project / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[[tool.convexgen.outputs]]\nkind = "python"\npath = "{PACKAGE}"\n')
    measure(Command((sys.executable, "-m", "convexgen", "generate"), project, {}))
    return project


def _import_rows(projects: Sequence[Path], counts: Sequence[int], rounds: int) -> Iterator[Row]:
    """The processes take turns; the first round is not counted, in which Python keeps what it compiles."""
    programs = {"nothing": "pass", "pydantic": "import pydantic.main"}
    for kind in FLAVOURS:
        programs[kind] = f"from {PACKAGE} import {kind}"
    started: dict[tuple[str, int], list[Usage]] = {}
    for _ in range(rounds + 1):
        for project, count in zip(projects, counts, strict=True):
            for kind, program in programs.items():
                usage = measure(Command((sys.executable, "-c", program), project, {}))
                started.setdefault((kind, count), []).append(usage)
    for (kind, count), usages in started.items():
        wall = median([usage.wall for usage in usages[1:]])
        processor = median([usage.processor for usage in usages[1:]])
        if kind in FLAVOURS:
            yield Row(f"import {kind}, {count:,} functions (goal {GOAL} s at 1,000)", wall, "s", processor)
        elif count == counts[0]:
            yield Row(f"a process that imports {kind}", wall, "s", processor)


def _mypy_rows(projects: Sequence[Path], counts: Sequence[int]) -> Iterator[Row]:
    """Without anything that an earlier run has kept. What each further function costs tells how the time grows."""
    before: tuple[int, Usage] | None = None
    for project, count in zip(projects, counts, strict=True):
        options = ("--strict", "--config-file=", f"--cache-dir={project / 'mypy-cache'}")
        usage = measure(Command((sys.executable, "-m", "mypy", *options, PACKAGE), project, {}))
        yield Row(f"mypy --strict, {count:,} functions, cold", usage.wall, "s", usage.processor)
        if before is not None:
            fewer, less = before
            further = (usage.processor - less.processor) / (count - fewer) * 1000
            yield Row(f"each function from {fewer:,} to {count:,}, of the processor's time", further, "ms")
        before = count, usage


def _call_rows(folder: Path, calls: int, subscriptions: int) -> Iterator[Row]:
    project = folder / "project"
    shutil.copytree(CLIENTS, project, ignore=shutil.ignore_patterns(".*", "_generated", "node_modules"))
    with (project / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[[tool.convexgen.outputs]]\nkind = "python"\npath = "{PACKAGE}"\n')
    kinds = [*OURS, PEER] if importlib.util.find_spec("convex") else OURS
    with Backend(project, folder, {"ISSUER_URL": "https://issuer.test"}) as backend:
        for kind in kinds:
            for name, amount, unit in _told_by(kind, project, backend.url, calls, subscriptions):
                yield Row(f"{kind}: {name}", amount, unit)


def _told_by(kind: str, project: Path, url: str, calls: int, subscriptions: int) -> list[tuple[str, float, str]]:
    """What a client's process has measured; one line that says so, if it did not come to an end."""
    module = (sys.executable, "-m", "tests.benchmarks.client_calls")
    command = (*module, kind, str(project), url, str(calls), str(subscriptions))
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=True)
    except subprocess.TimeoutExpired:
        return [("was not done after", PATIENCE, "s")]
    return [(name, amount, unit) for name, amount, unit in json.loads(done.stdout.splitlines()[-1])]


def _at_least_one(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"at least 1, not {text}")
    return int(text)


def main() -> None:
    """Print the table, a line as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.client", description=__doc__)
    parser.add_argument("--imported", type=int, nargs="*", default=[100, 1000, 2000], help="numbers of functions")
    parser.add_argument("--checked", type=int, nargs="*", default=[250, 500, 1000, 2000], help="numbers of functions")
    parser.add_argument("--rounds", type=_at_least_one, default=5, help="how often each import is measured")
    parser.add_argument("--calls", type=_at_least_one, default=500, help="calls of each kind")
    parser.add_argument("--subscriptions", type=_at_least_one, default=1000, help="queries that one client follows")
    options = vars(parser.parse_args())
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(Path(folder), **options):
            processor = "" if row.processor is None else f"{row.processor:>12,.3f} s of the processor"
            sys.stdout.write(f"{row.name:<74}{row.amount:>12,.3f} {row.unit:<4}{processor}".rstrip() + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
