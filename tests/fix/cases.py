"""What each mend makes of a file: a name, the rules whose findings go, the file before and after."""

# ruff: noqa: E501 - a text is one line, however long

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    rules: tuple[str, ...]
    before: str
    after: str


IMPORTS = "from convexgen import MutationCtx, QueryCtx, mutation, query\n\n\n"
"""The head of a module of functions that lacks nothing."""


def function(rule: str, before: str, after: str) -> Case:
    return Case((rule,), IMPORTS + before, IMPORTS + after)


def context(import_before: str, import_after: str) -> Case:
    """A function whose context is not annotated, under an import that does not bring the context's type."""
    text = "\n\n\n@query\nasync def f(ctx{}) -> None: ...\n"
    return Case(("wrong-context",), import_before + text.format(""), import_after + text.format(": QueryCtx"))


def table(rule: str, before: str, after: str, imports: str = "Index, Table") -> Case:
    head = "from convexgen import {}\n\n\nclass Post(Table, name='posts'):\n    a: str\n    b: str\n"
    return Case((rule,), head.format(imports) + before, head.format(imports) + after)


def field(before: str, after: str, import_before: str, import_after: str) -> Case:
    head = "from convexgen import {}\n\n\nclass Post(Table, name='posts'):\n"
    return Case(("misplaced-unset",), head.format(import_before) + before, head.format(import_after) + after)


FUNCTIONS: dict[str, Case] = {
    "not async": function(
        "not-async",
        "@query  # one\n\n# two\ndef f( ctx :QueryCtx )->None :  # three\n\tpass\n",
        "@query  # one\n\n# two\nasync def f( ctx :QueryCtx )->None :  # three\n\tpass\n",
    ),
    "called decorator": function(
        "decorator-call",
        "@query( )  # why\nasync def f(ctx: QueryCtx) -> None: ...\n",
        "@query  # why\nasync def f(ctx: QueryCtx) -> None: ...\n",
    ),
    "called decorator of the package": Case(
        ("decorator-call",),
        "import convexgen as c\n\n\n@c.query()\nasync def f(ctx: c.QueryCtx) -> None: ...\n",
        "import convexgen as c\n\n\n@c.query\nasync def f(ctx: c.QueryCtx) -> None: ...\n",
    ),
    "no return type": function(
        "missing-return-type",
        "@mutation\nasync def f(\n    ctx: MutationCtx,  # it\n):\n    def inner() -> int:\n        return 3\n\n    return None\n",
        "@mutation\nasync def f(\n    ctx: MutationCtx,  # it\n) -> None:\n    def inner() -> int:\n        return 3\n\n    return None\n",
    ),
    "all at once": Case(
        ("not-async", "wrong-context", "missing-return-type"),
        "from convexgen import query\n\n\n@query\ndef f(limit: int):\n    pass\n",
        "from convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx, limit: int) -> None:\n    pass\n",
    ),
    "no context": function(
        "wrong-context",
        "@mutation\nasync def f() -> None: ...\n",
        "@mutation\nasync def f(ctx: MutationCtx) -> None: ...\n",
    ),
    "no context before arguments": function(
        "wrong-context",
        "@query\nasync def f(limit: int = 3, *, text: str) -> None: ...\n",
        "@query\nasync def f(ctx: QueryCtx, limit: int = 3, *, text: str) -> None: ...\n",
    ),
    "no context before arguments by name": function(
        "wrong-context",
        "@query\nasync def f(*, text: str) -> None: ...\n",
        "@query\nasync def f(ctx: QueryCtx, *, text: str) -> None: ...\n",
    ),
    "no context before arguments on lines": function(
        "wrong-context",
        "@query\nasync def f(  # all of it\n    # most\n    limit: int,  # at most\n    text: str,\n) -> None: ...\n",
        "@query\nasync def f(  # all of it\n    # most\n    ctx: QueryCtx,\n    limit: int,  # at most\n    text: str,\n) -> None: ...\n",
    ),
    "context without annotation": context(
        "from convexgen import QueryCtx, query", "from convexgen import QueryCtx, query"
    ),
    "context under another name": Case(
        ("wrong-context",),
        "from convexgen import QueryCtx as Q, query\n\n\n@query\nasync def f(_ctx) -> None: ...\n",
        "from convexgen import QueryCtx as Q, query\n\n\n@query\nasync def f(_ctx: Q) -> None: ...\n",
    ),
    "context of the package": Case(
        ("wrong-context",),
        "import convexgen\n\n\n@convexgen.query\nasync def f(ctx) -> None: ...\n",
        "import convexgen\n\n\n@convexgen.query\nasync def f(ctx: convexgen.QueryCtx) -> None: ...\n",
    ),
    "context with a star": context("from convexgen import *", "from convexgen import *"),
    "import added first": context("from convexgen import query", "from convexgen import QueryCtx, query"),
    "import added between": context("from convexgen import Id, query", "from convexgen import Id, QueryCtx, query"),
    "import added last to names out of order": context(
        "from convexgen import query, Id  # ours", "from convexgen import query, Id, QueryCtx  # ours"
    ),
    "import added in parentheses": context(
        "from convexgen import (Id, query)", "from convexgen import (Id, QueryCtx, query)"
    ),
    "import added on a line": context(
        "from convexgen import (  # ours\n    Id,  # of what\n    query,\n)",
        "from convexgen import (  # ours\n    Id,  # of what\n    QueryCtx,\n    query,\n)",
    ),
    "import added on the first line": context(
        "from convexgen import (\n\t# ours\n\tquery,\n)", "from convexgen import (\n\t# ours\n\tQueryCtx,\n\tquery,\n)"
    ),
    "import added on the last line": context(
        "from convexgen import (\n    query,\n    Id,\n)",
        "from convexgen import (\n    query,\n    Id,\n    QueryCtx,\n)",
    ),
    "import added before the last line, which has a comment": context(
        "from convexgen import (\n    query,\n    Id,  # of what\n)",
        "from convexgen import (\n    query,\n    QueryCtx,\n    Id,  # of what\n)",
    ),
    "import added to the first of two": context(
        "from convexgen import Id\nfrom convexgen import query",
        "from convexgen import Id, QueryCtx\nfrom convexgen import query",
    ),
    "context not imported": Case(
        ("wrong-context",),
        "from convexgen import query\n\n\n@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
        "from convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    ),
    "name not imported": Case(
        ("unknown-name", "unknown-name"),
        "from convexgen import QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx, n: Int64) -> 'list[Int64]': ...\n",
        "from convexgen import Int64, QueryCtx, query\n\n\n@query\nasync def f(ctx: QueryCtx, n: Int64) -> 'list[Int64]': ...\n",
    ),
    "name of the package": Case(
        ("unknown-name",),
        "import convexgen\n\n\n@convexgen.query\nasync def f(ctx: convexgen.QueryCtx, n: Int64) -> None: ...\n",
        "import convexgen\n\n\n@convexgen.query\nasync def f(ctx: convexgen.QueryCtx, n: convexgen.Int64) -> None: ...\n",
    ),
    "nothing as a default": function(
        "default-type",
        "@query\nasync def f(ctx: QueryCtx, a: int=None, *, b: list[str] | int = None) -> None: ...\n",
        "@query\nasync def f(ctx: QueryCtx, a: int | None=None, *, b: list[str] | int | None = None) -> None: ...\n",
    )._replace(rules=("default-type", "default-type")),
    "after wide characters": function(
        "not-async",
        "x = 'ä𝒳'; y = 1\n\n\n@query\ndef größe_(ctx: QueryCtx) -> None: ...  # 漢\n".replace("größe_", "f"),
        "x = 'ä𝒳'; y = 1\n\n\n@query\nasync def größe_(ctx: QueryCtx) -> None: ...  # 漢\n".replace("größe_", "f"),
    ),
    "argument that can be left out": Case(
        ("misplaced-unset",),
        "from convexgen import QueryCtx, Unset, query\n\n\n@query\nasync def f(ctx: QueryCtx, a: int | Unset, *, b: str) -> None: ...\n",
        "from convexgen import UNSET, QueryCtx, Unset, query\n\n\n@query\nasync def f(ctx: QueryCtx, a: int | Unset = UNSET, *, b: str) -> None: ...\n",
    ),
}

TABLES: dict[str, Case] = {
    "duplicate index": table(
        "duplicate-index",
        "\n    by_a = Index('a')  # stays\n    by_x = Index( 'a' )\n\n    by_b = Index('b')\n",
        "\n    by_a = Index('a')  # stays\n\n    by_b = Index('b')\n",
    ),
    "three equal indexes": Case(
        ("duplicate-index", "duplicate-index"),
        *table("", "    i = Index('a')\n    j = Index('a')\n    k = Index('a')\n", "    i = Index('a')\n")[1:],
    ),
    "blank line before an index that goes": table(
        "duplicate-index",
        "    by_a = Index('a')\n\n    by_x = Index('a')\n    by_b = Index('b')\n",
        "    by_a = Index('a')\n\n    by_b = Index('b')\n",
    ),
    "creation time at the end": table(
        "system-field-in-index",
        "    by_a = Index('a', 'creation_time')\n",
        "    by_a = Index('a')\n",
    ),
    "creation time before a name": table(
        "system-field-in-index",
        "    by_a = Index('a', 'creation_time', name='x')\n",
        "    by_a = Index('a', name='x')\n",
    ),
    "creation time on a line": table(
        "system-field-in-index",
        "    by_a = Index(\n        'a',  # first\n        'b',\n        '_creationTime',\n    )\n",
        "    by_a = Index(\n        'a',  # first\n        'b',\n    )\n",
    ),
    "creation time on a line without a comma": table(
        "system-field-in-index",
        "    by_a = Index(\n        'a',\n        'creation_time'\n    )\n",
        "    by_a = Index(\n        'a'\n    )\n",
    ),
    "unset without a default": field(
        "    a: int | Unset\n", "    a: int | Unset = UNSET\n", "Table, Unset", "UNSET, Table, Unset"
    ),
    "unset in a deprecated class": Case(
        ("misplaced-unset",),
        "from typing_extensions import deprecated\nfrom convexgen import *\n\n\n@deprecated('Old.')\nclass Post(Table, name='posts'):\n    a: int = UNSET\n    b: int\n",
        "from typing_extensions import deprecated\nfrom convexgen import *\n\n\n@deprecated('Old.')\nclass Post(Table, name='posts'):\n    a: int | Unset = UNSET\n    b: int\n",
    ),
    "unset default without the type": field(
        "    a: int|None=UNSET  # maybe\n",
        "    a: int|None | Unset=UNSET  # maybe\n",
        "UNSET, Table",
        "UNSET, Table, Unset",
    ),
}

UNSAFE: dict[str, Case] = {
    "second decorator": function(
        "decorator-call",
        "@query\n@mutation\nasync def f(ctx: QueryCtx) -> None: ...\n",
        "@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    ),
    "context of another kind": function(
        "wrong-context",
        "@query\nasync def f(c: MutationCtx) -> None: ...\n",
        "@query\nasync def f(c: QueryCtx) -> None: ...\n",
    ),
    "context in quotes": function(
        "wrong-context",
        "@query\nasync def f(ctx: 'MutationCtx') -> None: ...\n",
        "@query\nasync def f(ctx: QueryCtx) -> None: ...\n",
    ),
    "sets": Case(
        ("unsupported-type", "unsupported-type"),
        "from typing import FrozenSet\n"
        + IMPORTS
        + "@query\nasync def f(ctx: QueryCtx, a: FrozenSet[ str ]) -> dict[str, set[int]]: ...\n",
        "from typing import FrozenSet\n"
        + IMPORTS
        + "@query\nasync def f(ctx: QueryCtx, a: list[ str ]) -> dict[str, list[int]]: ...\n",
    ),
}

UNSAFE_TABLES: dict[str, Case] = {
    "redundant index": table(
        "redundant-index",
        "\n    by_a = Index('a')\n    by_a_b = Index('a', 'b')\n",
        "\n    by_a_b = Index('a', 'b')\n",
    ),
    "misspelled field": table("unknown-index-field", '    by_a = Index("a", "bb")\n', '    by_a = Index("a", "b")\n'),
}

LEFT_ALONE: dict[str, str] = {
    "generator": IMPORTS + "@query\ndef f(ctx: QueryCtx) -> None:\n    yield 1\n",
    "value returned": IMPORTS
    + "@query\nasync def f(ctx: QueryCtx):\n    if ctx:\n        return\n    return ctx.nothing\n",
    "decorator with arguments": IMPORTS + "@query(3)\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "comment in a call": IMPORTS + "@query(  # why\n)\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "second decorator, called": IMPORTS + "@query\n@mutation()\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "argument that may be the context": IMPORTS + "@query\nasync def f(limit) -> None: ...\n",
    "context that is not the first": IMPORTS + "@query\nasync def f(limit: int, ctx: QueryCtx) -> None: ...\n",
    "context before positional ones": IMPORTS + "@query\nasync def f(limit: int, /) -> None: ...\n",
    "name that means something else": "from convexgen import query\n\n\nclass QueryCtx: ...\n\n\n@query\nasync def f(ctx) -> None: ...\n",
    "set of nothing": IMPORTS + "@query\nasync def f(ctx: QueryCtx, a: set) -> None: ...\n",
    "set of sets": IMPORTS + "@query\nasync def f(ctx: QueryCtx) -> set[frozenset[int]]: ...\n",
    "set in quotes": IMPORTS + "@query\nasync def f(ctx: QueryCtx, a: 'set[int]') -> None: ...\n",
    "list that is a function": IMPORTS + "@query\nasync def list(ctx: QueryCtx) -> set[int]: ...\n",
    "name of ours that is no type": IMPORTS + "@query\nasync def f(ctx: QueryCtx, a: Table) -> None: ...\n",
    "default that must not come first": "from convexgen import *\n\n\n@query\nasync def f(ctx: QueryCtx, a: int | Unset, b: int) -> None: ...\n",
    "syntax error": "@query(\ndef f(): ...\n",
    "form that is not UTF-8": "# coding: latin-1\n" + IMPORTS + "@query\ndef f(ctx: QueryCtx) -> None: ...  # ä\n",
}

TABLES_LEFT_ALONE: dict[str, str] = {
    name: f"from typing import Annotated\nfrom pydantic import Field\nfrom convexgen import *\n\n\nclass Post(Table, name='posts'):\n    a: str\n    b: str\n{text}"
    for name, text in {
        "index that is used": "    by_b = Index('b')\n    by_name = Index('b')\n",
        "index with a comment": "    by_b = Index('b')\n    by_x = Index('b')  # why\n",
        "index under a comment": "    by_b = Index('b')\n    # why\n    by_x = Index('b')\n",
        "index with a text": "    by_b = Index('b')\n    by_x = Index('b')\n    '''Why.'''\n",
        "index beside something": "    by_b = Index('b')\n    by_x = Index('b'); c: int = 3\n",
        "index of two names": "    by_b = Index('b')\n    by_x = by_y = Index('b')\n",
        "creation time first": "    by_b = Index('creation_time', 'b')\n",
        "creation time alone": "    by_b = Index('creation_time')\n",
        "creation time with a comment": "    by_b = Index(\n        'b',\n        'creation_time',  # why\n    )\n",
        "id": "    by_b = Index('b', 'id')\n",
        "field that is not close": "    by_b = Index('something')\n",
        "unset and another default": "    c: int | Unset = 3\n",
        "nothing around a quoted type": "    c: 'Post' = None\n",
        "nothing in a call": "    c: int = Field(default=None)\n",
        "unset around metadata": "    c: Annotated[int, Ge(3)] = UNSET\n",
        "unset around a quoted type": "    c: 'Post' = UNSET\n",
    }.items()
}
TABLES_LEFT_ALONE["unset in a dataclass"] = (
    "from dataclasses import dataclass\nfrom convexgen import *\n\n\n"
    "@dataclass\nclass Card:\n    a: int | Unset\n    b: int\n\n\n"
    "class Post(Table, name='posts'):\n    card: Card\n"
)
TABLES_LEFT_ALONE["index that another class repeats"] = (
    "from convexgen import *\n\n\nclass Base(Table):\n    a: str\n    by_a = Index('a')\n\n\n"
    "class Post(Base, name='posts'):\n    by_x = Index('a')\n"
)
