"""What the functions of `fixtures/clients` answer, as clients tell it: JSON, in the encoding of the wire."""

from __future__ import annotations

from typing import Any

from tests.clients.driver import Event

REFUSED = {
    "code": "refused",
    "retry": False,
    "after": 1.5,
    "since": {"$integer": "BwAAAAAAAAA="},
    "key": {"$bytes": "AP8="},
    "of": ["a", None],
}
"""The data of the errors that `failures` raises on purpose."""

MADE_BY_PYTHON = {
    "whole": 5,
    "half": 0.5,
    "notANumber": {"$float": "AAAAAAAA+H8="},
    "infinite": {"$float": "AAAAAAAA8P8="},
    "minusZero": {"$float": "AAAAAAAAAIA="},
    "big": {"$integer": "/////////38="},
    "smallest": {"$integer": "AAAAAAAAAIA="},
    "data": {"$bytes": "AAH+/w=="},
    "nothing": None,
    "text": 'quote " backslash \\ é 😀 \u2028',
    "nested": {"a": [1, 2], "b": []},
}
"""The result of `values:specimens`."""


def kind_and_data(event: Event) -> tuple[Any, ...]:
    """An outcome without the text of errors: a value, or the class of an error and its data if it has any."""
    match event.value:
        case {"kind": kind, "message": _, "data": data}:
            return kind, data
        case {"kind": kind, "message": _}:
            return (kind,)
        case value:
            return (value,)
