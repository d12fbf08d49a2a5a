"""What must not happen in a transaction, which may run again: the clock, chance, the outside, state of the module."""

from __future__ import annotations

from collections.abc import Mapping

from convexgen.analysis.bodies.evaluate import Evaluation, Reached
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import Findings, span
from convexgen.analysis.resolve import External, Program
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    CallExpr,
    ConstantExpr,
    Expr,
    GlobalWrite,
    OpaqueExpr,
    Place,
    SequenceExpr,
)
from convexgen.diagnostics import Label
from convexgen.rules import practice

_TRANSACTIONS = frozenset({"QueryCtx", "MutationCtx"})


def check(evaluations: Mapping[str, Evaluation], findings: Findings) -> None:
    """Everything that functions of a module do, or let others of the module do, though they run in a transaction."""
    if not any(each.noted.reached or each.body.writes for each in evaluations.values()):
        return
    reasons = _in_transactions(evaluations)
    for name, evaluation in evaluations.items():
        if name in reasons:
            for reached in evaluation.noted.reached:
                _report_reached(reached, reasons[name], findings)
            for write in evaluation.body.writes:
                _check_write(evaluation, write, reasons[name], findings)
        elif evaluation.noted.reached and (evaluation.role is not None or "ActionCtx" in evaluation.contexts):
            for reached in evaluation.noted.reached:
                _check_blocking(evaluation, reached, findings)


def _in_transactions(evaluations: Mapping[str, Evaluation]) -> dict[str, tuple[str, Place | None]]:
    """The functions that run in transactions: what each is called, and where it is called by one that surely does."""
    found: dict[str, tuple[str, Place | None]] = {}
    waiting: list[str] = []
    for name, each in evaluations.items():
        if each.role is not None and each.role.kind in ("query", "mutation"):
            found[name] = (f"the {each.role.kind} `{name}`", None)
        elif each.role is None and each.contexts and each.contexts <= _TRANSACTIONS:
            found[name] = (f"`{name}`", None)
    waiting.extend(found)
    while waiting:
        caller = evaluations[waiting.pop(0)]
        for function, call in caller.noted.functions:
            name = function.name
            known = evaluations.get(name)
            is_own = function.declared.module == caller.module and known is not None and known.body is function.body
            if is_own and function.role is None and name not in found:
                found[name] = (f"`{name}`", call.place)
                waiting.append(name)
    return found


def _report_reached(reached: Reached, reason: tuple[str, Place | None], findings: Findings) -> None:
    where, called_at = reason
    label = () if called_at is None else (Label(span(findings.path, called_at), "called in a transaction here"),)
    shown = _shown(reached.expression)
    facts = {"name": reached.name, "reach": reached.what.reach}
    place = reached.expression.place
    if reached.what.reach == "clock":
        message = f"`{shown}` gives another time whenever {where} runs again"
        help_ = _CLOCK.get(reached.name, "use `ctx.now()`, which is in milliseconds")
        findings.report(practice.CLOCK, message, place, help=help_, secondary=label, **facts)
    elif reached.what.reach == "chance":
        message = f"`{shown}` gives something else whenever {where} runs again"
        findings.report(practice.CHANCE, message, place, help=_chance(reached.name), secondary=label, **facts)
    else:
        message = f"`{shown}` {_DOES[reached.what.reach]}, and {where} may run again or be undone"
        help_ = _INSTEAD.get(reached.what.reach, "do it in an action, and pass along what comes of it")
        findings.report(practice.OUTSIDE, message, place, help=help_, secondary=label, **facts)


_CLOCK = {
    "datetime.datetime.now": "write `datetime.fromtimestamp(ctx.now() / 1000, UTC)`",
    "datetime.datetime.utcnow": "write `datetime.fromtimestamp(ctx.now() / 1000, UTC)`",
    "datetime.datetime.today": "write `datetime.fromtimestamp(ctx.now() / 1000, UTC)`",
    "datetime.date.today": "write `datetime.fromtimestamp(ctx.now() / 1000, UTC).date()`",
    "time.time": "write `ctx.now() / 1000`",
    "time.time_ns": "use `ctx.now()`, which is in milliseconds",
}
_DOES = {
    "network": "talks to the network",
    "files": "uses files",
    "process": "talks to other processes",
    "environment": "depends on the environment",
    "wait": "waits",
}
_INSTEAD = {
    "wait": "use `ctx.scheduler.run_after(…)` for what is to happen later",
    "environment": "read it in an action, and pass it along",
}


def _chance(name: str) -> str:
    module, _, function = name.rpartition(".")
    if module == "random" and function.islower() and function not in ("seed", "setstate", "getstate"):
        return f"write `ctx.random.{function}(…)`"
    if name in ("uuid.uuid1", "uuid.uuid4"):
        return "write `UUID(int=ctx.random.getrandbits(128), version=4)`"
    if name in ("os.urandom", "os.getrandom"):
        return "write `ctx.random.randbytes(…)`; secrets are made in an action"
    if module == "secrets":
        return "make secrets in an action, and pass them along"
    return "use `ctx.random`"


def _shown(expression: Expr) -> str:
    """What is called, as it is written."""
    return describe(expression.function if isinstance(expression, CallExpr) else expression)


def _check_blocking(evaluation: Evaluation, reached: Reached, findings: Findings) -> None:
    if not reached.what.blocks or reached.what.reach not in ("network", "process", "wait"):
        return
    if not evaluation.body.is_coroutine:
        return
    message = f"`{_shown(reached.expression)}` stops everything else until it is done"
    top = reached.name.partition(".")[0]
    help_ = _ASYNC.get(reached.name) or _ASYNC.get(top) or "run it with `await asyncio.to_thread(…)`"
    findings.report(practice.BLOCKING_CALL, message, reached.expression.place, help=help_, name=reached.name)


_ASYNC = {
    "time.sleep": "write `await asyncio.sleep(…)`",
    "requests": "use `httpx.AsyncClient`",
    "httpx": "use `httpx.AsyncClient`",
    "urllib": "use `httpx.AsyncClient`",
    "urllib3": "use `httpx.AsyncClient`",
    "http": "use `httpx.AsyncClient`",
    "subprocess": "use `asyncio.create_subprocess_exec`",
}


def _check_write(
    evaluation: Evaluation, write: GlobalWrite, reason: tuple[str, Place | None], findings: Findings
) -> None:
    if write.name in evaluation.body.bindings or any(write.name == each.name for each in evaluation.body.parameters):
        return
    statement = evaluation.program.scope(evaluation.module).get(write.name)
    if not isinstance(statement, AssignmentSyntax) or statement.value is None:
        return
    if write.method and not _can_change(evaluation.program, evaluation.module, statement.value):
        return
    where, called_at = reason
    labels = [Label(span(findings.path, statement.place), "it belongs to the module")]
    if called_at is not None:
        labels.append(Label(span(findings.path, called_at), "called in a transaction here"))
    message = f"`{write.name}` is not part of the transaction: it keeps what {where} does to it even if that is undone"
    help_ = "store it in a table"
    findings.report(practice.GLOBAL_STATE, message, write.place, help=help_, secondary=tuple(labels), name=write.name)


def _can_change(program: Program, module: str, value: Expr) -> bool:
    """Whether a value has methods that change it, by what makes it."""
    if isinstance(value, CallExpr):
        meaning = program.meaning(module, value.function)
        if not isinstance(meaning, External):
            return False
        owner, _, name = meaning.name.rpartition(".")
        return owner == "collections" or (owner == "builtins" and name in ("dict", "list", "set", "bytearray"))
    if isinstance(value, OpaqueExpr):
        return value.what in ("a dict", "a set", "a comprehension")
    return isinstance(value, SequenceExpr) and not isinstance(value, ConstantExpr)
