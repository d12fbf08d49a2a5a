"""What the constraints of an `Annotated` let pass, and when one set of them lets pass all that another does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from convexgen.ir import Constraint

Limits: TypeAlias = frozenset[Constraint]
"""Constraints that all hold; none of them lets everything pass."""

NO_LIMITS: Limits = frozenset()
_LOWER, _UPPER = {"ge": False, "gt": True}, {"le": False, "lt": True}
"""Bounds, and whether the bound itself is excluded."""


def all_implied(wanted: Limits, given: Limits) -> bool:
    """Whether every value that `given` lets pass, `wanted` lets pass too."""
    return all(any(_implies(each, constraint) for each in given) for constraint in wanted)


def _implies(given: Constraint, wanted: Constraint) -> bool:
    a, b = given.value, wanted.value
    if given.kind == wanted.kind and a == b:
        return True
    if isinstance(a, str) or isinstance(b, str):
        return False
    if given.kind in _LOWER and wanted.kind in _LOWER:
        return a > b or (a == b and _LOWER[given.kind] >= _LOWER[wanted.kind])
    if given.kind in _UPPER and wanted.kind in _UPPER:
        return a < b or (a == b and _UPPER[given.kind] >= _UPPER[wanted.kind])
    if given.kind != wanted.kind:
        return False
    match wanted.kind:
        case "min_length":
            return a >= b
        case "max_length":
            return a <= b
        case _:  # multiple_of; of fractions that are not equal nothing is sure
            return isinstance(a, int) and isinstance(b, int) and b != 0 and a % b == 0


def let_pass(limits: Iterable[Constraint], value: str | int) -> bool:
    """Whether a literal surely keeps to all limits. Of a pattern, only whoever runs it could tell."""
    return all(_passes(each, value) for each in limits)


def _passes(constraint: Constraint, value: str | int) -> bool:
    limit = constraint.value
    if isinstance(limit, str):
        return False
    if isinstance(value, str):
        match constraint.kind:
            case "min_length":
                return len(value) >= limit
            case "max_length":
                return len(value) <= limit
            case _:
                return True  # numbers only
    match constraint.kind:
        case "ge":
            return value >= limit
        case "gt":
            return value > limit
        case "le":
            return value <= limit
        case "lt":
            return value < limit
        case "multiple_of":
            return isinstance(limit, int) and limit != 0 and value % limit == 0
        case _:
            return True  # texts and containers only
