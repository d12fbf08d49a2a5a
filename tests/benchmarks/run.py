"""How fast convexgen is on this machine, next to its goals and its peers: `python -m tests.benchmarks.run`.

Prints the rows of the table of goals. Every number is that of whole processes, start-up included;
processes of one table take turns, so that what else the machine does falls on all of them alike; after one round that
is not counted, the median of the rounds is shown. The peers need `npm ci --prefix fixtures` and are left out without.

The goals of the design were measured on one machine. What this one takes merely to parse Python tells how much slower
it is; "goal here" is the goal times that, and "pass here" a row that is within it.

To see where the time goes: `python -m tests.benchmarks.profile`, and `python -X importtime -m convexgen …`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path

from tests.benchmarks.mistakes import COUNT, plant
from tests.benchmarks.processes import Command, CommandFailedError, Usage, measure, median, percentile
from tests.benchmarks.results import GOALS, Row, scaled, table
from tests.benchmarks.watching import measure_saves, measure_verdicts
from tests.benchmarks.yardstick import GOALS_PARSE, parse_seconds

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "fixtures/node_modules"
AUTHORING = "from convexgen import ActionCtx, Id, Index, MutationCtx, QueryCtx, Table, action, mutation, query"

GROUPS = ("cold", "unchanged", "edited", "fix", "watch", "start", "types", "mypy")
WITH_MYPY = 100
"""The most modules that mypy is measured on: it takes the same time alone, and that is minutes."""


GENERATE_COLD = "cold generate"
ADVICE_COLD = "check, all rules on, cold"
CHECK_COLD = "check with mypy, cold"
MYPY_COLD = "mypy alone, cold"
RATIOS = (
    ("all rules to generate, cold", ADVICE_COLD, GENERATE_COLD),
    ("check to mypy alone, cold", CHECK_COLD, MYPY_COLD),
)
"""Rows that say how much longer one of two takes than the other, measured in the same rounds."""
ALL_RULES = ("check", "--no-types", "--select", "ALL", "--ignore", "no-identity-check,public-call")
"""All rules look; what these two find in every module is left untold, so that no text is measured."""


@dataclass(slots=True)
class Contestant:
    """A command that takes its turn in every round. `prepare` is called before each run and is not measured."""

    name: str
    modules: int
    command: Command
    prepare: Callable[[], None] = lambda: None
    peer: bool = False
    runs: list[Usage] = field(default_factory=list)

    @property
    def wall(self) -> float:
        return median([run.wall for run in self.runs])


class Project:
    """One copy of a synthetic project with a cache of its own. Another process writes it, to keep this one small."""

    def __init__(self, folder: Path, modules: int) -> None:
        measure(Command((sys.executable, "-m", "tests.benchmarks.synthetic", folder, str(modules)), ROOT, {}))
        (folder / "node_modules").symlink_to(PACKAGES, target_is_directory=True)
        self.folder = folder
        self.source = folder / "convexgen/backend"
        self.generated = self.source / "_generated"
        self._cache = folder / "cache"
        self._edits = count(1)

    def convexgen(self, *arguments: str) -> Command:
        environment = {"CONVEXGEN_CACHE_DIR": str(self._cache), "NO_COLOR": "1"}
        return Command((sys.executable, "-m", "convexgen", *arguments), self.source.parent, environment)

    def forget_everything(self) -> None:
        for folder in (self._cache, self.generated):
            shutil.rmtree(folder, ignore_errors=True)

    def forget_all_runs(self) -> None:
        shutil.rmtree(self._cache, ignore_errors=True)

    def mypy(self) -> Command:
        """The same by mypy alone: as strict as `check` is where there are no settings, and without our plugin."""
        options = ("--strict", "--config-file=", "--namespace-packages", "--explicit-package-bases")
        places = (f"--cache-dir={self._cache}", "--exclude=_generated", self.source.name)
        return Command((sys.executable, "-m", "mypy", *options, *places), self.source.parent, {})

    def make_mistakes(self) -> None:
        """Make the mistakes that `fix` has undone."""
        plant(self.source)

    def edit_one_file(self) -> None:
        """Give one module a function that neither the outputs nor the cache have seen before."""
        with (self.source / "area_0000.py").open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"\n\n@query\nasync def edited_{next(self._edits)}(ctx: QueryCtx) -> int:\n    return 1\n")


class Workshop:
    """Where the projects lie: a copy for each use, so that none finds what another has left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._projects: dict[str, Project] = {}

    def project(self, use: str, modules: int) -> Project:
        name = f"{use}-{modules}"
        if name not in self._projects:
            say(f"writing {modules} modules for {use!r}")
            self._projects[name] = Project(self._folder / name, modules)
        return self._projects[name]

    def generated_project(self, use: str, modules: int) -> Project:
        project = self.project(use, modules)
        measure(project.convexgen("generate"))
        return project


def contestants(workshop: Workshop, groups: Sequence[str], sizes: Sequence[int], peers: bool) -> Iterator[Contestant]:
    for modules in sizes:
        if "cold" in groups:
            project = workshop.project("cold", modules)
            command = project.convexgen("generate")
            yield Contestant(GENERATE_COLD, modules, command, project.forget_everything)
            advised = workshop.generated_project("all rules", modules)
            yield Contestant(ADVICE_COLD, modules, advised.convexgen(*ALL_RULES), advised.forget_all_runs)
            if peers:
                yield from _peers(project, modules)
        if "unchanged" in groups:
            project = workshop.generated_project("unchanged", modules)
            yield Contestant("generate, nothing changed", modules, project.convexgen("generate"))
            yield Contestant("check, nothing changed", modules, project.convexgen("check", "--no-types"))
            advised = workshop.generated_project("all rules unchanged", modules)
            yield Contestant("check, all rules on, nothing changed", modules, advised.convexgen(*ALL_RULES))
        if "edited" in groups:
            project = workshop.generated_project("edited", modules)
            command = project.convexgen("generate")
            yield Contestant("generate, one file edited", modules, command, project.edit_one_file)
        if "fix" in groups:
            project = workshop.generated_project("fix", modules)
            yield Contestant(f"fix, {COUNT} mistakes", modules, project.convexgen("fix"), project.make_mistakes)
        if "types" in groups and peers:
            project = workshop.generated_project("types", modules)
            yield Contestant("tsc 7 on a client", modules, _client(project))
            yield Contestant("tsc 7 on no api at all", modules, _client(project, of_nothing=True))
        if "mypy" in groups and modules <= WITH_MYPY:
            yield from _with_mypy(workshop, modules)
    if "start" in groups:
        here = Path.cwd()
        yield Contestant("import convexgen", 0, Command((sys.executable, "-c", AUTHORING), here, {}))
        yield Contestant("convexgen --version", 0, Command((sys.executable, "-m", "convexgen", "--version"), here, {}))


def _peers(project: Project, modules: int) -> Iterator[Contestant]:
    convex, openapi = project.folder / "convex", project.folder / "openapi"
    codegen = (PACKAGES / "convex/bin/main.js", "codegen", "--system-udfs", "--typecheck", "disable")
    yield Contestant(
        "convex codegen --system-udfs",
        modules,
        Command(("node", *codegen), convex, {}),
        lambda: shutil.rmtree(convex / "convex/_generated", ignore_errors=True),
        peer=True,
    )
    typescript = (PACKAGES / "openapi-typescript/bin/cli.js", "openapi.json", "--output", "paths.ts")
    yield Contestant("openapi-typescript", modules, Command(("node", *typescript), openapi, {}), peer=True)


CLIENT = """
import { ConvexHttpClient } from "convex/browser";
import { api } from "../convexgen/backend/_generated/api";

const client = new ConvexHttpClient("http://127.0.0.1:3210");
const found = await client.query(api.area0000.listItems, { owner: "ada", status: "draft", minimumScore: 0.5 });
const title: string | undefined = found[0]?.title;
await client.mutation(api.area0000.createItem, { owner: "ada", title: title ?? "none", tags: [] });
"""
EMPTY_CLIENT = """
import { ConvexHttpClient } from "convex/browser";

export const client = new ConvexHttpClient("http://127.0.0.1:3210");
"""
TSCONFIG = {
    "compilerOptions": {
        "strict": True,
        "skipLibCheck": False,
        "noEmit": True,
        "target": "es2022",
        "module": "esnext",
        "moduleResolution": "bundler",
        "lib": ["es2022", "dom"],
        "types": [],
    },
    "files": ["client.ts"],
}


def _with_mypy(workshop: Workshop, modules: int) -> Iterator[Contestant]:
    """`check` with types and mypy by itself, from the same beginnings: with nothing known, and with nothing changed."""
    ours = workshop.generated_project("check cold", modules)
    yield Contestant(CHECK_COLD, modules, ours.convexgen("check"), ours.forget_all_runs)
    alone = workshop.generated_project("mypy cold", modules)
    yield Contestant(MYPY_COLD, modules, alone.mypy(), alone.forget_all_runs)
    known = workshop.generated_project("check unchanged", modules)
    yield Contestant("check with mypy, nothing changed", modules, known.convexgen("check"))
    known_alone = workshop.generated_project("mypy unchanged", modules)
    yield Contestant("mypy alone, nothing changed", modules, known_alone.mypy())


def _client(project: Project, *, of_nothing: bool = False) -> Command:
    """A small client of a large api, to be type-checked; or one that only imports what every client does."""
    folder = project.folder / ("client-of-nothing" if of_nothing else "client")
    folder.mkdir()
    (folder / "client.ts").write_text(EMPTY_CLIENT if of_nothing else CLIENT, encoding="utf-8")
    (folder / "tsconfig.json").write_text(json.dumps(TSCONFIG), encoding="utf-8")
    return Command(("node", PACKAGES / "typescript7/bin/tsc", "--project", "."), folder, {})


def take_turns(all_contestants: Sequence[Contestant], rounds: int) -> None:
    """Run everyone once in each round. The first round warms up and is not counted."""
    for number in range(rounds + 1):
        for contestant in all_contestants:
            say(f"round {number} of {rounds}: {contestant.name} {contestant.modules or ''}")
            contestant.prepare()
            usage = measure(contestant.command)
            if number:
                contestant.runs.append(usage)


def rows_of(all_contestants: Sequence[Contestant]) -> Iterator[Row]:
    ours = {each.modules: each.wall for each in all_contestants if each.name == GENERATE_COLD}
    for each in all_contestants:
        walls = [run.wall for run in each.runs]
        peak = median([run.peak for run in each.runs])
        yield Row(
            each.name,
            each.modules,
            each.wall,
            "s",
            spread=(min(walls), max(walls)),
            processor=median([run.processor for run in each.runs]),
            peak=peak,
            ratio=each.wall / ours[each.modules] if each.peer else None,
            goal=GOALS.get((each.name, each.modules)),
        )
        if each.name == GENERATE_COLD:
            yield Row("peak memory", each.modules, peak, "MiB", goal=GOALS.get(("peak memory", each.modules)))


def watch_rows(workshop: Workshop, modules: int, saves: int) -> Iterator[Row]:
    project = workshop.project("watch", modules)
    say(f"watching {modules} modules, {saves} saves")
    times = measure_saves(project.convexgen("watch", "--no-types"), project.source, saves)
    for percent in (50, 99):
        name = f"save to outputs, p{percent}"
        value = percentile(times, percent)
        yield Row(name, modules, value, "s", spread=(min(times), max(times)), goal=GOALS.get((name, modules)))


def verdict_rows(workshop: Workshop, modules: int, saves: int) -> Iterator[Row]:
    project = workshop.project("watch with mypy", modules)
    say(f"watching {modules} modules with mypy, {saves} saves")
    times = measure_verdicts(project.convexgen("watch"), project.source, saves)
    for percent in (50, 99):
        name = f"save to mypy's verdict, p{percent}"
        value = percentile(times, percent)
        yield Row(name, modules, value, "s", spread=(min(times), max(times)), goal=GOALS.get((name, modules)))


def ratio_rows(rows: Sequence[Row]) -> Iterator[Row]:
    walls = {(row.name, row.modules): row.value for row in rows}
    for name, ours, other in RATIOS:
        for (measured, modules), wall in walls.items():
            if measured == ours:
                yield Row(name, modules, wall / walls[other, modules], "x", goal=GOALS.get((name, modules)))


def size_row(workshop: Workshop, modules: int) -> Row:
    project = workshop.generated_project("types", modules)
    name = "size of api.d.ts"
    megabytes = (project.generated / "api.d.ts").stat().st_size / 1e6
    return Row(name, modules, megabytes, "MB", goal=GOALS.get((name, modules)))


def all_rows(workshop: Workshop, arguments: argparse.Namespace) -> list[Row]:
    groups, sizes = arguments.rows, arguments.sizes
    peers = PACKAGES.is_dir() and shutil.which("node") is not None and not arguments.no_peers
    competing = list(contestants(workshop, groups, sizes, peers))
    take_turns(competing, arguments.rounds)
    rows = list(rows_of(competing))
    rows += list(ratio_rows(rows))
    for modules in sizes:
        if "watch" in groups:
            rows += watch_rows(workshop, modules, arguments.saves)
        if "mypy" in groups and modules <= WITH_MYPY:
            rows += verdict_rows(workshop, modules, arguments.saves)
        if "types" in groups:
            rows.append(size_row(workshop, modules))
    return rows


def machine(slowness: float) -> dict[str, object]:
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        "slower than the goals' machine": f"{slowness:.2f} x",
    }


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", nargs="+", choices=GROUPS, default=GROUPS, help="which groups of rows (all)")
    parser.add_argument("--sizes", nargs="+", type=int, default=(100, 1000), metavar="N", help="modules (100 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="counted runs of each command (5)")
    parser.add_argument("--saves", type=int, default=100, help="counted saves while watching (100)")
    parser.add_argument("--no-peers", action="store_true", help="leave out what needs Node")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="convexgen-benchmark-") as folder:
        workshop = Workshop(Path(folder))
        slowness = parse_seconds(workshop.project("yardstick", 100).source) / GOALS_PARSE
        before = machine(slowness)
        try:
            rows = [scaled(row, slowness) for row in all_rows(workshop, arguments)]
        except CommandFailedError as error:
            sys.exit(str(error))
    if arguments.json:
        sys.stdout.write(json.dumps({"machine": before, "rows": [asdict(row) for row in rows]}, indent=2) + "\n")
    else:
        described = ", ".join(f"{key} {value}" for key, value in before.items())
        sys.stdout.write(f"{described}\n\n{table(rows)}")


if __name__ == "__main__":
    main()
