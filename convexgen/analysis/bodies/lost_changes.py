"""Documents that are changed as if that stored them, which is how it is with object-relational mappers."""

from __future__ import annotations

from convexgen.analysis.bodies.evaluate import Evaluation
from convexgen.analysis.bodies.values import Context, Document
from convexgen.analysis.declarations import Findings
from convexgen.analysis.syntax import NameExpr
from convexgen.rules import practice


def check(evaluation: Evaluation, findings: Findings) -> None:
    """Every change of a document that was read by one body, which can write, and does nothing more with it."""
    given = {parameter.name for parameter in evaluation.body.parameters}
    for lost in evaluation.body.lost:
        if lost.name in given:
            continue  # whoever has given it sees the change
        changed = evaluation.value(NameExpr(lost.name, lost.place))
        if not isinstance(changed, Document) or changed.is_new or lost.attribute not in changed.table.fields:
            continue
        context = _writing_context(evaluation)
        if context is None:
            continue
        patch = f"await {context}.db.patch({lost.name}.id, {lost.attribute}=…)"
        message = f"`{lost.name}.{lost.attribute}` is changed in memory, and the document stays as it is"
        facts = {"context": context, "document": lost.name, "field": lost.attribute}
        findings.report(practice.LOST_CHANGE, message, lost.place, help=f"write `{patch}`", secondary=(), **facts)


def _writing_context(evaluation: Evaluation) -> str | None:
    """What the function calls a context that can write."""
    for parameter in evaluation.body.parameters:
        given = evaluation.value(NameExpr(parameter.name, parameter.place))
        if isinstance(given, Context) and given.kind == "MutationCtx":
            return parameter.name
    return None
