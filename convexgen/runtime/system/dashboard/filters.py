"""Which documents are to be seen: comparisons of fields, in the one order of values. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from convexgen.authoring.unset import UNSET, Unset
from convexgen.runtime.values import Value, ordered, value_at

Comparison: TypeAlias = Callable[[Any, Any], bool]


def _contains(found: Value | Unset, wanted: Value) -> bool:
    if isinstance(found, str):
        return isinstance(wanted, str) and wanted.casefold() in found.casefold()
    return isinstance(found, list) and any(ordered(each) == ordered(wanted) for each in found)


def _in_order(compare: Comparison) -> Comparison:
    return lambda found, wanted: compare(ordered(found), ordered(wanted))


def _in_order_if_there(compare: Comparison) -> Comparison:
    """What is missing is less than everything, which nobody means who asks for what is less than five."""
    return lambda found, wanted: found is not UNSET and compare(ordered(found), ordered(wanted))


COMPARISONS: Final[Mapping[str, Comparison]] = {
    "==": _in_order(operator.eq),
    "!=": _in_order(operator.ne),
    "<": _in_order_if_there(operator.lt),
    "<=": _in_order_if_there(operator.le),
    ">": _in_order_if_there(operator.gt),
    ">=": _in_order_if_there(operator.ge),
    "contains": _contains,
    "is missing": lambda found, wanted: found is UNSET,
}
"""By their signs. `contains`: a text, in any case, within a text; or an item in an array."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`path` leads to a field, within objects too."""

    path: tuple[str, ...]
    comparison: str
    value: Value

    @classmethod
    def of(cls, sent: Value) -> Filter:
        """What was sent as `{field, comparison, value}`. Raises `ValueError`."""
        if isinstance(sent, dict):
            field, comparison = sent.get("field"), sent.get("comparison")
            if isinstance(field, str) and field and isinstance(comparison, str) and comparison in COMPARISONS:
                return cls(tuple(field.split(".")), comparison, sent.get("value"))
        raise ValueError(f"A filter is {{field, comparison, value}}, with one of {', '.join(COMPARISONS)}.")

    def matches(self, document: dict[str, Value]) -> bool:
        return COMPARISONS[self.comparison](value_at(document, self.path), self.value)
