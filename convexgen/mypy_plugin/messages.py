"""How the plugin speaks: kinds of errors of its own, and an advice below each."""

from __future__ import annotations

from typing import cast

from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode
from mypy.nodes import Context
from mypy.plugin import CheckerPluginInterface

CONDITION = ErrorCode("convexgen-condition", "What is passed as a condition is one, about the right table", "convexgen")
INDEX = ErrorCode("convexgen-index", "Conditions are a range of the index that they are used with", "convexgen")
TABLE = ErrorCode("convexgen-table", "Documents are stored in tables that store them", "convexgen")


def complain(
    api: CheckerPluginInterface, place: Context, code: ErrorCode, message: str, advice: str | None = None
) -> None:
    """Tell of a mistake at exactly `place`."""
    api.fail(message, place, code=code)
    if advice:
        checker_of(api).note(advice, place, code=code)


def checker_of(api: CheckerPluginInterface) -> TypeChecker:
    """The checker behind the interface, for the few things that the interface does not offer."""
    return cast(TypeChecker, api)
