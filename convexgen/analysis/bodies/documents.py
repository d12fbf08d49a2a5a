"""What is written to the database: changes that a table knows, documents of the right table."""

from __future__ import annotations

from difflib import get_close_matches

from convexgen.analysis.bodies.conditions import can_hold, spell
from convexgen.analysis.bodies.evaluate import Called, Evaluation
from convexgen.analysis.bodies.places import name_of_keyword
from convexgen.analysis.bodies.queries import field_label
from convexgen.analysis.bodies.shapes import TableShape
from convexgen.analysis.bodies.values import Document, Part
from convexgen.analysis.declarations import Findings
from convexgen.analysis.syntax import KeywordArgument, Place
from convexgen.rules import calls

_SYSTEM = ("id", "creation_time", "_id", "_creationTime", "_creation_time")
_WRITES = ("insert", "patch", "replace", "delete")


def check(evaluation: Evaluation, findings: Findings) -> None:
    """Everything that is wrong with what one body writes."""
    for called in evaluation.noted.called:
        is_database = isinstance(called.owner, Part) and called.owner.name == "db"
        if is_database and called.method in _WRITES and called.call.args:
            _check_write(evaluation, called, findings)


def _check_write(evaluation: Evaluation, called: Called, findings: Findings) -> None:
    first = called.call.args[0]
    if called.method == "insert":
        _check_document(evaluation, called, None, 0, findings)
        return
    table = evaluation.table_of_id(first)
    if table is not None and table.is_system:
        _refuse_system_table(table, first.place, findings)
        return
    if called.method == "patch":
        for keyword in called.call.keywords:
            if keyword.name is not None:
                _check_change(evaluation, table, keyword, keyword.name, findings)
    elif called.method == "replace" and len(called.call.args) > 1:
        _check_document(evaluation, called, table, 1, findings)


def _check_document(
    evaluation: Evaluation, called: Called, table: TableShape | None, position: int, findings: Findings
) -> None:
    """The document that is stored: no view, of no system table, and of the table that the id is of."""
    argument = called.call.args[position]
    document = evaluation.value(argument)
    if not isinstance(document, Document):
        return
    if document.role == "view":
        message = f"`{document.name}` is a view, and views are not stored"
        help_ = f"write a `{document.table.name}`"
        findings.report(calls.WRONG_DOCUMENT, message, argument.place, help=help_, table=document.table.name)
    elif document.table.is_system:
        _refuse_system_table(document.table, argument.place, findings)
    elif table is not None and table.symbol != document.table.symbol:
        message = f"a `{document.table.name}` cannot take the place of a `{table.name}`"
        findings.report(calls.WRONG_DOCUMENT, message, argument.place, help=f"write a `{table.name}`", table=table.name)


def _check_change(
    evaluation: Evaluation, table: TableShape | None, keyword: KeywordArgument, name: str, findings: Findings
) -> None:
    place = name_of_keyword(keyword)
    if name in _SYSTEM:
        message = f"`{name}` is given by the database and never changes"
        findings.report(calls.UNKNOWN_CHANGE, message, place, help="leave it out", field=name)
        return
    if table is None:
        return
    if name not in table.fields:
        if not table.is_open:
            names = [each for each in table.fields if each not in _SYSTEM]
            close = get_close_matches(name, names, 1)
            help_ = f"did you mean `{close[0]}`?" if close else f"it has {', '.join(f'`{each}`' for each in names)}"
            meant = close[0] if close else ""
            message = f"`{table.name}` has no field `{name}`"
            findings.report(calls.UNKNOWN_CHANGE, message, place, help=help_, field=name, meant=meant)
        return
    kinds = evaluation.shapes.field_kinds(table, name)
    value = None if kinds is None else evaluation.kinds(keyword.value)
    if kinds is not None and value is not None and not can_hold(kinds, value):
        wanted, got = spell(kinds, evaluation), spell(value, evaluation)
        message = f"`{name}` is set to {got}, and holds {wanted}"
        findings.report(calls.WRONG_VALUE, message, keyword.value.place, secondary=field_label(table, name))


def _refuse_system_table(table: TableShape, place: Place, findings: Findings) -> None:
    message = f"`{table.name}` is a table of the system, which functions only read"
    help_ = "files are written by `ctx.storage`, jobs by `ctx.scheduler`"
    findings.report(calls.WRONG_DOCUMENT, message, place, help=help_)
