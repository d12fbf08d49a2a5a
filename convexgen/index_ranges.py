"""Which conditions an index can answer: the rule itself, for whoever reads conditions.

An index holds documents sorted by its fields, so it can give one stretch of them: `==` on the first fields, in their
order, then bounds on the next one. `creation_time` stands after the last field of every index.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

Reason = Literal["foreign", "operator", "order", "missing", "repeated", "after-bound"]
"""Why a condition cannot stand where it does: it is about a field that the index has not; its operator is `!=`; a field
that comes before it in the index is compared later, or not at all; its field has been decided already; a field before
it has bounds already.
"""

_LOWER = (">", ">=")
_UPPER = ("<", "<=")


class IndexCondition(NamedTuple):
    """A field, by its dotted Python path, and the operator that it is compared with."""

    field: str
    operator: str


class RangeMistake(NamedTuple):
    """A condition, by its position, that keeps the others from being a range. `help` says what to do."""

    position: int
    reason: Reason
    message: str
    help: str


def range_fields(index_fields: Sequence[str]) -> tuple[str, ...]:
    """The fields that conditions may be about, in order: those of the index, then the implied `creation_time`."""
    if index_fields[-1:] and index_fields[-1] in ("id", "creation_time"):
        return tuple(index_fields)
    return (*index_fields, "creation_time")


def range_mistakes(index: str, index_fields: Sequence[str], conditions: Sequence[IndexCondition]) -> list[RangeMistake]:
    """What is wrong with `conditions` on the index called `index`, none if they are a range of it.

    Every condition that the index can never answer is told. Of mistakes in the order only the first one is: what
    follows it would have to be read anew when it is mended.
    """
    fields = range_fields(index_fields)
    mistakes = [
        mistake
        for position, condition in enumerate(conditions)
        if (mistake := _impossible(index, fields, position, condition))
    ]
    impossible = {mistake.position for mistake in mistakes}
    possible = [(number, each) for number, each in enumerate(conditions) if number not in impossible]
    misplaced = _misplaced(index, fields, possible)
    return sorted([*mistakes, misplaced]) if misplaced else mistakes


def _impossible(index: str, fields: tuple[str, ...], position: int, condition: IndexCondition) -> RangeMistake | None:
    if condition.field not in fields:
        message = f"{index} has no field {_quoted(condition.field)}"
        advice = f"it has {_listed(fields)}; compare the others in a filter, or add an index"
        return RangeMistake(position, "foreign", message, advice)
    if condition.operator == "!=":
        message = f"an index cannot answer `!=`: the documents with another {_quoted(condition.field)} are no range"
        return RangeMistake(position, "operator", message, "use two queries, with `<` and with `>`, or a filter")
    return None


def _misplaced(
    index: str, fields: tuple[str, ...], conditions: Sequence[tuple[int, IndexCondition]]
) -> RangeMistake | None:
    """The first condition that does not go on where those before it ended."""
    decided = 0
    bounds: list[str] = []
    for number, (position, (field, operator)) in enumerate(conditions):
        here = fields.index(field)
        if here < decided:
            message = f"{_quoted(field)} is compared already, with `==`"
            return RangeMistake(position, "repeated", message, "leave out one of the conditions")
        if bounds and here != decided:
            message = f"{_quoted(fields[decided])} has a bound already, so {_quoted(field)} cannot be compared"
            advice = f"only the last field that is compared can have bounds; {index} is sorted by {_listed(fields)}"
            return RangeMistake(position, "after-bound", message, advice)
        if here > decided:
            return _too_early(
                index, fields, decided, position, field, [later.field for _, later in conditions[number:]]
            )
        if operator == "==":
            if bounds:
                message = f"{_quoted(field)} has a bound already"
                return RangeMistake(position, "repeated", message, "leave out one of the conditions")
            decided += 1
        elif side := _side(operator):
            if side in bounds:
                message = f"{_quoted(field)} has two {side} bounds"
                return RangeMistake(position, "repeated", message, "leave out one of them")
            bounds.append(side)
    return None


def _too_early(
    index: str, fields: tuple[str, ...], decided: int, position: int, field: str, later: Sequence[str]
) -> RangeMistake:
    wanted = fields[decided]
    message = f"{_quoted(wanted)} comes before {_quoted(field)} in {index}, and is not compared before it"
    if wanted in later:
        return RangeMistake(position, "order", message, f"compare {_quoted(wanted)} first")
    advice = f"compare {_quoted(wanted)} with `==` first, or use an index that begins with {_quoted(field)}"
    return RangeMistake(position, "missing", message, advice)


def _side(operator: str) -> str | None:
    return "lower" if operator in _LOWER else "upper" if operator in _UPPER else None


def _quoted(name: str) -> str:
    return f"`{name}`"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))
