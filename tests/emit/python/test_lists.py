"""Which queries are written as lists by pages, and what their arguments are called."""

from __future__ import annotations

import re

import pytest

from convexgen.ir import Constrained, Constraint, Field, Function, Module, Page, PaginationOptions, Presence, Type
from tests.emit.python.programs import INT, STRING, generate

OPTIONS = PaginationOptions()
PAGES = Page(STRING)


def head(*args: Field, returns: Type = PAGES, kind: str = "query") -> str:
    """The decorator and the signature of a function, on one line."""
    function = Function("f", "f", kind, "public", args, returns)  # type: ignore[arg-type]
    client = generate([Module("m", "m", (function,))], {})["client.py"]
    written = re.search(r"    (@Wire\w+\(.*?\n    def f\(.*?):\n        raise", client, re.DOTALL)
    assert written is not None
    line = re.sub(r",?\s*\n\s*([\])}])", r"\1", written[1])
    return re.sub(r"\s+", " ", line).replace("( ", "(").replace("{ ", "{")


def options(name: str = "pagination_opts", type_: Type = OPTIONS, presence: Presence = "required") -> Field:
    return Field(name, "paginationOpts", type_, presence)


@pytest.mark.parametrize(
    ("args", "parameters", "renamed"),
    [
        ((options(),), "self, pagination_opts: PaginationOptions", ""),
        (
            (Field("owner", "owner", STRING), options()),
            "self, pagination_opts: PaginationOptions, *, owner: str",
            "",
        ),
        ((options("opts"),), "self, pagination_opts: PaginationOptions", ""),
        (
            (options(), Field("page_size", "pageSize", INT)),
            "self, pagination_opts: PaginationOptions, *, page_size_: WireInt",
            ', "page_size_": "pageSize"',
        ),
        (
            (Field("pagination_opts", "other", STRING), options("opts")),
            "self, pagination_opts: PaginationOptions, *, pagination_opts_: str",
            ', "pagination_opts_": "other"',
        ),
    ],
)
def test_lists(args: tuple[Field, ...], parameters: str, renamed: str) -> None:
    wired = f'{{"pagination_opts": "paginationOpts"{renamed}}}'
    assert head(*args) == f'@WirePaginatedQuery("m:f", {wired}) def f({parameters}) -> WirePage[str]'


def test_limits_change_nothing() -> None:
    limited = Constrained(PAGES, (Constraint("min_length", 1),))
    assert head(options(), returns=limited).startswith('@WirePaginatedQuery("m:f"')


@pytest.mark.parametrize(
    ("args", "returns", "kind", "decorator"),
    [
        ((options(),), STRING, "query", "WireQuery"),
        ((options(presence="absent"),), PAGES, "query", "WireQuery"),
        ((options(type_=STRING),), PAGES, "query", "WireQuery"),
        ((Field("opts", "opts", OPTIONS),), PAGES, "query", "WireQuery"),
        ((), PAGES, "query", "WireQuery"),
        ((options(),), PAGES, "mutation", "WireMutation"),
        ((options(),), PAGES, "action", "WireAction"),
    ],
)
def test_other_functions(args: tuple[Field, ...], returns: Type, kind: str, decorator: str) -> None:
    assert head(*args, returns=returns, kind=kind).startswith(f'@{decorator}("m:f"')
