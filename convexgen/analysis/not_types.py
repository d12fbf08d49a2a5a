"""What is said of an expression that stands where a type should, and is none."""

from __future__ import annotations

import sys

from convexgen.analysis.advice import for_undefined, instead_of
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import Findings, span
from convexgen.analysis.resolve import Declared, Meaning, Missing, ModuleMeaning, Program, Uncertain
from convexgen.analysis.syntax import AttributeExpr, Expr, FunctionSyntax, Place
from convexgen.diagnostics import Label
from convexgen.rules import reading

_HIDDEN_BY_NAME = frozenset({"bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple", "type"})
"""Types of Python that functions are called like."""


def report_meaning(
    program: Program, module: str, meaning: Meaning | None, expression: Expr, findings: Findings
) -> None:
    """Tell that `expression`, which stands for a type in `module` and means `meaning`, is none."""
    text, place = describe(expression), expression.place
    match meaning:
        case Uncertain(_, syntax):
            message = f"`{text}` is bound under {syntax.what}, so only running the module would tell what it is"
            findings.report(
                reading.CONDITIONAL_DEFINITION, message, place, help=f"define `{text}` at the top level, once"
            )
        case Declared(home, FunctionSyntax() as syntax):
            _report_function(program, module, text, home, syntax, place, findings)
        case ModuleMeaning():
            findings.report(reading.UNSUPPORTED_TYPE, f"`{text}` is a module, not a type", place)
        case _ if program.is_broken_import(module, expression):
            pass  # the import has its own finding, and this one would only repeat it
        case Missing(name, str(home)):
            message = f"`{text}` is not defined: there is no `{name}` in `{home or 'the folder'}`"
            close = program.suggestions(meaning)
            meant = f"{text[: -len(name)]}{close}" if close else ""
            help_ = f"did you mean `{meant}`?" if close else "define it there"
            findings.report(reading.UNKNOWN_NAME, message, place, help=help_, name=text, meant=meant)
        case None:
            message = f"`{text}` is not a type"
            findings.report(reading.UNSUPPORTED_TYPE, message, place, help="name a class or a type alias")
        case _ if _is_attribute(program, module, expression):
            message = f"`{text}` is an attribute, and types are read at the top level of modules"
            findings.report(reading.UNSUPPORTED_TYPE, message, place, help="name a class or a type alias")
        case _:
            advice = for_undefined(text, program.names(module))
            message = f"`{text}` is not defined"
            findings.report(
                reading.UNKNOWN_NAME,
                message,
                place,
                help=advice.help,
                name=text,
                home=advice.home,
                meant=advice.meant,
            )


def _is_attribute(program: Program, module: str, expression: Expr) -> bool:
    """Whether this is `owner.name` of something that is no module."""
    if not isinstance(expression, AttributeExpr):
        return False
    return isinstance(program.meaning(module, expression.value), Declared)


def _report_function(
    program: Program, module: str, text: str, home: str, syntax: FunctionSyntax, place: Place, findings: Findings
) -> None:
    """Tell of a function where a type should stand; one that is called like a type of Python hides that."""
    message = f"`{text}` is a function, not a type"
    if syntax.name not in _HIDDEN_BY_NAME:
        findings.report(reading.UNSUPPORTED_TYPE, message, place)
        return
    help_ = f"call the function `{syntax.name}_`, which clients know as `{syntax.name}` too"
    label = (Label(span(program.modules[home].path, syntax.place), "the function"),)
    hidden = syntax.name if home == module else ""
    findings.report(reading.UNSUPPORTED_TYPE, message, place, help=help_, secondary=label, function=hidden)


def report_external(program: Program, module: str, name: str, expression: Expr, findings: Findings) -> None:
    """Tell that `expression`, which stands for a type in `module` and means the external `name`, has no counterpart."""
    if program.is_broken_import(module, expression):
        return
    text = describe(expression)
    message = f"`{text}` has no counterpart among Convex values"
    help_ = instead_of(name)
    owner = name.rpartition(".")[0]
    if help_ is None and not owner:
        message, help_ = f"`{text}` is a module, not a type", f"write `{text}.…`, or import the type itself"
    elif help_ is None and owner.partition(".")[0] not in sys.stdlib_module_names | {"convexgen", "pydantic"}:
        message = f"`{text}` comes from `{owner}`, outside of the functions folder, which is not read"
        help_ = "move its definition into the functions folder, or write a model of it there"
        if program.is_module(owner):
            help_ = f"write `from {program.relative(module, owner)} import {name.rpartition('.')[2]}`"
    help_ = help_ or "use a type from the table in the documentation, or a model of your own"
    findings.report(reading.UNSUPPORTED_TYPE, message, expression.place, help=help_, type=name)


def report_unreadable(place: Place, what: str, findings: Findings) -> None:
    """Tell that `what`, such as "a call", stands where a type should."""
    message = f"{what} stands where a type should, and only has a value at run time"
    help_ = "name the type, or give it a name at the top level"
    if what == "a calculation":
        help_ = "write `|` between the types"
    findings.report(reading.UNREADABLE_EXPRESSION, message, place, help=help_)
