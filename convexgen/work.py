"""Who does the work of a plan: this process alone, or this one and its twin, each with half of the modules.

A module is read, understood and rendered in the same process; between those steps only what the whole must know of it
is exchanged.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from convexgen import ir
from convexgen.analysis.analyse import Analysed, Front, Unit
from convexgen.emit import python, typescript
from convexgen.emit.contract import Fragment
from convexgen.settings import PythonOutput, TypeScriptOutput
from convexgen.twin import Twin, can_have_twin

ENOUGH_FOR_TWO = 40
"""From this many modules on, a second process saves more than it costs."""
_SHARE = 4
"""The part of what is left that the twin is given at a time, as a divisor."""
_LEAST = 4
"""Modules that the twin is given at least, for it waits between one part and the next."""


class Task(NamedTuple):
    """A fragment to be made: of which module, with which of its types, for which output."""

    module: str
    used: frozenset[str]
    names: ir.TypeNames
    output: TypeScriptOutput | PythonOutput


class Work:
    """The modules of one plan being worked on. To be closed. `made_units` tells whether any had to be understood."""

    def __init__(self, front: Front, *, alone: bool) -> None:
        self._front = front
        self._alone = alone
        self._units: dict[str, Unit] = {}
        self._theirs: set[str] = set()
        self._twin: Twin | None = None
        self.made_units = False
        unread = front.unread()
        if not alone and len(unread) >= ENOUGH_FOR_TWO and can_have_twin():
            self._twin = Twin(self._serve)

    def analyse(self) -> Analysed:
        """Read and understand what is not known yet, and put the whole together."""
        self._read()
        stale = self._front.stale()
        self.made_units = bool(stale)
        theirs = [name for name in stale if name in self._theirs]
        self._ask("units", theirs)
        fresh = self._understand(name for name in stale if name not in self._theirs)
        fresh += self._answer("units", theirs)
        made = {unit.summary.name: unit for unit in fresh}
        analysed = self._front.finish(made[name] for name in stale)
        if not self._alone:
            self._front.forget_syntax()
        return analysed

    def fragments(self, tasks: Sequence[Task]) -> list[Fragment]:
        """The fragments that `tasks` ask for, in their order."""
        theirs = [task for task in tasks if task.module in self._theirs]
        self._ask("fragments", theirs)
        ours = iter([self._fragment(task) for task in tasks if task.module not in self._theirs])
        others = iter(self._answer("fragments", theirs))
        return [next(others if task.module in self._theirs else ours) for task in tasks]

    def modules(self, names: Iterable[str]) -> dict[str, ir.Module]:
        """The modules called `names`."""
        wanted = list(names)
        theirs = [name for name in wanted if name in self._theirs]
        self._ask("modules", theirs)
        ours = {name: self._module(name) for name in wanted if name not in self._theirs}
        return ours | dict(zip(theirs, self._answer("modules", theirs), strict=True))

    def forget_modules(self) -> None:
        """Let go of the modules; whoever asks for one pays for understanding it again."""
        for unit in self._units.values():
            unit.module = None
        self._units.clear()

    def close(self) -> None:
        """End the twin, and forget."""
        self.forget_modules()
        self._lose_twin()

    def _read(self) -> None:
        """Read what is unread, and find out whose each module is.

        The twin takes part after part from the end, smaller ones towards the end of the work: it is the slower one, as
        each page of memory that it touches is copied for it, and nobody knows by how much.
        """
        unread = deque(self._front.unread())
        while unread and self._twin is not None:
            theirs = [unread.pop() for _ in range(min(max(len(unread) // _SHARE, _LEAST), len(unread)))]
            self._theirs.update(theirs)
            self._ask("read", theirs)
            while unread and self._twin is not None and not self._twin.has_answered():
                self._front.read([unread.popleft()])
            self._front.learn(theirs, self._answer("read", theirs))
        self._front.read(unread)

    def _understand(self, names: Iterable[str]) -> list[Unit]:
        units = [self._front.unit(name) for name in names]
        self._units.update((unit.summary.name, unit) for unit in units)
        return units

    def _module(self, name: str) -> ir.Module:
        """A module, understood again if an earlier run did so and kept only the summary."""
        unit = self._units.get(name)
        if unit is None:
            (unit,) = self._understand([name])
        assert unit.module is not None  # a unit of this run has its module
        return unit.module

    def _fragment(self, task: Task) -> Fragment:
        module = self._module(task.module)
        used = replace(module, types=tuple(each for each in module.types if each.symbol in task.used))
        if isinstance(task.output, TypeScriptOutput):
            return typescript.fragment(used, task.names, task.output)
        return python.fragment(used, task.names, task.output)

    def _do(self, what: str, things: Sequence[object]) -> list[object]:
        match what:
            case "read":
                return list(self._front.read(things))  # type: ignore[arg-type]
            case "units":
                units = self._understand(things)  # type: ignore[arg-type]
                return [replace(unit, module=None) for unit in units]
            case "modules":
                return [self._module(name) for name in things]  # type: ignore[arg-type]
            case _:
                return [self._fragment(task) for task in things]  # type: ignore[arg-type]

    def _serve(self, question: tuple[str, Sequence[object]]) -> list[object]:
        return self._do(*question)

    def _ask(self, what: str, things: Sequence[object]) -> None:
        if self._twin is not None and things:
            try:
                self._twin.ask((what, things))
            except BrokenPipeError:
                self._lose_twin()

    def _answer(self, what: str, things: Sequence[object]) -> list:  # type: ignore[type-arg]
        """The twin's answer; ours, if the twin has died."""
        if not things:
            return []
        if self._twin is not None:
            try:
                return self._twin.answer()  # type: ignore[no-any-return]
            except EOFError:
                self._lose_twin()
        return self._do(what, things)

    def _lose_twin(self) -> None:
        if self._twin is not None:
            self._twin.close()
            self._twin = None
