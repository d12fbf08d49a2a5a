"""What clients and developers are told of an exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from convexgen.runtime.calls import Failure
from convexgen.runtime.database import InvalidCursorError
from convexgen.runtime.program.failures import failure
from tests.runtime.program.conftest import Project

ERRORS = """\
import json
from convexgen import ConvexError

class Rude(Exception):
    def __str__(self) -> str:
        raise RuntimeError("never")

class Silent(Exception):
    pass

def plain() -> None:
    raise ValueError("no good")

def deep() -> None:
    inner = lambda: plain()
    inner()

def silent() -> None:
    raise Silent

def rude() -> None:
    raise Rude

def in_a_library() -> None:
    json.loads("{")

def with_a_cause() -> None:
    try:
        plain()
    except ValueError as error:
        raise KeyError("key") from error

def on_the_way() -> None:
    try:
        plain()
    except ValueError:
        silent()

def hidden() -> None:
    try:
        plain()
    except ValueError:
        raise Silent from None

def group() -> None:
    found = []
    for raising in (plain, silent):
        try:
            raising()
        except Exception as error:
            found.append(error)
    raise ExceptionGroup("both", found)

def in_a_circle() -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    raise first

def half() -> None:
    raise ValueError("half \\ud83d")

def text_data() -> None:
    raise ConvexError("not a member")

def object_data() -> None:
    raise ConvexError({"code": 7, "b": ["x", None]})

def bad_data() -> None:
    raise ConvexError({"code": object})
"""


@pytest.fixture
def raised(project: Project) -> Callable[[str], Failure]:
    project.write(
        "backend/errors.py",
        ERRORS + "\nfrom convexgen import QueryCtx, query\n\n@query\nasync def none(ctx: QueryCtx) -> None: ...\n",
    )
    names: Mapping[str, Any] = project.load().functions["errors:none"].function.handler.__globals__

    def run(name: str) -> Failure:
        try:
            names[name]()
        except Exception as error:
            # The frame of this test is not the project's: it is cut off.
            assert error.__traceback__ is not None
            return failure(error.with_traceback(error.__traceback__.tb_next), ("[LOG] 'x'",))
        raise AssertionError

    return run


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("plain", "Uncaught ValueError: no good\n    at plain (../backend/errors.py:12)"),
        (
            "deep",
            "Uncaught ValueError: no good\n"
            "    at plain (../backend/errors.py:12)\n"
            "    at <lambda> (../backend/errors.py:15)\n"
            "    at deep (../backend/errors.py:16)",
        ),
        ("silent", "Uncaught Silent\n    at silent (../backend/errors.py:19)"),
        ("rude", "Uncaught Rude: <its message cannot be shown>\n    at rude (../backend/errors.py:22)"),
        (
            "in_a_library",
            "Uncaught JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
            "    at in_a_library (../backend/errors.py:25)",
        ),
        (
            "with_a_cause",
            "Uncaught KeyError: 'key'\n"
            "    at with_a_cause (../backend/errors.py:31)\n"
            "Caused by: ValueError: no good\n"
            "    at plain (../backend/errors.py:12)\n"
            "    at with_a_cause (../backend/errors.py:29)",
        ),
        (
            "on_the_way",
            "Uncaught Silent\n"
            "    at silent (../backend/errors.py:19)\n"
            "    at on_the_way (../backend/errors.py:37)\n"
            "Caused by: ValueError: no good\n"
            "    at plain (../backend/errors.py:12)\n"
            "    at on_the_way (../backend/errors.py:35)",
        ),
        ("hidden", "Uncaught Silent\n    at hidden (../backend/errors.py:43)"),
        (
            "group",
            "Uncaught ExceptionGroup: both (2 sub-exceptions)\n"
            "    at group (../backend/errors.py:52)\n"
            "  [1] ValueError: no good\n"
            "      at plain (../backend/errors.py:12)\n"
            "      at group (../backend/errors.py:49)\n"
            "  [2] Silent\n"
            "      at silent (../backend/errors.py:19)\n"
            "      at group (../backend/errors.py:49)",
        ),
        (
            "in_a_circle",
            "Uncaught ValueError: first\n    at in_a_circle (../backend/errors.py:57)\nCaused by: ValueError: second",
        ),
        ("half", "Uncaught ValueError: half \\ud83d\n    at half (../backend/errors.py:60)"),
        (
            "bad_data",
            "Uncaught TypeError: the data of a ConvexError are no value that can be sent: "
            "<class 'type'> is not a type whose values can travel\n"
            "    at bad_data (../backend/errors.py:69)",
        ),
    ],
)
def test_messages(raised: Callable[[str], Failure], name: str, message: str) -> None:
    assert raised(name) == Failure(message, ("[LOG] 'x'",))


def test_convex_errors_have_their_data(raised: Callable[[str], Failure]) -> None:
    assert raised("text_data") == Failure(
        "Uncaught ConvexError: not a member\n    at text_data (../backend/errors.py:63)",
        ("[LOG] 'x'",),
        "not a member",
    )
    assert raised("object_data") == Failure(
        'Uncaught ConvexError: {"b":["x",null],"code":7.0}\n    at object_data (../backend/errors.py:66)',
        ("[LOG] 'x'",),
        {"code": 7.0, "b": ["x", None]},
    )


def test_an_error_of_the_database_keeps_its_words_beside_its_data() -> None:
    error = InvalidCursorError()
    failed = failure(error)
    assert failed.message == f"Uncaught InvalidCursorError: {error}"
    assert failed.data == {"isConvexSystemError": True, "paginationError": "InvalidCursor"}
