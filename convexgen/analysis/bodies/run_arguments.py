"""What is passed to the methods that run a function or schedule it, where it is as in TypeScript: a number of
milliseconds, the function's name, its arguments in a dict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from convexgen.analysis.bodies.conditions import written
from convexgen.analysis.bodies.evaluate import Called, Evaluation
from convexgen.analysis.bodies.values import FunctionValue, Part
from convexgen.analysis.declarations import Findings
from convexgen.analysis.functions import role_of
from convexgen.analysis.resolve import Program
from convexgen.analysis.syntax import ConstantExpr, FunctionSyntax, OpaqueExpr
from convexgen.naming import wire_name
from convexgen.rules import calls

_TIMES: Final[Mapping[str, tuple[str, str]]] = {
    "run_after": ("timedelta", "timedelta(milliseconds={})"),
    "run_at": ("datetime", "datetime.fromtimestamp({} / 1000, UTC)"),
}
"""What says when, by method: its type, and what makes it of a number of milliseconds."""
_NUMBERS: Final = frozenset({"int", "float"})


def check(evaluation: Evaluation, findings: Findings) -> None:
    """Everything in one body that is passed as it would be in TypeScript."""
    for called in evaluation.noted.called:
        if isinstance(called.owner, Part) and called.owner.name == "scheduler" and called.method in _TIMES:
            _check_time(evaluation, called, findings)
        if called.run:
            _check_function(evaluation, called, findings)


def _check_time(evaluation: Evaluation, called: Called, findings: Findings) -> None:
    if not called.call.args:
        return
    given = called.call.args[0]
    kinds = evaluation.kinds(given)
    if not kinds or not kinds <= _NUMBERS:
        return
    type_, made = _TIMES[called.method]
    message = f"`{called.method}` takes a `{type_}`, not a number"
    help_ = f"write `{made.format(written(given))}`"
    findings.report(calls.TIME_AS_NUMBER, message, given.place, help=help_, method=called.method)


def _check_function(evaluation: Evaluation, called: Called, findings: Findings) -> None:
    given, *arguments = called.run
    if isinstance(given, ConstantExpr) and isinstance(given.value, str):
        message = f"`{called.method}` takes the function itself, not its name"
        meant = _function_called(evaluation.program, given.value)
        if meant is None:
            help_ = "import the function, and write its name without quotes"
            findings.report(calls.FUNCTION_BY_NAME, message, given.place, help=help_)
            return
        name, module = meant
        source = evaluation.program.relative(evaluation.module, module)
        help_ = f"write `{name}`" + (f", imported from `{source}`" if module != evaluation.module else "")
        path = evaluation.program.modules[module].path
        findings.report(calls.FUNCTION_BY_NAME, message, given.place, help=help_, name=name, path=path)
        return
    function = evaluation.value(given)
    if not isinstance(function, FunctionValue) or len(arguments) != 1 or called.call.keywords:
        return
    (passed,) = arguments
    if isinstance(passed, OpaqueExpr) and passed.what == "a dict" and not _may_take_dict(evaluation, function):
        assert isinstance(function.declared.syntax, FunctionSyntax)  # as every function is
        names = [each.name for each in function.declared.syntax.parameters[1:]]
        message = f"the arguments of `{function.name}` are passed one by one, not in a dict"
        help_ = f"write `{', '.join(f'{name}=…' for name in names)}`" if names else "leave it out: there are none"
        findings.report(calls.ARGUMENTS_AS_DICT, message, passed.place, help=help_, names=",".join(names))


def _may_take_dict(evaluation: Evaluation, function: FunctionValue) -> bool:
    """Whether the first argument of a function may be meant by a dict, for all that is known of its type."""
    syntax = function.declared.syntax
    if not isinstance(syntax, FunctionSyntax) or function.role is None:
        return True
    if len(syntax.parameters) < 2:
        return False
    annotation = syntax.parameters[1].annotation
    kinds = None if annotation is None else evaluation.shapes.kinds(function.declared.module, annotation)
    return kinds is None or "dict" in kinds


def _function_called(program: Program, name: str) -> tuple[str, str] | None:
    """The function that clients call by this name, such as `messages:send`, and its module."""
    path, _, function = name.rpartition(":")
    module = path.removesuffix(".js").replace("/", ".")
    if not program.is_module(module):
        return None
    for known, statement in program.scope(module).items():
        if function not in (known, wire_name(known, "camel")) or not isinstance(statement, FunctionSyntax):
            continue
        if role_of(program, module, statement) is not None:
            return known, module
    return None
