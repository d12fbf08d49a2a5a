"""What has to be awaited and is not, what is awaited for nothing, and queries that an action runs one by one."""

from __future__ import annotations

from convexgen.analysis.bodies.evaluate import NARROWING, READING, Evaluation, UseValue
from convexgen.analysis.bodies.places import last_name, name_of_method
from convexgen.analysis.bodies.values import Context, Method, Pending, Plain, QueryValue
from convexgen.analysis.declarations import Findings, span
from convexgen.analysis.syntax import AttributeExpr, CallExpr, Place, Use
from convexgen.diagnostics import Label
from convexgen.rules import calls, practice

_AS_IF_THERE = frozenset({"consumed", "looped"})
_READ = "read it by `collect()`, `take(…)`, `first()`, `unique()` or `paginate(…)`"


def check(evaluation: Evaluation, findings: Findings) -> None:
    """Everything that is wrong with what one body waits for."""
    for each in evaluation.uses:
        if isinstance(each.value, Pending):
            _check_pending(evaluation, each.use, each.value, findings)
        elif isinstance(each.value, QueryValue):
            _check_query(evaluation, each.use, findings)
        elif isinstance(each.value, Plain) and each.use.taken == "awaited":
            message = "this is there already: nothing has to be awaited"
            findings.report(
                calls.NEEDLESS_AWAIT, message, each.use.expression.place, help="leave out `await`", keyword="await"
            )
    for pending, expression, done in evaluation.noted.looked_into:
        if isinstance(done, AttributeExpr) and done.name in NARROWING | READING:
            message = f"{pending.what} reads the documents, and `{done.name}` comes too late"
            help_ = f"put `{done.name}` before it" if done.name in NARROWING else "leave out one of the two"
            findings.report(calls.QUERY_CHAIN, message, last_name(done), help=help_)
        else:
            _report(pending, expression.place, "is looked into before it was awaited", "(await)", findings)
    _check_sequence(evaluation, findings)


def _check_pending(evaluation: Evaluation, use: Use, pending: Pending, findings: Findings) -> None:
    place = use.expression.place
    match use.taken:
        case "dropped":
            _report(pending, place, "is not awaited, so it never happens", "await", findings)
        case "consumed" | "looped":
            _report(pending, place, "is used before it was awaited", "await", findings)
        case "iterated":
            _report(pending, place, "gives a list only when it is awaited", "for", findings)
        case "returned" if evaluation.role is not None:
            _report(pending, place, "is returned without being awaited", "await", findings)
        case "kept" if evaluation.body.bindings.get(use.name) is not None:
            later = evaluation.body.later.get(use.name, frozenset())
            if later <= _AS_IF_THERE:
                what = "is used before it was awaited" if later else "is not awaited, so it never happens"
                _report(pending, place, what, "await", findings)


_HELP = {
    "await": "write `await` before it",
    "(await)": "write `(await …)` around it",
    "for": "write `for … in await …`, or loop over the query itself",
}


def _report(pending: Pending, place: Place, what: str, write: str, findings: Findings) -> None:
    findings.report(practice.UNAWAITED_CALL, f"{pending.what} {what}", place, help=_HELP[write])


def _check_query(evaluation: Evaluation, use: Use, findings: Findings) -> None:
    place = use.expression.place
    match use.taken:
        case "awaited":
            message = "a query is not awaited itself, only what reads it"
            findings.report(calls.NEEDLESS_AWAIT, message, place, help="add `.collect()`, say, or `.first()`")
        case "looped":
            message = "a query is looped over by `async for`"
            findings.report(practice.UNAWAITED_CALL, message, place, help="write `async for`", keyword="async for")
        case "dropped":
            findings.report(calls.QUERY_CHAIN, "this query is never read", place, help=_READ)
        case "consumed":
            findings.report(calls.QUERY_CHAIN, "this query has not been read yet", place, help=_READ)
        case "returned" if evaluation.role is not None:
            findings.report(calls.QUERY_CHAIN, "this query is returned without having been read", place, help=_READ)


def _check_sequence(evaluation: Evaluation, findings: Findings) -> None:
    """Queries of an action that follow one another, with nothing awaited in between."""
    previous: Use | None = None
    told: Use | None = None
    for each in evaluation.uses:
        if not _is_action_query(evaluation, each):
            continue
        use = each.use
        assert isinstance(use.expression, CallExpr)
        place = name_of_method(use.expression)
        if use.loop and evaluation.body.loops[use.loop] == 1:
            message = "each round of this loop runs a query of its own, which may see another state of the data"
            help_ = "write one internal query that is given everything at once"
            findings.report(practice.SEQUENTIAL_QUERIES, message, place, help=help_)
        elif previous is not None and previous is not told and _follows(use, previous):
            assert isinstance(previous.expression, CallExpr)
            first = Label(span(findings.path, name_of_method(previous.expression)), "the query before")
            message = "this query may see another state of the data than the one before"
            help_ = "write one internal query that does both"
            findings.report(practice.SEQUENTIAL_QUERIES, message, place, help=help_, secondary=(first,))
            told = use
        previous = use


def _follows(use: Use, previous: Use) -> bool:
    return use.block == previous.block and use.loop == previous.loop and use.turn == previous.turn + 1


def _is_action_query(evaluation: Evaluation, each: UseValue) -> bool:
    expression = each.use.expression
    if each.use.taken != "awaited" or not isinstance(expression, CallExpr):
        return False
    function = expression.function
    if isinstance(function, AttributeExpr) and function.name != "run_query":
        return False
    return evaluation.value(function) == Method(Context("ActionCtx"), "run_query")
