"""The object that a module with a meaning of its own is read for: the router of `http.py`, the jobs of `crons.py`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import Findings, span
from convexgen.analysis.resolve import Declared, External, Missing, Program
from convexgen.analysis.syntax import AssignmentSyntax, AttributeExpr, CallExpr, CallStatement, Expr, NameExpr
from convexgen.diagnostics import Label, Rule
from convexgen.rules import functions

LITERAL = "write a literal, or a constant of the module"
"""What to do about a value that cannot be read."""
_USAGE: Mapping[str, str] = {
    "AuthConfig": "AuthConfig(providers=[…])",
    "Crons": "Crons()",
    "HttpRouter": "HttpRouter()",
}


def made(program: Program, module: str, name: str, maker: str, findings: Findings) -> CallExpr | None:
    """The call in `name = maker(…)` at the top level of `module`. Where there is none, that is told.

    The object is looked for by its name, so one that is called otherwise is as good as none.
    """
    makings = {statement.target: call for statement, call in _makings(program, module, maker)}
    if name in makings:
        return makings[name]
    statement = program.scope(module).get(name)
    other = next((statement for statement, _ in _makings(program, module, maker)), None)
    wanted = f"{name} = {_USAGE[maker]}"
    message = f"`{module}.py` has no `{wanted}`, so nothing in it is used"
    if other is not None:
        message = f"`{module}.py` is read for its `{name}`, so nothing in `{other.target}` is used"
        findings.report(functions.MISSING_ROUTER, message, other.place, help=f"rename it to `{name}`")
    elif isinstance(statement, AssignmentSyntax):
        findings.report(functions.MISSING_ROUTER, message, statement.place, help=f"write `{wanted}`")
    else:
        findings.report_file(functions.MISSING_ROUTER, message, help=f"add `{wanted}`")
    return None


def _makings(program: Program, module: str, maker: str) -> Iterator[tuple[AssignmentSyntax, CallExpr]]:
    wanted = External(f"convexgen.{maker}")
    for statement in program.scope(module).values():
        call = statement.value if isinstance(statement, AssignmentSyntax) else None
        is_made = isinstance(call, CallExpr) and program.meaning(module, call.function) == wanted
        if is_made and isinstance(statement, AssignmentSyntax) and isinstance(call, CallExpr):
            yield statement, call


def calls_on(program: Program, module: str, maker: str, findings: Findings) -> Iterator[tuple[str, CallExpr]]:
    """The calls at top level on the object that `maker` (`HttpRouter`, `Crons`) made, with their methods' names.

    The object must be called like its module, which is where it will be looked for.
    """
    if made(program, module, module, maker, findings) is None:
        return
    for each in program.modules[module].body:
        if isinstance(each, CallStatement) and isinstance(each.call.function, AttributeExpr):
            owner = each.call.function.value
            if isinstance(owner, NameExpr) and owner.name == module:
                yield each.call.function.name, each.call


def report_method(rule: Rule, method: str, call: CallExpr, known: tuple[str, ...], findings: Findings) -> None:
    """A method that there is not. Python would say so when the module is imported."""
    text = describe(call.function)
    owner = text.removesuffix(method)
    close = get_close_matches(method, known, 1)
    help_ = f"did you mean `{owner}{close[0]}`?" if close else f"there is {listed(f'{owner}{name}' for name in known)}"
    findings.report(rule, f"there is no `{text}`", call.function.place, help=help_)


def declared_here(program: Program, function: Declared) -> Label:
    return Label(span(program.modules[function.module].path, function.syntax.place), "declared here")


def meant(program: Program, module: str, given: Expr, missing: Missing) -> str:
    """What was probably meant by the name of a function that is not there."""
    text = describe(given)
    close = program.suggestions(missing)
    if missing.module is None:
        close = next(iter(get_close_matches(text, list(program.names(module)), 1)), None)
    return f"did you mean `{text.removesuffix(missing.name)}{close}`?" if close else f"import or define `{text}`"


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
