"""`crons.py`: what runs again and again, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time, timedelta
from difflib import get_close_matches
from typing import get_args

from convexgen import ir
from convexgen.analysis import constants
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import CronDeclaration, Findings, span
from convexgen.analysis.functions import role_of
from convexgen.analysis.resolve import Declared, External, Missing, Program
from convexgen.analysis.special_object import LITERAL, calls_on, declared_here, listed, meant, report_method
from convexgen.analysis.syntax import CallExpr, Expr, FunctionSyntax, KeywordArgument
from convexgen.authoring import schedules
from convexgen.diagnostics import Label
from convexgen.rules import functions

_USAGE: Mapping[str, str] = {
    "interval": 'crons.interval("name", timedelta(minutes=5), function)',
    "hourly": 'crons.hourly("name", 30, function)',
    "daily": 'crons.daily("name", time(7, 30), function)',
    "weekly": 'crons.weekly("name", "monday", time(9), function)',
    "monthly": 'crons.monthly("name", 1, time(9), function)',
    "cron": 'crons.cron("name", "0 9 * * 1", function)',
}
_CRON_METHODS = tuple(_USAGE)
_DURATIONS = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
_TIMES = ("hour", "minute", "second", "microsecond")


def crons(program: Program, findings: Findings) -> tuple[CronDeclaration, ...]:
    """The jobs of `crons.py`, in order."""
    found: dict[str, CronDeclaration] = {}
    for method, call in calls_on(program, "crons", "Crons", findings):
        if method not in _CRON_METHODS:
            report_method(functions.INVALID_CRON, method, call, _CRON_METHODS, findings)
            continue
        job = _job(program, method, call, findings)
        if job is None:
            continue
        if job.cron.name in found:
            first = found[job.cron.name]
            label = Label(span(first.path, first.place), "first named here")
            message = f"there is a cron job called `{job.cron.name}` already"
            help_ = "rename one of the two"
            findings.report(functions.DUPLICATE_CRON, message, job.place, help=help_, secondary=(label,))
        else:
            found[job.cron.name] = job
    return tuple(found.values())


def _job(program: Program, method: str, call: CallExpr, findings: Findings) -> CronDeclaration | None:
    times = 2 if method in ("weekly", "monthly") else 1
    if len(call.args) < times + 2:
        message = f"`crons.{method}` takes a name, when to run, and a function, none of them by keyword"
        findings.report(functions.INVALID_CRON, message, call.function.place, help=f"write `{_USAGE[method]}`")
        return None
    name = _job_name(program, call.args[0], findings)
    schedule = _schedule(program, method, call.args[1 : 1 + times], findings)
    function = _job_function(program, call.args[1 + times], findings)
    if function is not None:
        _check_arguments(program, function, call.args[2 + times :], call.keywords, call.args[1 + times], findings)
    if name is None or schedule is None or function is None:
        return None
    return CronDeclaration(ir.Cron(name, schedule, function.symbol), findings.path, call.args[0].place)


def _job_name(program: Program, given: Expr, findings: Findings) -> str | None:
    known = constants.evaluate(program, "crons", given)
    if known is not None and isinstance(known.value, str):
        if known.value and known.value.isascii() and known.value.isprintable():
            return known.value
        message = "a cron job's name is printable ASCII"
        findings.report(functions.INVALID_CRON, message, given.place, help="rename the job")
    else:
        findings.report(functions.INVALID_CRON, "a cron job's name cannot be read here", given.place, help=LITERAL)
    return None


def _schedule(program: Program, method: str, given: tuple[Expr, ...], findings: Findings) -> str | None:
    values = [_when(program, each) for each in given]
    help_ = f"write `{_USAGE[method]}`"
    for value, each in zip(values, given, strict=True):
        if value is None:
            findings.report(functions.INVALID_CRON, "when a job runs cannot be read here", each.place, help=LITERAL)
            return None
        if isinstance(value, ValueError):
            findings.report(functions.INVALID_CRON, f"there is no such time: {value}", each.place, help=help_)
            return None
    make: Callable[..., str] = getattr(schedules, method)
    try:
        return make(*values)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        message = str(error) if isinstance(error, ValueError) else f"`crons.{method}` does not take this"
        about_day = len(given) > 1 and "day of" in message
        close = get_close_matches(str(values[0]).lower(), get_args(schedules.Weekday), 1) if about_day else []
        help_ = f'did you mean `"{close[0]}"`?' if close else help_
        findings.report(functions.INVALID_CRON, message, given[0 if about_day else -1].place, help=help_)
        return None


def _when(program: Program, given: Expr) -> object:
    """A literal, or a `timedelta` or `time` of literals; what is wrong with it; None if it cannot be read."""
    module, value = constants.assigned(program, "crons", given) or ("crons", given)
    if not isinstance(value, CallExpr):
        known = constants.evaluate(program, module, value)
        return None if known is None else known.value
    meaning = program.meaning(module, value.function)
    if meaning == External("datetime.timedelta"):
        return _made(program, module, value, timedelta, _DURATIONS)
    return _made(program, module, value, time, _TIMES) if meaning == External("datetime.time") else None


def _made(
    program: Program, module: str, call: CallExpr, maker: Callable[..., object], names: tuple[str, ...]
) -> object:
    values: dict[str, object] = {}
    parts = [*zip(names, call.args, strict=False), *((each.name, each.value) for each in call.keywords)]
    for name, value in parts:
        known = constants.evaluate(program, module, value)
        if name is None or known is None:
            return None
        values[name] = known.value
    try:
        return maker(**values)
    except ValueError as error:
        return error
    except (TypeError, OverflowError):
        return None


def _job_function(program: Program, given: Expr, findings: Findings) -> Declared | None:
    if program.is_broken_import("crons", given):
        return None
    meaning = program.meaning("crons", given)
    message = f"`{describe(given)}` is neither a mutation nor an action of this project"
    help_ = "pass the decorated function itself, as in `messages.clear`"
    labels: tuple[Label, ...] = ()
    if isinstance(meaning, Declared) and isinstance(meaning.syntax, FunctionSyntax):
        role = role_of(program, meaning.module, meaning.syntax)
        if role is not None and role.kind in ("mutation", "action"):
            return meaning
        labels = (declared_here(program, meaning),)
        help_ = "decorate it with `@internal_mutation` or `@internal_action`"
        if role is not None:
            message = f"`{describe(given)}` is {role.called}, and a cron job runs a mutation or an action"
            help_ = "call it from an internal action, and run that"
    elif isinstance(meaning, Missing):
        message, help_ = f"`{describe(given)}` is not defined", meant(program, "crons", given, meaning)
    findings.report(functions.INVALID_JOB, message, given.place, help=help_, secondary=labels)
    return None


def _check_arguments(
    program: Program,
    function: Declared,
    positional: tuple[Expr, ...],
    named: tuple[KeywordArgument, ...],
    place: Expr,
    findings: Findings,
) -> None:
    """That a job gives its function the arguments that it takes. Their types are for the type checker."""
    assert isinstance(function.syntax, FunctionSyntax)  # `_job_function` has seen to it
    called = function.syntax.name
    parameters = function.syntax.parameters[1:]
    names = [each.name for each in parameters]
    here = (declared_here(program, function),)
    given = set(names[: len(positional)])
    for each in named:
        if each.name is not None and each.name not in names:
            close = get_close_matches(each.name, [name for name in names if name not in given], 1)
            given.update(close)  # one mistake, not one too many and one too few
            help_ = f"did you mean `{close[0]}`?" if close else _takes(names)
            message = f"`{called}` has no argument `{each.name}`"
            findings.report(functions.JOB_ARGUMENTS, message, each.place, help=help_, secondary=here)
        given.add(each.name or "")
    spread = any(each.name is None for each in named)
    missing = [each.name for each in parameters if each.default is None and each.name not in given]
    if missing and not spread:
        message = f"`{called}` is not given {listed(missing)}"
        help_ = f"add `{', '.join(f'{name}=…' for name in missing)}`"
        findings.report(functions.JOB_ARGUMENTS, message, place.place, help=help_, secondary=here)
    if len(positional) > len(names):
        message = f"`{called}` takes {len(names) or 'no'} arguments, not {len(positional)}"
        place_ = positional[len(names)].place
        findings.report(functions.JOB_ARGUMENTS, message, place_, help=_takes(names), secondary=here)


def _takes(names: list[str]) -> str:
    return f"it takes {listed(names)}" if names else "it takes none"
