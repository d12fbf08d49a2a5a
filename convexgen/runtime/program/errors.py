"""What is told of a value that does not fit, in the texts that clients of Convex know and match on."""

from __future__ import annotations

import json
from typing import Final

from pydantic import ValidationError

from convexgen.authoring.wire import WireError
from convexgen.runtime.program.checks import Problem
from convexgen.runtime.program.shapes import Direction, Shapes
from convexgen.runtime.program.validator_text import validator_text
from convexgen.runtime.program.value_text import is_identifier, value_text
from convexgen.runtime.values import InvalidValueError

ARGUMENTS: Final = "ArgumentValidationError: "
RETURNS: Final = "ReturnsValidationError: "


class UnfitValueError(InvalidValueError):
    """An argument, result or document of another type than the program says."""


def unfit(
    prefix: str, problem: Problem, shapes: Shapes, direction: Direction, *, stored: bool = False
) -> UnfitValueError:
    """The error for a problem in a value, or in a whole document that is to be `stored`."""
    lines = [prefix + problem.message, path_line(problem.path)]
    if problem.type is not None:
        whole = problem.message.startswith("Object ")
        text = validator_text(shapes, problem.type, direction, stored=stored and not problem.path)
        lines += [f"{'Object' if whole else 'Value'}: {value_text(problem.value)}", f"Validator: {text}"]
    return UnfitValueError("\n".join(lines))


def unreadable(prefix: str, error: Exception, path: tuple[str | int, ...] = ()) -> UnfitValueError:
    """The error for a value that only Python found wrong: pydantic, a constructor, or the class of an object."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        return _reason(prefix, first["msg"], (*path, *first["loc"]))
    if isinstance(error, WireError):
        return _reason(prefix, error.message, (*path, *error.path))
    return _reason(prefix, str(error) or type(error).__name__, path)


def _reason(prefix: str, message: str, path: tuple[str | int, ...]) -> UnfitValueError:
    return UnfitValueError("\n".join([prefix + message, *([path_line(path)] if path else [])]))


def path_line(path: tuple[str | int, ...]) -> str:
    """`Path: .cards[0].title`; an empty line for the value itself."""
    return f"Path: {''.join(map(_step, path))}" if path else ""


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if is_identifier(key) else f"[{json.dumps(key, ensure_ascii=False)}]"
