"""Who may call what: public functions that are scheduled or run by the server, and those that ask nobody who calls."""

from __future__ import annotations

from typing import NamedTuple

from convexgen.analysis.bodies.evaluate import Evaluation
from convexgen.analysis.bodies.names import Names
from convexgen.analysis.bodies.values import Context, FunctionValue, Part
from convexgen.analysis.declarations import Findings, ModuleDeclaration, span
from convexgen.analysis.functions import role_of
from convexgen.analysis.resolve import Declared, Program
from convexgen.analysis.syntax import CallStatement, Expr, FunctionSyntax
from convexgen.diagnostics import Label, Rule
from convexgen.rules import practice

_CRON_FUNCTION = {"interval": 2, "hourly": 2, "daily": 2, "weekly": 3, "monthly": 3, "cron": 2}


def check_calls(evaluation: Evaluation, beyond: frozenset[str], findings: Findings) -> None:
    """Public functions that one body schedules or runs; the latter only if the rule about it is in `beyond`."""
    runs = practice.PUBLIC_CALL.name in beyond
    for called in evaluation.noted.called:
        rule = practice.PUBLIC_JOB if isinstance(called.owner, Part) else practice.PUBLIC_CALL
        if called.run and (runs or rule is practice.PUBLIC_JOB):
            argument = called.run[0]
            function = evaluation.value(argument)
            if isinstance(function, FunctionValue):
                _check_public(evaluation.program, rule, argument, function.declared, findings)


def _check_public(program: Program, rule: Rule, argument: Expr, function: Declared, findings: Findings) -> None:
    if not isinstance(function.syntax, FunctionSyntax):
        return
    role = role_of(program, function.module, function.syntax)
    if role is None or role.visibility != "public" or role.kind == "http":
        return
    name = function.syntax.name
    path = program.modules[function.module].path
    label = Label(span(path, function.syntax.place), "anyone may call it")
    if rule is practice.PUBLIC_JOB:
        message = f"`{name}` is public, and nobody is signed in when it runs by itself"
    else:
        message = f"`{name}` is public, and asks again what has been asked here"
    help_ = f"make it an `@internal_{role.kind}`, or share a plain function with one"
    findings.report(rule, message, argument.place, help=help_, secondary=(label,), function=name, kind=role.kind)


def check_crons(program: Program, declaration: ModuleDeclaration, findings: Findings) -> None:
    """Cron jobs of public functions, and those that run at the full hour, when everybody's do."""
    jobs = {each.place: each.cron for each in declaration.crons}
    for statement in program.modules["crons"].body:
        if not isinstance(statement, CallStatement) or not statement.call.args:
            continue
        cron = jobs.get(statement.call.args[0].place)
        method = getattr(statement.call.function, "name", "")
        if cron is None or method not in _CRON_FUNCTION:
            continue
        args = statement.call.args
        if cron.schedule.split(" ", 1)[0] == "0":
            _report_full_hour(args[_CRON_FUNCTION[method] - 1], cron.name, findings)
        argument = args[_CRON_FUNCTION[method]]
        meaning = program.meaning("crons", argument)
        if isinstance(meaning, Declared):
            _check_public(program, practice.PUBLIC_JOB, argument, meaning, findings)


def _report_full_hour(argument: Expr, name: str, findings: Findings) -> None:
    message = f"`{name}` runs at the full hour, as most jobs in the world do"
    help_ = "choose another minute, such as 17"
    findings.report(practice.FULL_HOUR_CRON, message, argument.place, help=help_)


class _Asking(NamedTuple):
    """Whether a function asks who calls, or may do it for all that is known; and what it calls to that end."""

    itself: bool
    through: tuple[FunctionValue, ...]


class Identity:
    """Which functions ask who calls. What each one does is found out once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[tuple[str, str], _Asking] = {}

    def check(self, evaluation: Evaluation, findings: Findings) -> None:
        """Whether a public function asks who calls, itself or through what it calls."""
        role = evaluation.role
        if role is None or role.visibility != "public" or role.kind == "http" or self._asks(evaluation):
            return
        name = evaluation.body.name
        message = f"anyone may call `{name}`, and it does not ask who does"
        help_ = f"ask `ctx.auth.get_user_identity()`, or make it an `@internal_{role.kind}`"
        findings.report(practice.NO_IDENTITY_CHECK, message, evaluation.body.place, help=help_, function=name)

    def _asks(self, evaluation: Evaluation) -> bool:
        first = self._asking(evaluation)
        if first.itself:
            return True
        waiting = list(first.through)
        seen: set[tuple[str, str]] = set()
        while waiting:
            function = waiting.pop()
            if function.key in seen:
                continue
            seen.add(function.key)
            asking = self._asking_of(function)
            if asking.itself:
                return True
            waiting.extend(asking.through)
        return False

    def _asking_of(self, function: FunctionValue) -> _Asking:
        if function.body is None:
            return _Asking(True, ())  # nobody knows what it does
        known = self._known.get(function.key)
        if known is None:
            inner = Evaluation(self._names, function.declared.module, function.body, function.role)
            known = self._asking(inner)
        return known

    def _asking(self, evaluation: Evaluation) -> _Asking:
        key = evaluation.module, evaluation.body.name
        if key not in self._known:
            self._known[key] = _asking(evaluation)
        return self._known[key]


def _asking(evaluation: Evaluation) -> _Asking:
    if evaluation.body.lends or evaluation.noted.lends:
        return _Asking(True, ())
    through = [function for function, call in evaluation.noted.functions if call.args]
    for called in evaluation.noted.called:
        if isinstance(called.owner, Part) and called.owner.name == "auth":
            return _Asking(True, ())
        if isinstance(called.owner, Context) and called.run:
            function = evaluation.value(called.run[0])
            if not isinstance(function, FunctionValue):
                return _Asking(True, ())
            through.append(function)
    return _Asking(False, tuple(through))
