"""What functions ask of their context that it does not have: a write in a query, the database in an action, a typo."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Final

from convexgen.analysis.bodies.contexts import ATTRIBUTES, METHODS
from convexgen.analysis.bodies.evaluate import Evaluation
from convexgen.analysis.bodies.places import last_name
from convexgen.analysis.bodies.values import Context, Part
from convexgen.analysis.declarations import Findings
from convexgen.rules import calls

_A: Final = {"QueryCtx": "a query", "MutationCtx": "a mutation", "ActionCtx": "an action"}
_IN_AN_ACTION: Final = "do it in an action, which a mutation can schedule by `ctx.scheduler.run_after(…)`"
_IN_A_MUTATION: Final = "make it a `@mutation`, which takes a `MutationCtx`"
_INSTEAD: Final = {
    ("ActionCtx", "db"): "let a query or a mutation do it: `await ctx.run_query(…)`, `await ctx.run_mutation(…)`",
    ("ActionCtx", "now"): "an action runs once, and may ask the clock: `datetime.now(UTC)`",
    ("ActionCtx", "random"): "an action runs once, and may use the module `random`",
    ("QueryCtx", "scheduler"): _IN_A_MUTATION,
    ("QueryCtx", "run_mutation"): _IN_A_MUTATION,
    ("QueryCtx", "run_action"): "run it from an action, or let the client call it",
    ("MutationCtx", "run_action"): "schedule it: `await ctx.scheduler.run_after(timedelta(), …)`",
    ("QueryCtx", "vector_search"): "search in an action, and read what it finds by `ctx.run_query(…)`",
    ("MutationCtx", "vector_search"): "search in an action, and write what it finds by `ctx.run_mutation(…)`",
}
"""What to do where another kind of context would have it."""

_MEANT: Final = {
    **dict.fromkeys(("add", "add_one", "create", "save", "insert_one"), "insert"),
    **dict.fromkeys(("update", "update_one", "modify"), "patch"),
    **dict.fromkeys(("remove", "delete_one", "destroy"), "delete"),
    **dict.fromkeys(("find", "find_one", "fetch", "get_by_id", "load"), "get"),
    **dict.fromkeys(("select", "table", "find_all", "all", "scan"), "query"),
}
"""What other libraries call the methods of a database."""


def check(evaluation: Evaluation, findings: Findings) -> None:
    """Everything that one body asks of a context in vain."""
    for owner, expression in evaluation.noted.lacking:
        name = expression.name
        if name.startswith("__"):
            continue  # every object has some of those
        label = f"{'ctx' if isinstance(owner, Context) else owner.name}.{name}"
        help_, meant = _advice(owner, name)
        message = f"{_A[owner.kind]} has no `{label}`"
        findings.report(calls.NOT_IN_CONTEXT, message, last_name(expression), help=help_, meant=meant)


def _advice(owner: Context | Part, name: str) -> tuple[str, str]:
    """What to do, and the name that was probably meant, if that is all there is to it."""
    spelt = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    if isinstance(owner, Context):
        has, instead = ATTRIBUTES[owner.kind], _INSTEAD.get((owner.kind, spelt))
    else:
        spelt = _MEANT.get(spelt, spelt) if owner.name == "db" else spelt
        has, instead = METHODS[owner], _where_there_is(owner, spelt)
    if instead is not None:
        return instead, ""
    close = get_close_matches(spelt, sorted(has), 1)
    if close:
        return f"did you mean `{close[0]}`?", close[0]
    return f"it has {', '.join(f'`{each}`' for each in sorted(has))}", ""


def _where_there_is(part: Part, method: str) -> str | None:
    """In which functions a part has the method, if this one is of another kind."""
    if method in METHODS[part]:
        return None
    if method in METHODS.get(Part(part.name, "MutationCtx"), ()):
        return _IN_A_MUTATION
    if method in METHODS.get(Part(part.name, "ActionCtx"), ()):
        return _IN_AN_ACTION
    return None
