"""What those write who know Convex from TypeScript: names of tables and indexes, built conditions, plain objects."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from convexgen.analysis.bodies.conditions import written
from convexgen.analysis.bodies.evaluate import Called, Evaluation
from convexgen.analysis.bodies.queries import declared
from convexgen.analysis.bodies.shapes import TableShape
from convexgen.analysis.bodies.values import Part, QueryValue
from convexgen.analysis.declarations import Findings
from convexgen.analysis.syntax import AttributeExpr, CallExpr, ConstantExpr, Expr, LambdaExpr, NameExpr, OpaqueExpr
from convexgen.analysis.table_classes import table_called
from convexgen.naming import wire_name
from convexgen.rules import calls

_KIND_OF = {"with_index": "Index", "with_search_index": "SearchIndex"}
_OF_TABLE = frozenset({"query", "insert", "normalize_id"})
_BY_ID = frozenset({"get", "patch", "replace", "delete"})
_WRITING = frozenset({"insert", "patch", "replace"})
_OPERATORS = {"eq": "==", "neq": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


class _Built(NamedTuple):
    """`q.eq("author", author)`, or with `q.field("author")`."""

    field: str
    operator: str
    value: Expr


def check(evaluation: Evaluation, findings: Findings) -> None:
    """What one body has of another language."""
    for called in evaluation.noted.called:
        query, arguments = called.owner, called.call.args
        if isinstance(query, Part) and query.name == "db":
            _check_table(evaluation, called, findings)
            _check_document(evaluation, called, findings)
        if not isinstance(query, QueryValue) or not arguments:
            continue
        if called.method in _KIND_OF:
            _check_name(arguments[0], called.method, query.table, findings)
            for each in arguments[1:]:
                if isinstance(each, LambdaExpr):
                    _report_range(each, query.table, findings)
        elif called.method == "filter" and isinstance(arguments[0], LambdaExpr):
            _check_filter(arguments[0], query.table, findings)


def _check_table(evaluation: Evaluation, called: Called, findings: Findings) -> None:
    method, arguments = called.method, called.call.args
    by_id = method in _BY_ID
    if not (by_id and len(arguments) > 1) and not (method in _OF_TABLE and arguments):
        return
    given = arguments[0]
    text = _text_of(given)
    if text is None:
        return
    meant = table_called(evaluation.program, evaluation.module, text)
    message = f"`{method}` takes the class of a table, not its name"
    help_ = f"write `{meant}`" if meant else "write the class that extends `Table`"
    facts = {"meant": meant} if meant else {}
    if by_id:
        message, help_ = f"`{method}` takes no table", "leave it out: an id says which table it is of"
        facts = {"needless": "table"}
    elif method == "insert":
        message = "`insert` takes a document, which says which table it is for"
        help_, facts = f"write `insert({meant or 'Message'}(…))`", {}
    findings.report(calls.TABLE_BY_NAME, message, given.place, help=help_, secondary=(), **facts)


def _check_document(evaluation: Evaluation, called: Called, findings: Findings) -> None:
    """A plain object where a document, or what changes of one, should be."""
    method, arguments = called.method, called.call.args
    if method not in _WRITING or not arguments:
        return
    if method == "insert" and isinstance(arguments[0], ConstantExpr):
        return  # told of the table's name: both become one document
    message = f"`{method}` takes a document, not a dict"
    help_, facts = "write an instance of the table, as in `Message(text=text)`", {}
    if method == "patch":
        message, help_ = "`patch` takes what changes by keyword, not as a dict", "write `patch(id, text=text)`"
        table = evaluation.table_of_id(arguments[-2]) if len(arguments) > 1 else None
        facts = {"names": ",".join(table.fields)} if table is not None else {}
    for given in arguments:
        if isinstance(given, OpaqueExpr) and given.what == "a dict":
            findings.report(calls.DOCUMENT_AS_DICT, message, given.place, help=help_, secondary=(), **facts)


def _check_name(given: Expr, method: str, table: TableShape, findings: Findings) -> None:
    text = _text_of(given)
    if text is None:
        return
    kind = _KIND_OF[method]
    indexes = {index.attribute: index for index in table.indexes.values() if index.kind == kind}
    names = list(indexes)
    spelt = {wire_name(name, "camel"): name for name in names} | {name: name for name in names}
    known = spelt.get(text, "")
    close = get_close_matches(text, spelt, 1)
    meant = spelt[close[0]] if close else ""
    help_ = "declare the index in the class of the table, and name it here"
    if meant:
        help_ = f"write `{table.name}.{meant}`"
    elif names:
        help_ = f"`{table.name}` has {', '.join(f'`{table.name}.{name}`' for name in names)}"
    facts = {"index": known} if known else {"meant": meant} if meant else {}
    message = f"`{method}` takes the index itself, not its name"
    secondary = declared(indexes[meant]) if meant else ()
    findings.report(calls.INDEX_BY_NAME, message, given.place, help=help_, secondary=secondary, **facts)


def _report_range(given: LambdaExpr, table: TableShape, findings: Findings) -> None:
    built = _built(given)
    conditions = ", ".join(
        f"`{table.name}.{_field(each, table)} {each.operator} {written(each.value)}`" for each in built
    )
    message = "conditions are comparisons, and are not built by a function"
    help_ = f"write {conditions}" if built else "compare a field of the table, as in `Message.author == author`"
    findings.report(calls.CONDITION_BUILDER, message, given.place, help=help_)


def _check_filter(given: LambdaExpr, table: TableShape, findings: Findings) -> None:
    if not isinstance(given.body, CallExpr) or not _calls_field(given.body, given.parameters):
        return
    built = _built(given)
    name = table.name.lower()
    example = " and ".join(f"{name}.{_field(each, table)} {each.operator} {written(each.value)}" for each in built)
    message = "the function of a filter is given the document, and has no builder"
    help_ = f"write `lambda {name}: {example or f'{name}.field == value'}`"
    findings.report(calls.CONDITION_BUILDER, message, given.place, help=help_)


def _built(given: LambdaExpr) -> list[_Built]:
    """The conditions of a chain in their order; none if anything else stands in it."""
    found: list[_Built] = []
    rest: Expr = given.body
    while isinstance(rest, CallExpr) and isinstance(rest.function, AttributeExpr) and len(rest.args) == 2:
        operator, field = _OPERATORS.get(rest.function.name), _named(rest.args[0])
        if operator is None or field is None:
            return []
        found.insert(0, _Built(field, operator, rest.args[1]))
        rest = rest.function.value
    return found if isinstance(rest, NameExpr) and rest.name in given.parameters else []


def _named(given: Expr) -> str | None:
    """The field that `"author"` or `q.field("author")` is about."""
    if isinstance(given, CallExpr) and len(given.args) == 1:
        given = given.args[0]
    return _text_of(given)


def _text_of(given: Expr) -> str | None:
    return given.value if isinstance(given, ConstantExpr) and isinstance(given.value, str) else None


def _field(built: _Built, table: TableShape) -> str:
    """The field as Python calls it."""
    return next((name for name in table.fields if wire_name(name, "camel") == built.field), built.field)


def _calls_field(call: CallExpr, parameters: tuple[str, ...]) -> bool:
    """Whether `q.field(…)` is among what is called in the arguments of `q.eq(…)`, `q.or_(…)` and the like."""
    return any(
        isinstance(inner.function, AttributeExpr)
        and isinstance(inner.function.value, NameExpr)
        and inner.function.value.name in parameters
        and inner.function.name == "field"
        for inner in _calls(call)
    )


def _calls(call: CallExpr) -> Iterator[CallExpr]:
    yield call
    for each in call.args:
        if isinstance(each, CallExpr):
            yield from _calls(each)
