"""`http.py`: which HTTP action answers which requests."""

from __future__ import annotations

from difflib import get_close_matches
from typing import get_args

from convexgen import ir
from convexgen.analysis import constants
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import Findings, RouteDeclaration, span
from convexgen.analysis.functions import role_of
from convexgen.analysis.resolve import Declared, Missing, Program
from convexgen.analysis.special_object import LITERAL, calls_on, declared_here, meant, report_method
from convexgen.analysis.syntax import CallExpr, Expr, FunctionSyntax
from convexgen.diagnostics import Label
from convexgen.rules import functions

_RESERVED_PATH = "/.files"


def routes(program: Program, findings: Findings) -> tuple[RouteDeclaration, ...]:
    """The routes of `http.py`, in order."""
    found: dict[tuple[str, str], RouteDeclaration] = {}
    for method, call in calls_on(program, "http", "HttpRouter", findings):
        if method != "route":
            report_method(functions.INVALID_ROUTE, method, call, ("route",), findings)
            continue
        route = _route(program, call, findings)
        if route is None:
            continue
        key = (route.route.method, route.route.path)
        if key in found:
            label = Label(span(found[key].path, found[key].place), "first routed here")
            message = f"there is a route for `{key[0]} {key[1]}` already"
            help_ = "remove one of the two, or give it another path or method"
            findings.report(functions.DUPLICATE_ROUTE, message, route.place, help=help_, secondary=(label,))
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
    given = named.get("path", named.get("path_prefix"))
    assert given is not None  # where `path` comes from
    return RouteDeclaration(ir.HttpRoute(method, path, handler), findings.path, given.place)


def _route_path(
    program: Program, call: CallExpr, path: Expr | None, prefix: Expr | None, findings: Findings
) -> str | None:
    given = path if path is not None else prefix
    if given is None or (path is not None and prefix is not None):
        both = path is not None and prefix is not None
        message = "a route has either `path=` or `path_prefix=`"
        message += ", not both" if both else ", and this one has neither"
        place = call.function.place if prefix is None else prefix.place
        help_ = "remove one of the two" if both else 'add `path="/hook"`, or `path_prefix="/files/"` for all below it'
        findings.report(functions.INVALID_ROUTE, message, place, help=help_)
        return None
    known = constants.evaluate(program, "http", given)
    if known is None or not isinstance(known.value, str):
        findings.report(functions.INVALID_ROUTE, "a route's path cannot be read here", given.place, help=LITERAL)
        return None
    text = known.value
    problem = _path_problem(text, is_prefix=prefix is not None)
    if problem is not None:
        message, help_ = problem
        findings.report(functions.INVALID_ROUTE, message, given.place, help=help_)
        return None
    return text + "*" if prefix is not None else text


def _path_problem(path: str, *, is_prefix: bool) -> tuple[str, str] | None:
    """What is wrong with a path, and what to do about it."""
    if not path.startswith("/"):
        return f"a route's path begins with `/`, unlike `{path}`", f'write `"/{path}"`'
    if is_prefix and not path.endswith("/"):
        return f"a route's prefix ends with `/`, unlike `{path}`", f'write `"{path}/"`'
    if path == _RESERVED_PATH or path.startswith(_RESERVED_PATH + "/"):
        return f"`{_RESERVED_PATH}` is kept for stored files", "give the route another path"
    return None


def _route_method(program: Program, call: CallExpr, given: Expr | None, findings: Findings) -> ir.HttpMethod | None:
    known = constants.evaluate(program, "http", given) if given is not None else None
    if known is not None and known.value in get_args(ir.HttpMethod):
        return known.value  # type: ignore[return-value]
    if given is None:
        message = "a route says which method it answers"
        findings.report(functions.INVALID_ROUTE, message, call.function.place, help='add `method="POST"`, say')
        return None
    message = f"a route's method is one of {', '.join(get_args(ir.HttpMethod))}"
    meant = known.value.upper() if known is not None and isinstance(known.value, str) else ""
    close = get_close_matches(meant, get_args(ir.HttpMethod), 1)
    help_ = f'did you mean `"{close[0]}"`?' if close else 'write `"POST"`, say'
    findings.report(functions.INVALID_ROUTE, message, given.place, help=help_)
    return None


def _route_handler(program: Program, call: CallExpr, given: Expr | None, findings: Findings) -> str | None:
    if given is None:
        message, help_ = "a route says who answers it", "add `handler=…`, an HTTP action"
        findings.report(functions.INVALID_ROUTE, message, call.function.place, help=help_)
        return None
    if program.is_broken_import("http", given):
        return None
    meaning = program.meaning("http", given)
    message, help_ = f"`{describe(given)}` is not an HTTP action", "decorate the handler with `@http_action`"
    labels: tuple[Label, ...] = ()
    if isinstance(meaning, Declared) and isinstance(meaning.syntax, FunctionSyntax):
        role = role_of(program, meaning.module, meaning.syntax)
        if role is not None and role.kind == "http":
            return meaning.symbol
        labels = (declared_here(program, meaning),)
    elif isinstance(meaning, Missing):
        message, help_ = f"`{describe(given)}` is not defined", meant(program, "http", given, meaning)
    findings.report(functions.INVALID_ROUTE, message, given.place, help=help_, secondary=labels)
    return None
