"""What to do about a new picture of the project. No clock, no disk: pictures in, steps out.

Nothing here trusts an event. An event only leads to a new picture; if its value is the one we know, nothing happens.
That is also how our own writes are ignored: after writing, the picture we expect to see next is the known one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from convexgen.diagnostics import Diagnostic
from convexgen.project_files import PYPROJECT
from convexgen.selection import judged_by_plan, judged_by_types, mistakes, tell
from convexgen.settings import Settings
from convexgen.snapshot import Plan, Snapshot, after
from convexgen.typecheck.repetitions import told_once

Planner = Callable[[Snapshot, Settings], Plan]


@dataclass(frozen=True, slots=True)
class Picture:
    """The project at one moment.

    `settings` are the last good ones, None as long as there were none; `findings` what is wrong with the present ones
    or with the functions folder. `snapshot` is None when there is no functions folder to read.
    """

    settings: Settings | None
    findings: tuple[Diagnostic, ...] = ()
    snapshot: Snapshot | None = None

    @property
    def about_settings(self) -> tuple[Settings | None, tuple[Diagnostic, ...]]:
        """What pyproject.toml contributes."""
        return self.settings, tuple(finding for finding in self.findings if finding.primary.span.path == PYPROJECT)

    @property
    def blocked(self) -> bool:
        """Whether the picture is too broken to plan from."""
        return self.snapshot is None or any(finding.stops_generation for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Step:
    """One run: what changed since the last one, and what follows. Without a plan there is nothing to write."""

    changed: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    plan: Plan | None = None

    @property
    def errors(self) -> int:
        return sum(finding.stops_generation for finding in self.findings)


class Decisions:
    """Remembers the last picture. `step` for each new one; `written` when a step's plan has been carried out."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._known: Picture | None = None
        self._told: tuple[Diagnostic, ...] = ()

    def step(self, picture: Picture) -> Step | None:
        """What follows from `picture`; None when it is what we know already."""
        if picture == self._known:
            return None
        changed = _changed(self._known, picture)
        self._known = picture
        if picture.blocked or picture.settings is None or picture.snapshot is None:
            return Step(changed, picture.findings)
        plan = self._planner(picture.snapshot, picture.settings)
        sources = picture.snapshot.sources
        found = (*picture.findings, *plan.diagnostics, *mistakes(sources))
        self._told = tell(found, sources, picture.settings, judged_by_plan(plan.diagnostics))
        return Step(changed, self._told, plan)

    def types(self, verdict: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        """What is told of mypy's verdict about the last picture, and was not told with the step."""
        if self._known is None or self._known.snapshot is None or self._known.settings is None:
            return verdict
        told = tell(verdict, self._known.snapshot.sources, self._known.settings, judged_by_types(verdict))
        return told_once(told, before=self._told)

    def written(self, plan: Plan) -> None:
        """The plan of the last step is on disk now: expect to see its outputs."""
        if self._known is not None and self._known.snapshot is not None:
            self._known = replace(self._known, snapshot=after(self._known.snapshot, plan))


def _changed(before: Picture | None, now: Picture) -> tuple[str, ...]:
    """The paths that differ between two pictures, the outputs only when nothing else does."""
    if before is None:
        return ()
    settings = (PYPROJECT,) if before.about_settings != now.about_settings else ()
    old, new = before.snapshot or Snapshot((), {}), now.snapshot or Snapshot((), {})
    sources = _differing(
        {source.path: source.digest for source in old.sources}, {source.path: source.digest for source in new.sources}
    )
    unreadable = _differing(dict(old.unreadable), dict(new.unreadable))
    return (*dict.fromkeys((*settings, *sources, *unreadable)),) or _differing(dict(old.outputs), dict(new.outputs))


def _differing(old: dict[str, bytes] | dict[str, str], new: dict[str, bytes] | dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path)))
