"""`Crons`: what `crons.py` declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any, ParamSpec

from convexgen.authoring import schedules
from convexgen.authoring.functions import SchedulableFunction
from convexgen.authoring.schedules import Weekday

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class CronJob:
    """One entry. `schedule` is canonical text (see `schedules`), `arguments` are by parameter name."""

    name: str
    schedule: str
    function: SchedulableFunction[Any, ..., Any]
    arguments: Mapping[str, Any]


class Crons:
    """Functions that run again and again: `crons = Crons()` in `crons.py`. All times are UTC.

    Every method takes a name of its own (printable ASCII), when to run, a mutation or action, and its arguments.
    All raise `ValueError` for a name that is taken or a time that there is not, `TypeError` for wrong arguments.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, CronJob] = {}

    @property
    def jobs(self) -> tuple[CronJob, ...]:
        """What was declared, in order."""
        return tuple(self._jobs.values())

    def interval(
        self,
        name: str,
        period: timedelta,
        function: SchedulableFunction[Any, P, Any],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Every `period` (whole seconds), for the first time when deployed."""
        self._add(name, schedules.interval(period), function, function.arguments(*args, **kwargs))

    def hourly(
        self, name: str, minute: int, function: SchedulableFunction[Any, P, Any], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Every hour, `minute` (0 to 59) minutes past."""
        self._add(name, schedules.hourly(minute), function, function.arguments(*args, **kwargs))

    def daily(
        self, name: str, at: time, function: SchedulableFunction[Any, P, Any], /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Every day, at a time to the minute."""
        self._add(name, schedules.daily(at), function, function.arguments(*args, **kwargs))

    def weekly(
        self,
        name: str,
        day: Weekday,
        at: time,
        function: SchedulableFunction[Any, P, Any],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Every week on a day, `"monday"` to `"sunday"`."""
        self._add(name, schedules.weekly(day, at), function, function.arguments(*args, **kwargs))

    def monthly(
        self,
        name: str,
        day: int,
        at: time,
        function: SchedulableFunction[Any, P, Any],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Every month on a day, 1 to 31; months without that day are left out."""
        self._add(name, schedules.monthly(day, at), function, function.arguments(*args, **kwargs))

    def cron(
        self,
        name: str,
        expression: str,
        function: SchedulableFunction[Any, P, Any],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """By a cron expression of five fields: `"0 9 * * 1"` is every Monday at 9."""
        self._add(name, schedules.cron(expression), function, function.arguments(*args, **kwargs))

    def _add(
        self, name: str, schedule: str, function: SchedulableFunction[Any, ..., Any], arguments: Mapping[str, Any]
    ) -> None:
        if not name or not (name.isascii() and name.isprintable()):
            raise ValueError(f"a cron's name is printable ASCII; got {name!r}")
        if name in self._jobs:
            raise ValueError(f"there is a cron named {name!r} already")
        self._jobs[name] = CronJob(name, schedule, function, arguments)
