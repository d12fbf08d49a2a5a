"""What is kept of a client's mutation in the same commit, so that it is not done again when it comes again."""

from __future__ import annotations

from convexgen.runtime.calls import SessionRequest, Success
from convexgen.runtime.commits import EXPIRING
from convexgen.runtime.values import Value, canonical, from_canonical


def name_of(request: SessionRequest) -> str:
    return f"{EXPIRING}{request.session_id}/{request.request_id}"


def recorded(outcome: Success) -> bytes:
    """What is written down of an outcome."""
    lines: list[Value] = list(outcome.log_lines)
    return canonical([outcome.value, lines]).encode()


def remembered(record: bytes) -> Success:
    """The outcome that was written down."""
    found = from_canonical(record.decode())
    assert isinstance(found, list)
    value, lines = found
    assert isinstance(lines, list)
    return Success(value, tuple(str(line) for line in lines))
