"""How much a query reads: whole tables, and filters that an index could spare."""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.analysis.bodies.conditions import written
from convexgen.analysis.bodies.evaluate import Called, Evaluation
from convexgen.analysis.bodies.places import name_of_method
from convexgen.analysis.bodies.queries import field_label
from convexgen.analysis.bodies.shapes import IndexShape
from convexgen.analysis.bodies.values import QueryValue, Step
from convexgen.analysis.declarations import Findings, span
from convexgen.analysis.syntax import (
    AttributeExpr,
    BooleanExpr,
    CompareExpr,
    ConstantExpr,
    Expr,
    LambdaExpr,
    NameExpr,
    SubscriptExpr,
)
from convexgen.diagnostics import Label
from convexgen.rules import practice

Equalities = dict[str, CompareExpr]
"""Comparisons of a document's field with something else, by the field's dotted path."""


def check(evaluation: Evaluation, findings: Findings) -> None:
    """Everything that one body reads in vain."""
    for called in evaluation.noted.called:
        if isinstance(called.owner, QueryValue):
            if called.method == "collect":
                _check_collect(called, called.owner, findings)
            elif called.method == "filter":
                _check_filter(called, called.owner, findings)


def _check_collect(called: Called, query: QueryValue, findings: Findings) -> None:
    narrowed = query.step("with_index")
    if query.step("with_search_index") is not None or (narrowed is not None and len(narrowed.call.args) != 1):
        return
    message = f"this reads every `{query.table.name}` there is"
    if query.step("filter") is not None:
        message += ", whatever the filter leaves of them"
    help_ = "narrow it with `with_index`, or end it in `take(…)` or `paginate(…)`"
    findings.report(
        practice.UNBOUNDED_COLLECT, message, name_of_method(called.call), help=help_, table=query.table.name
    )


def _check_filter(called: Called, query: QueryValue, findings: Findings) -> None:
    if query.table.is_system or not called.call.args:
        return
    found = _equalities(called.call.args[0])
    equalities = {path: each for path, each in found.items() if path.partition(".")[0] in query.table.fields}
    if not equalities:
        return
    narrowed, searched = query.step("with_index"), query.step("with_search_index")
    if searched is not None:
        _check_search(query, equalities, findings)
    elif narrowed is not None and len(narrowed.call.args) > 1:
        _check_narrowed(query, narrowed, equalities, findings)
    else:
        _check_unnarrowed(query, equalities, findings)


def _check_search(query: QueryValue, equalities: Equalities, findings: Findings) -> None:
    for path, each in equalities.items():
        if query.by is not None and path in query.by.filters:
            condition = _condition(query, path, each)
            message = f"`{path}` is a filter field of `{query.table.name}.{query.by.attribute}`"
            help_ = f"pass `{condition}` to `with_search_index`"
            _report_index(query, query.by, message, help_, each, path, findings)


def _check_narrowed(query: QueryValue, narrowed: Step, equalities: Equalities, findings: Findings) -> None:
    """A query that goes by the first fields of an index, and filters by the one after them."""
    index = query.by
    if index is None or index.kind != "Index":
        return
    conditions = narrowed.call.args[1:]
    if not all(isinstance(each, CompareExpr) and each.operator == "==" for each in conditions):
        return
    path = index.fields[len(conditions)] if len(conditions) < len(index.fields) else ""
    if path in equalities:
        each = equalities[path]
        message = f"`{path}` is the next field of `{query.table.name}.{index.attribute}`"
        help_ = f"pass `{_condition(query, path, each)}` to `with_index`"
        _report_index(query, index, message, help_, each, path, findings)


def _check_unnarrowed(query: QueryValue, equalities: Equalities, findings: Findings) -> None:
    index = max(
        (each for each in query.table.indexes.values() if each.kind == "Index" and each.fields[0] in equalities),
        key=lambda index: _covered(index, equalities),
        default=None,
    )
    table = query.table.name
    if index is not None:
        path = index.fields[0]
        message = f"`{table}.{index.attribute}` finds these without reading the others"
        conditions = [_condition(query, each, equalities[each]) for each in index.fields[: _covered(index, equalities)]]
        help_ = f"write `.with_index({table}.{index.attribute}, {', '.join(conditions)})`"
        _report_index(query, index, message, help_, equalities[path], path, findings)
        return
    # What stands behind a dot may be a part of the value, such as the year of a date, and no field of its own.
    path, each = next(((path, each) for path, each in equalities.items() if "." not in path), ("", None))
    if each is None:
        return
    name = f"by_{path}"
    line = f'{name} = Index("{path}")'
    message = f"every `{table}` is read to find those with this `{path}`"
    findings.report(
        practice.MISSING_INDEX,
        message,
        each.place,
        help=f"add `{line}` to `{table}`, and write `.with_index({table}.{name}, {_condition(query, path, each)})`",
        secondary=field_label(query.table, path),
        table=query.table.symbol,
        field=path,
        line=line,
    )


def _report_index(
    query: QueryValue, index: IndexShape, message: str, help_: str, each: CompareExpr, path: str, findings: Findings
) -> None:
    label = () if index.place is None else (Label(span(index.path, index.place), "the index"),)
    findings.report(
        practice.FILTER_OVER_INDEX,
        message,
        each.place,
        help=help_,
        secondary=label,
        index=index.attribute,
        field=path,
        table=query.table.symbol,
    )


def _covered(index: IndexShape, equalities: Equalities) -> int:
    """How many of the first fields of the index are compared."""
    return next((n for n, path in enumerate(index.fields) if path not in equalities), len(index.fields))


def _condition(query: QueryValue, path: str, each: CompareExpr) -> str:
    """The comparison as a condition of an index."""
    value = each.right if _path(each.left, _parameter(each.left)) == path else each.left
    return f"{query.table.name}.{path} == {written(value)}"


def _parameter(expression: Expr) -> str:
    while isinstance(expression, AttributeExpr):
        expression = expression.value
    return expression.name if isinstance(expression, NameExpr) else ""


def _equalities(predicate: Expr) -> Equalities:
    """The comparisons of a filter that have to hold for every document it lets pass."""
    if not isinstance(predicate, LambdaExpr) or len(predicate.parameters) != 1:
        return {}
    parameter = predicate.parameters[0]
    found: Equalities = {}
    for each in _conjuncts(predicate.body):
        if isinstance(each, CompareExpr) and each.operator == "==":
            for field, value in ((each.left, each.right), (each.right, each.left)):
                path = _path(field, parameter)
                if path and _is_apart(value, parameter):
                    found.setdefault(path, each)
                    break
    return found


def _conjuncts(body: Expr) -> Iterator[Expr]:
    if isinstance(body, BooleanExpr) and body.operator == "and":
        for each in body.values:
            yield from _conjuncts(each)
    else:
        yield body


def _path(expression: Expr, parameter: str) -> str:
    """The dotted path of a field of the document, `""` for anything else."""
    names: list[str] = []
    while isinstance(expression, AttributeExpr):
        names.append(expression.name)
        expression = expression.value
    is_document = isinstance(expression, NameExpr) and expression.name == parameter
    return ".".join(reversed(names)) if is_document else ""


def _is_apart(expression: Expr, parameter: str) -> bool:
    """Whether a value certainly has nothing to do with the document."""
    if isinstance(expression, NameExpr):
        return expression.name != parameter
    if isinstance(expression, AttributeExpr):
        return _is_apart(expression.value, parameter)
    if isinstance(expression, SubscriptExpr):
        return all(_is_apart(each, parameter) for each in (expression.value, *expression.items))
    return isinstance(expression, ConstantExpr)
