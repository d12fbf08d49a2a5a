"""What requests to functions of the system are made of: arguments that are looked at before use, and pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard, TypeVar, cast

from convexgen.authoring.pagination import Page, PaginationOptions
from convexgen.runtime.database import InvalidCursorError
from convexgen.runtime.values import Value

T = TypeVar("T")

Arguments = Mapping[str, Value]


def needed(arguments: Arguments, name: str, kind: type[T]) -> T:
    """The argument of this name. Raises `ValueError` where there is none, or one of another kind."""
    found = arguments.get(name)
    if not isinstance(found, kind):
        raise ValueError(f"The argument {name!r} is missing, or no {kind.__name__}.")
    return found


def page_value(read: Callable[[PaginationOptions], Page[Any]], arguments: Arguments) -> dict[str, Value]:
    """The page that `paginationOpts` asks for, as a value. Raises `ValueError`, for a cursor that is none too."""
    options = needed(arguments, "paginationOpts", dict)
    wanted, cursor, end = options.get("numItems"), options.get("cursor"), options.get("endCursor")
    if not isinstance(wanted, float) or not wanted.is_integer() or not (_is_cursor(cursor) and _is_cursor(end)):
        raise ValueError("The argument 'paginationOpts' is no {numItems, cursor, endCursor?}.")
    try:
        page = read(PaginationOptions(num_items=int(wanted), cursor=cursor, end_cursor=end))
    except InvalidCursorError as error:
        raise ValueError(str(error)) from None
    return {
        "page": cast("list[Value]", page.page),
        "isDone": page.is_done,
        "continueCursor": page.continue_cursor,
    }


def _is_cursor(value: Value) -> TypeGuard[str | None]:
    return value is None or isinstance(value, str)
