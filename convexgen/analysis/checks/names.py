"""Names on the wire: that Convex takes them, and that no two are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator

from convexgen import ir
from convexgen.analysis.declarations import FieldDeclaration, FunctionDeclaration, ModuleDeclaration, span
from convexgen.diagnostics import Diagnostic, Label
from convexgen.rules import names
from convexgen.source import Span

MAX_LENGTH = 64
_PATH_PART = re.compile(r"[A-Za-z0-9_.]*[A-Za-z0-9][A-Za-z0-9_.]*")


def problem_with_identifier(name: str) -> str | None:
    """Why Convex would reject `name` as the name of a function, field, table or index; None if it would not."""
    if not (name.isascii() and name.isidentifier()):
        return "has characters other than ASCII letters, digits and `_`, or starts with a digit"
    if not name.strip("_"):
        return "has nothing but underscores"
    if len(name) > MAX_LENGTH:
        return f"is {len(name)} characters long, more than {MAX_LENGTH}"
    return None


def check(declaration: ModuleDeclaration) -> Iterator[Diagnostic]:
    """Findings about the names of a module, its functions, and the fields of the objects that they use."""
    if declaration.functions:
        yield from _check_module(declaration)
    yield from _check_functions(declaration.functions)
    for function in declaration.functions:
        yield from _check_fields(function.args, "argument")
    for table in declaration.tables:
        yield from _check_fields(table.fields, "field")
    for each in declaration.used.values():
        if isinstance(each.definition, ir.ObjectDef):
            yield from _check_fields(each.fields, "field")


def _check_module(declaration: ModuleDeclaration) -> Iterator[Diagnostic]:
    for part in declaration.wire.split("/"):
        problem = None
        if not part:
            problem = "is the folder itself, and a function's path needs a module"
        elif not _PATH_PART.fullmatch(part):
            problem = f"has the part `{part}`, where only ASCII letters, digits, `_` and `.` may stand"
        elif len(part) > MAX_LENGTH:
            problem = f"has a part of {len(part)} characters, more than {MAX_LENGTH}"
        if problem is not None:
            yield Diagnostic(
                names.INVALID_MODULE_NAME,
                f"the module's path {problem}",
                Label(Span(declaration.path)),
                help="move the functions to a module that is named otherwise",
            )


def _check_functions(functions: tuple[FunctionDeclaration, ...]) -> Iterator[Diagnostic]:
    seen: dict[str, FunctionDeclaration] = {}
    for each in sorted(functions, key=lambda each: each.place):
        wire = each.function.wire
        problem = problem_with_identifier(wire)
        if problem is not None:
            yield Diagnostic(
                names.INVALID_FUNCTION_NAME,
                f"the function's name `{wire}` {problem}",
                Label(span(each.path, each.place)),
                help="rename the function",
            )
        other = seen.setdefault(wire, each)
        if other is not each:
            label = Label(span(other.path, other.place), "the other one")
            also = ""
            if other.function.name == each.function.name:
                also = ": `_` at the end of a name is not part of it"
            both = (other.function.name, each.function.name)
            yield _collision("functions", wire, both, label, Label(span(each.path, each.place)), also)


def _check_fields(fields: tuple[FieldDeclaration, ...], noun: str) -> Iterator[Diagnostic]:
    seen: dict[str, FieldDeclaration] = {}
    for each in fields:
        wire = each.field.wire
        problem = problem_with_identifier(wire)
        if problem is not None:
            yield Diagnostic(
                names.INVALID_FIELD_NAME,
                f"the {noun}'s name `{wire}` {problem}",
                Label(span(each.path, each.place)),
                help=f"rename the {noun}, or give it a name for the wire with `Field(alias=…)`",
            )
        other = seen.setdefault(wire, each)
        if other is not each:
            label = Label(span(other.path, other.place), "the other one")
            also = ", or give it a name for the wire with `Field(alias=…)`"
            both = (other.field.name, each.field.name)
            yield _collision(f"{noun}s", wire, both, label, Label(span(each.path, each.place)), also)


def _collision(noun: str, wire: str, both: tuple[str, str], first_label: Label, label: Label, also: str) -> Diagnostic:
    one, other = both
    what = f"two {noun}" if one == other else f"the {noun} `{one}` and `{other}`"
    return Diagnostic(
        names.WIRE_NAME_COLLISION,
        f"{what} are both `{wire}` on the wire",
        label,
        (first_label,),
        help=f"rename one of the two{also}",
    )
