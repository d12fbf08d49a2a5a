"""What `Annotated` adds to a type, held against wire values, as pydantic holds it against Python's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from pydantic_core import SchemaError, SchemaValidator, core_schema

from convexgen.authoring.ids import Int64
from convexgen.ir import Constraint

Holds: TypeAlias = Callable[[Any], bool]


def broken_constraint(constraints: tuple[Constraint, ...]) -> Callable[[Any], str | None]:
    """Says which of some constraints a value breaks, if any. A constraint on what it cannot measure always holds."""
    tests = tuple((_holds(each), _wording(each)) for each in constraints)

    def broken(value: Any) -> str | None:
        for holds, message in tests:
            if not holds(value):
                return message
        return None

    return broken


def _holds(constraint: Constraint) -> Holds:
    limit: Any = constraint.value
    match constraint.kind:
        case "ge":
            return _for_numbers(lambda value: value >= limit)
        case "gt":
            return _for_numbers(lambda value: value > limit)
        case "le":
            return _for_numbers(lambda value: value <= limit)
        case "lt":
            return _for_numbers(lambda value: value < limit)
        case "multiple_of":
            return _multiple_of(limit)
        case "min_length":
            return _for_sized(lambda value: len(value) >= limit)
        case "max_length":
            return _for_sized(lambda value: len(value) <= limit)
        case "pattern":
            return _pattern(str(limit))


def _for_numbers(test: Holds) -> Holds:
    return lambda value: type(value) not in (float, Int64, Decimal) or test(value)


def _for_sized(test: Holds) -> Holds:
    return lambda value: type(value) not in (str, bytes, list, dict) or test(value)


def _multiple_of(step: Any) -> Holds:
    near = SchemaValidator(core_schema.float_schema(multiple_of=float(step)))  # forgives what rounding does

    def holds(value: Any) -> bool:
        if type(value) is float:
            return near.isinstance_python(value)
        return (
            type(value) not in (Int64, Decimal) or value % (Decimal(str(step)) if type(value) is Decimal else step) == 0
        )

    return holds


def _pattern(pattern: str) -> Holds:
    try:
        validator = SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:  # what only Python's own engine understands, such as looking ahead
        validator = SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="python-re"))
    return lambda value: type(value) is not str or validator.isinstance_python(value)


def _wording(constraint: Constraint) -> str:
    limit = constraint.value
    match constraint.kind:
        case "ge":
            return f"Value is less than {limit}."
        case "gt":
            return f"Value is not greater than {limit}."
        case "le":
            return f"Value is greater than {limit}."
        case "lt":
            return f"Value is not less than {limit}."
        case "multiple_of":
            return f"Value is not a multiple of {limit}."
        case "min_length":
            return f"Value is shorter than {limit}."
        case "max_length":
            return f"Value is longer than {limit}."
        case "pattern":
            return f"Value does not match the pattern {limit}"
