"""The modules with a meaning of their own: `http.py`, `crons.py` and `auth_config.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import get_args

from convexgen import ir
from convexgen.analysis import constants
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import CronDeclaration, Findings, RouteDeclaration, span
from convexgen.analysis.functions import role_of
from convexgen.analysis.resolve import Declared, External, Program
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    AttributeExpr,
    CallExpr,
    CallStatement,
    Expr,
    FunctionSyntax,
    KeywordArgument,
    NameExpr,
)
from convexgen.authoring import schedules
from convexgen.diagnostics import Label
from convexgen.rules import functions

_CRON_METHODS = ("interval", "hourly", "daily", "weekly", "monthly", "cron")
_DURATIONS = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
_TIMES = ("hour", "minute", "second", "microsecond")
_RESERVED_PATH = "/.files"


def special_calls(program: Program, module: str, maker: str, findings: Findings) -> Iterator[tuple[str, CallExpr]]:
    """The calls at top level on the object that `maker` (`HttpRouter`, `Crons`) made, with their methods' names.

    The object must be called like its module, which is where it will be looked for.
    """
    statement = program.scope(module).get(module)
    made = isinstance(statement, AssignmentSyntax) and isinstance(statement.value, CallExpr)
    if not made or program.meaning(module, statement.value.function) != External(f"convexgen.{maker}"):  # type: ignore[union-attr]
        message = f"`{module}.py` has no `{module} = {maker}()`, so nothing in it is used"
        where = statement.place if isinstance(statement, AssignmentSyntax) else None
        if where is None:
            findings.report_file(functions.MISSING_ROUTER, message, help=f"add `{module} = {maker}()`")
        else:
            findings.report(functions.MISSING_ROUTER, message, where, help=f"write `{module} = {maker}()`")
        return
    for each in program.modules[module].body:
        if isinstance(each, CallStatement) and isinstance(each.call.function, AttributeExpr):
            owner = each.call.function.value
            if isinstance(owner, NameExpr) and owner.name == module:
                yield each.call.function.name, each.call


def routes(program: Program, findings: Findings) -> tuple[RouteDeclaration, ...]:
    """The routes of `http.py`, in order."""
    found: dict[tuple[str, str], RouteDeclaration] = {}
    for method, call in special_calls(program, "http", "HttpRouter", findings):
        route = _route(program, call, findings) if method == "route" else None
        if route is None:
            continue
        key = (route.route.method, route.route.path)
        if key in found:
            label = Label(span(found[key].path, found[key].place), "first routed here")
            message = f"there is a route for `{key[0]} {key[1]}` already"
            findings.report(functions.DUPLICATE_ROUTE, message, route.place, secondary=(label,))
        else:
            found[key] = route
    return tuple(found.values())


def _route(program: Program, call: CallExpr, findings: Findings) -> RouteDeclaration | None:
    named = {each.name: each.value for each in call.keywords}
    path = _route_path(program, call, named.get("path"), named.get("path_prefix"), findings)
    method = _route_method(program, call, named.get("method"), findings)
    handler = _route_handler(program, call, named.get("handler"), findings)
    if path is None or method is None or handler is None:
        return None
    return RouteDeclaration(ir.HttpRoute(method, path, handler), findings.path, call.place)


def _route_path(
    program: Program, call: CallExpr, path: Expr | None, prefix: Expr | None, findings: Findings
) -> str | None:
    given = path if path is not None else prefix
    if given is None or (path is not None and prefix is not None):
        message = "a route has either `path=` or `path_prefix=`"
        findings.report(functions.INVALID_ROUTE, message, call.place, help='write `path="/hook"`')
        return None
    known = constants.evaluate(program, "http", given)
    if known is None or not isinstance(known.value, str):
        findings.report(functions.INVALID_ROUTE, "a route's path cannot be read here", given.place, help=_LITERAL)
        return None
    text = known.value
    problem = _path_problem(text, is_prefix=prefix is not None)
    if problem is not None:
        findings.report(functions.INVALID_ROUTE, problem, given.place)
        return None
    return text + "*" if prefix is not None else text


def _path_problem(path: str, *, is_prefix: bool) -> str | None:
    if not path.startswith("/"):
        return f"a route's path begins with `/`, unlike `{path}`"
    if is_prefix and not path.endswith("/"):
        return f"a route's prefix ends with `/`, unlike `{path}`"
    if path == _RESERVED_PATH or path.startswith(_RESERVED_PATH + "/"):
        return f"`{_RESERVED_PATH}` is reserved"
    return None


def _route_method(program: Program, call: CallExpr, given: Expr | None, findings: Findings) -> ir.HttpMethod | None:
    known = constants.evaluate(program, "http", given) if given is not None else None
    if known is not None and known.value in get_args(ir.HttpMethod):
        return known.value  # type: ignore[return-value]
    place = call.place if given is None else given.place
    message = f"a route's method is one of {', '.join(get_args(ir.HttpMethod))}"
    findings.report(functions.INVALID_ROUTE, message, place, help='write `method="POST"`')
    return None


def _route_handler(program: Program, call: CallExpr, given: Expr | None, findings: Findings) -> str | None:
    meaning = program.meaning("http", given) if given is not None else None
    if isinstance(meaning, Declared) and isinstance(meaning.syntax, FunctionSyntax):
        role = role_of(program, meaning.module, meaning.syntax)
        if role is not None and role.kind == "http":
            return meaning.symbol
    place = call.place if given is None else given.place
    message = "a route's handler is an HTTP action of this project"
    findings.report(functions.INVALID_ROUTE, message, place, help="decorate the handler with `@http_action`")
    return None


def crons(program: Program, findings: Findings) -> tuple[CronDeclaration, ...]:
    """The jobs of `crons.py`, in order."""
    found: dict[str, CronDeclaration] = {}
    for method, call in special_calls(program, "crons", "Crons", findings):
        job = _job(program, method, call, findings) if method in _CRON_METHODS else None
        if job is None:
            continue
        if job.cron.name in found:
            first = found[job.cron.name]
            label = Label(span(first.path, first.place), "first named here")
            message = f"there is a cron job called `{job.cron.name}` already"
            findings.report(functions.DUPLICATE_CRON, message, job.place, secondary=(label,))
        else:
            found[job.cron.name] = job
    return tuple(found.values())


def _job(program: Program, method: str, call: CallExpr, findings: Findings) -> CronDeclaration | None:
    times = 2 if method in ("weekly", "monthly") else 1
    if len(call.args) < times + 2:
        message = f"`crons.{method}` takes a name, when to run, and a function"
        findings.report(functions.INVALID_CRON, message, call.place)
        return None
    name = _job_name(program, call.args[0], findings)
    schedule = _schedule(program, method, call.args[1 : 1 + times], findings)
    function = _job_function(program, call.args[1 + times], findings)
    if function is not None:
        _check_arguments(function, call.args[2 + times :], call.keywords, call.args[1 + times], findings)
    if name is None or schedule is None or function is None:
        return None
    return CronDeclaration(ir.Cron(name, schedule, function.symbol), findings.path, call.args[0].place)


def _job_name(program: Program, given: Expr, findings: Findings) -> str | None:
    known = constants.evaluate(program, "crons", given)
    if known is not None and isinstance(known.value, str):
        if known.value and known.value.isascii() and known.value.isprintable():
            return known.value
        message = "a cron job's name is printable ASCII"
        findings.report(functions.INVALID_CRON, message, given.place)
    else:
        findings.report(functions.INVALID_CRON, "a cron job's name cannot be read here", given.place, help=_LITERAL)
    return None


def _schedule(program: Program, method: str, given: tuple[Expr, ...], findings: Findings) -> str | None:
    values = [_when(program, each) for each in given]
    for value, each in zip(values, given, strict=True):
        if value is None:
            findings.report(functions.INVALID_CRON, "when a job runs cannot be read here", each.place, help=_LITERAL)
            return None
        if isinstance(value, ValueError):
            findings.report(functions.INVALID_CRON, f"there is no such time: {value}", each.place)
            return None
    make: Callable[..., str] = getattr(schedules, method)
    try:
        return make(*values)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        message = str(error) if isinstance(error, ValueError) else f"`crons.{method}` cannot run then"
        about_day = len(given) > 1 and "day of" in message
        findings.report(functions.INVALID_CRON, message, given[0 if about_day else -1].place)
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
    meaning = program.meaning("crons", given)
    if isinstance(meaning, Declared) and isinstance(meaning.syntax, FunctionSyntax):
        role = role_of(program, meaning.module, meaning.syntax)
        if role is not None and role.kind in ("mutation", "action"):
            return meaning
    message = f"`{describe(given)}` is neither a mutation nor an action of this project"
    help_ = "pass the decorated function itself, as in `messages.clear`"
    findings.report(functions.INVALID_JOB, message, given.place, help=help_)
    return None


def _check_arguments(
    function: Declared,
    positional: tuple[Expr, ...],
    named: tuple[KeywordArgument, ...],
    place: Expr,
    findings: Findings,
) -> None:
    """That a job gives its function the arguments that it takes. Their types are for the type checker."""
    assert isinstance(function.syntax, FunctionSyntax)  # `_job_function` has seen to it
    parameters = function.syntax.parameters[1:]
    names = [each.name for each in parameters]
    given = set(names[: len(positional)])
    for each in named:
        if each.name is not None and each.name not in names:
            message = f"`{function.syntax.name}` has no argument `{each.name}`"
            findings.report(functions.JOB_ARGUMENTS, message, each.place, help=_takes(names))
        given.add(each.name or "")
    spread = any(each.name is None for each in named)
    missing = [each.name for each in parameters if each.default is None and each.name not in given]
    if missing and not spread:
        message = f"`{function.syntax.name}` is not given `{missing[0]}`"
        findings.report(functions.JOB_ARGUMENTS, message, place.place, help=f"add `{missing[0]}=…`")
    if len(positional) > len(names):
        message = f"`{function.syntax.name}` takes {len(names)} arguments, not {len(positional)}"
        findings.report(functions.JOB_ARGUMENTS, message, positional[len(names)].place, help=_takes(names))


def _takes(names: list[str]) -> str:
    return f"it takes {', '.join(f'`{name}`' for name in names)}" if names else "it takes none"


_LITERAL = "write a literal, or a constant of the module"
