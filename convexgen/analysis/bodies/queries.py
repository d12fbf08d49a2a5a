"""How queries are built: ranges of indexes, filters of searches, the order of methods."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import permutations

from convexgen.analysis.bodies.conditions import (
    Comparison,
    NoCondition,
    can_hold,
    read_conditions,
    spell,
    written,
)
from convexgen.analysis.bodies.evaluate import NARROWING, READING, Called, Evaluation
from convexgen.analysis.bodies.places import name_of_method
from convexgen.analysis.bodies.shapes import IndexShape, TableShape
from convexgen.analysis.bodies.values import Context, IndexValue, QueryValue, TableClass
from convexgen.analysis.declarations import Findings, span
from convexgen.analysis.syntax import ConstantExpr
from convexgen.diagnostics import Label, Rule
from convexgen.index_ranges import IndexCondition, RangeMistake, range_mistakes
from convexgen.rules import calls

_RULE_OF: dict[str, Rule] = {
    "foreign": calls.INDEX_FIELD,
    "operator": calls.INDEX_OPERATOR,
    "order": calls.INDEX_ORDER,
    "missing": calls.INDEX_RANGE,
    "repeated": calls.INDEX_RANGE,
    "after-bound": calls.INDEX_RANGE,
}
_MEANT = {
    **dict.fromkeys(("all", "fetch", "list", "to_list", "get", "find"), "collect"),
    **dict.fromkeys(("where", "eq"), "filter"),
    **dict.fromkeys(("limit", "head"), "take"),
    **dict.fromkeys(("one", "one_or_none", "single"), "unique"),
    **dict.fromkeys(("sort", "order_by", "sort_by"), "order"),
    "use_index": "with_index",
    "search": "with_search_index",
}
"""What other libraries call the methods of a query."""


def check(evaluation: Evaluation, findings: Findings) -> None:
    """Everything that is wrong with how the queries of one body are built."""
    for called in evaluation.noted.called:
        owner = called.owner
        if isinstance(owner, QueryValue):
            _check_chain(called, owner, findings)
            if called.method in ("with_index", "with_search_index"):
                _check_index(evaluation, called, owner.table, findings)
        elif called.method == "vector_search" and isinstance(owner, Context):
            _check_vector_search(evaluation, called, findings)
        elif called.method == "query" and called.call.args:
            _check_table(evaluation, called, findings)


def _check_table(evaluation: Evaluation, called: Called, findings: Findings) -> None:
    given = evaluation.value(called.call.args[0])
    if isinstance(given, TableClass) and given.role == "view":
        message = f"`{given.name}` is a view, and views are not queried"
        help_ = f"query `{given.table.name}`, and make views of what you find with `{given.name}.of(…)`"
        findings.report(calls.WRONG_DOCUMENT, message, called.call.args[0].place, help=help_, table=given.table.name)


def _check_chain(called: Called, owner: QueryValue, findings: Findings) -> None:
    method, place = called.method, name_of_method(called.call)
    done = {step.method for step in owner.steps}
    if method not in NARROWING and method not in READING:
        meant = _MEANT.get(method) or next(iter(get_close_matches(method, sorted(NARROWING | READING), 1)), None)
        help_ = f"did you mean `{meant}`?" if meant else "a query is read by `collect`, `take`, `first` and their like"
        findings.report(calls.QUERY_CHAIN, f"a query has no method `{method}`", place, help=help_, meant=meant or "")
        return
    before = next((each for each in _BEFORE.get(method, ()) if each in done), None)
    if before is not None:
        message, help_ = _out_of_place(method, before)
        findings.report(calls.QUERY_CHAIN, message, place, help=help_)
    if method == "take" and called.call.args:
        limit = called.call.args[0]
        if isinstance(limit, ConstantExpr) and type(limit.value) is int and limit.value < 1:
            message = f"`take({limit.value})` gives no document"
            findings.report(calls.QUERY_CHAIN, message, limit.place, help="take at least one")
    if method == "order" and called.call.args:
        direction = called.call.args[0]
        if isinstance(direction, ConstantExpr) and direction.value not in ("asc", "desc"):
            message = f"there is no order {direction.value!r}"
            findings.report(calls.QUERY_CHAIN, message, direction.place, help='write `"asc"` or `"desc"`')


_A = {"Index": "an `Index`", "SearchIndex": "a `SearchIndex`", "VectorIndex": "a `VectorIndex`"}
_BEFORE = {
    "with_index": ("with_search_index", "with_index", "order", "filter"),
    "with_search_index": ("with_index", "with_search_index", "order", "filter"),
    "order": ("with_search_index", "order"),
}
"""What must not stand before a method in the chain."""


def _out_of_place(method: str, before: str) -> tuple[str, str]:
    if method == before:
        return f"`{method}` stands twice in one query", "leave out one of the two"
    if {method, before} == {"with_index", "with_search_index"}:
        return "a query goes by one index", "narrow the search by filter fields, or leave out the search"
    if method == "order":
        return "a search gives the best documents first, and in no other order", "leave out `order`"
    return f"`{method}` stands behind `{before}`", f"put `{method}` right behind `query(…)`"


def _check_index(evaluation: Evaluation, called: Called, table: TableShape, findings: Findings) -> None:
    call = called.call
    given = evaluation.value(call.args[0]) if call.args else None
    if not isinstance(given, IndexValue):
        return
    label = _label(given)
    if given.table.symbol != table.symbol:
        message = f"{label} is an index of another table than `{table.name}`"
        findings.report(
            calls.FOREIGN_INDEX, message, call.args[0].place, help=f"use an index of `{table.name}`", table=table.name
        )
        return
    wanted = "Index" if called.method == "with_index" else "SearchIndex"
    if given.shape.kind != wanted:
        message = f"{label} is {_A[given.shape.kind]}, and `{called.method}` goes by {_A[wanted]}"
        help_ = {
            "SearchIndex": "write `with_search_index`",
            "Index": "write `with_index`",
            "VectorIndex": "use `ctx.vector_search` in an action",
        }[given.shape.kind]
        findings.report(calls.QUERY_CHAIN, message, call.args[0].place, help=help_)
        return
    if called.method == "with_index":
        _check_range(evaluation, given, call.args[1:], findings)
    else:
        _check_filters(evaluation, given, call.args[2:], findings, any_of=False)


def _check_vector_search(evaluation: Evaluation, called: Called, findings: Findings) -> None:
    call = called.call
    given = evaluation.value(call.args[0]) if call.args else None
    if isinstance(given, IndexValue) and given.shape.kind == "VectorIndex":
        _check_filters(evaluation, given, call.args[2:], findings, any_of=True)
    for keyword in call.keywords:
        value = keyword.value
        if keyword.name != "limit" or not isinstance(value, ConstantExpr) or type(value.value) is not int:
            continue
        if not 1 <= value.value <= 256:
            message = f"a vector search gives 1 to 256 documents, not {value.value}"
            findings.report(calls.QUERY_CHAIN, message, value.place)


def _check_range(evaluation: Evaluation, given: IndexValue, arguments: tuple[object, ...], findings: Findings) -> None:
    known = _comparisons(evaluation, given, arguments, findings, any_of=False)
    if known is None:
        return
    conditions = [IndexCondition(each.path, each.operator) for each in known]
    for mistake in range_mistakes(_label(given), given.shape.fields, conditions):
        at = known[mistake.position]
        place = at.whole.place if mistake.reason == "operator" else at.field_expression.place
        facts: dict[str, str] = {"index": given.shape.attribute, "reason": mistake.reason}
        help_ = _advice(given, known, conditions, mistake, facts)
        findings.report(
            _RULE_OF[mistake.reason], mistake.message, place, help=help_, secondary=declared(given.shape), **facts
        )


def _advice(
    given: IndexValue,
    known: list[Comparison],
    conditions: list[IndexCondition],
    mistake: RangeMistake,
    facts: dict[str, str],
) -> str:
    """What to do: the right order, if there is one; another index, if one has what this one lacks."""
    order = right_order(given.shape, conditions)
    if order is not None:
        facts["order"] = ",".join(map(str, order))
        return f"write {', '.join(f'`{written(known[position].whole)}`' for position in order)}"
    for other in given.table.indexes.values():
        if other.kind == "Index" and mistake.reason != "operator" and right_order(other, conditions) is not None:
            facts["other_index"] = other.attribute
            return f"go by `{given.table.name}.{other.attribute}`, which can answer this"
    return mistake.help


def right_order(index: IndexShape, conditions: list[IndexCondition]) -> tuple[int, ...] | None:
    """The positions of `conditions` in an order in which they are a range of the index; None if there is none."""
    if len(conditions) > 5:
        return None
    orders = permutations(range(len(conditions)))
    return next((order for order in orders if not _mistakes(index, [conditions[each] for each in order])), None)


def _mistakes(index: IndexShape, conditions: list[IndexCondition]) -> list[RangeMistake]:
    return range_mistakes(index.attribute, index.fields, conditions)


def _check_filters(
    evaluation: Evaluation, given: IndexValue, arguments: tuple[object, ...], findings: Findings, *, any_of: bool
) -> None:
    for each in _comparisons(evaluation, given, arguments, findings, any_of=any_of) or ():
        if each.path not in given.shape.filters:
            listed = ", ".join(f"`{name}`" for name in given.shape.filters) or "none"
            message = f"`{each.path}` is not among the filter fields of {_label(given)}"
            findings.report(
                calls.FILTER_FIELD,
                message,
                each.field_expression.place,
                help=f'it has {listed}; add "{each.path}" to `filter_fields`',
                secondary=declared(given.shape),
                index=given.shape.attribute,
                field=each.path,
            )
        elif each.operator != "==":
            message = f"{_label(given)} can compare with `==` only, not with `{each.operator}`"
            help_ = "compare otherwise in a filter on what was found"
            findings.report(
                calls.INDEX_OPERATOR, message, each.whole.place, help=help_, secondary=declared(given.shape)
            )


def _comparisons(
    evaluation: Evaluation, given: IndexValue, arguments: tuple[object, ...], findings: Findings, *, any_of: bool
) -> list[Comparison] | None:
    """The conditions; what is wrong with each by itself is told. None if not all of them are comparisons that fit."""
    known: list[Comparison] = []
    all_fit = True
    for each in read_conditions(evaluation, arguments, any_of=any_of):  # type: ignore[arg-type]
        if isinstance(each, NoCondition):
            findings.report(calls.NOT_A_CONDITION, each.message, each.whole.place, help=each.help, kind=each.kind)
        elif isinstance(each, Comparison):
            if each.field.table.symbol != given.table.symbol:
                message = f"this is a field of `{each.field.table.name}`, and {_label(given)} is of another table"
                help_ = f"compare a field of `{given.table.name}`"
                findings.report(calls.FOREIGN_INDEX, message, each.field_expression.place, help=help_)
            else:
                _check_value(evaluation, each, findings)
                known.append(each)
                continue
        all_fit = False
    return known if all_fit else None


def _check_value(evaluation: Evaluation, each: Comparison, findings: Findings) -> None:
    value = evaluation.kinds(each.value)
    if each.field.kinds is not None and value is not None and not can_hold(each.field.kinds, value):
        wanted, got = spell(each.field.kinds, evaluation), spell(value, evaluation)
        message = f"`{each.path}` is compared with {got}, and holds {wanted}"
        label = field_label(each.field.table, each.path)
        findings.report(calls.WRONG_VALUE, message, each.value.place, secondary=label)


def field_label(table: TableShape, name: str) -> tuple[Label, ...]:
    """Where a field is declared, if it is."""
    found = table.fields.get(name)
    if found is None or found.place is None:
        return ()
    return (Label(span(found.path, found.place), "declared here"),)


def declared(index: IndexShape) -> tuple[Label, ...]:
    """Where an index is declared, if it is."""
    return () if index.place is None else (Label(span(index.path, index.place), "the index"),)


def _label(given: IndexValue) -> str:
    return f"`{given.table.name}.{given.shape.attribute}`"
