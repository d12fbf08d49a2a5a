"""What was raised while a function ran, as clients and developers are told of it.

Rendering never raises, whatever the exceptions of users do when they are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from convexgen.authoring.errors import ConvexError
from convexgen.authoring.unset import UNSET, Unset
from convexgen.authoring.wire import WireError, dump
from convexgen.runtime.calls import Failure
from convexgen.runtime.program.errors import UnfitValueError
from convexgen.runtime.program.frames import frames_of
from convexgen.runtime.values import Value, admitted, canonical

_DEEPEST: Final = 8
_WIDEST: Final = 16
"""Causes of causes, and exceptions of one group, that are told."""


def failure(error: BaseException, log_lines: tuple[str, ...] = ()) -> Failure:
    """The outcome of a run that ended with `error`."""
    data: Value | Unset = UNSET
    if isinstance(error, ConvexError):
        try:
            data = admitted(dump(error.data))
        except Exception as unfit:
            return Failure(error_text(_bad_data(error, unfit)), log_lines)
    return Failure(error_text(error, data), log_lines, data)


def error_text(error: BaseException, data: Value | Unset = UNSET) -> str:
    """`Uncaught ValueError: message`, the frames of users' code, and what led to it."""
    head = _head(error, data)
    if not isinstance(error, UnfitValueError):
        head = f"Uncaught {head}"
    return "\n".join([head, *_below(error, {id(error)}, 0)])


def _bad_data(error: ConvexError, unfit: Exception) -> TypeError:
    bad = TypeError(f"the data of a ConvexError are no value that can be sent: {_message(unfit)}")
    return bad.with_traceback(error.__traceback__)


def _head(error: BaseException, data: Value | Unset) -> str:
    if isinstance(error, UnfitValueError):
        return _message(error)
    name, message = type(error).__name__, _message(error)
    if data is not UNSET and type(error).__str__ is BaseException.__str__:
        message = _data_text(data)  # unless it has words of its own
    return f"{name}: {message}" if message else name


def _data_text(data: Value) -> str:
    return data if isinstance(data, str) else canonical(data)


def _message(error: BaseException) -> str:
    try:
        text = str(error)
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()
    except Exception:
        return "<its message cannot be shown>"
    return "\n".join(line for line in text.split("\n") if not line.startswith("    For further information visit "))


def _below(error: BaseException, seen: set[int], depth: int) -> Iterator[str]:
    """The lines below the first one."""
    try:
        for function, file, line in frames_of(error.__traceback__):
            yield f"    at {function} (../{file}:{line})"
    except Exception:
        yield "    at <unknown>"
    if depth == _DEEPEST:
        return
    if isinstance(error, BaseExceptionGroup):
        for number, each in enumerate(error.exceptions[:_WIDEST], 1):
            yield from (f"  {line}" for line in _other(f"[{number}] ", each, seen, depth))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    has_been_told = isinstance(error, UnfitValueError) and isinstance(cause, WireError)
    if cause is not None and not has_been_told:
        yield from _other("Caused by: ", cause, seen, depth)


def _other(prefix: str, error: BaseException, seen: set[int], depth: int) -> Iterator[str]:
    if id(error) not in seen:
        seen.add(id(error))
        yield prefix + _head(error, UNSET)
        yield from _below(error, seen, depth + 1)
