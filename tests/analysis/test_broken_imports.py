"""An import that leads nowhere is told where it stands, and not again wherever its name is used."""

from __future__ import annotations

import pytest

from convexgen.plan import compile_ir
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile

IMPORTS = "from typing import Annotated\nfrom convexgen import *\nfrom .nowhere import gone\n\n\n"
USES = {
    "type": "@internal_query\nasync def f(ctx: QueryCtx, a: list[gone]) -> gone.inner: ...\n",
    "id": "@internal_query\nasync def f(ctx: QueryCtx, a: Id[gone]) -> None: ...\n",
    "limit": "@internal_query\nasync def f(ctx: QueryCtx, a: Annotated[str, MaxLen(gone)]) -> None: ...\n",
    "default": "@internal_query\nasync def f(ctx: QueryCtx, a: str = gone) -> None: ...\n",
    "decorator": "@internal_query\n@gone\nasync def f(ctx: QueryCtx) -> None: ...\n",
    "context": "@internal_query\nasync def f(ctx: gone.QueryCtx) -> None: ...\n",
    "base": "class A(gone):\n    a: str\n\n\nclass B(A):\n    b: str\n\n\n"
    "@internal_query\nasync def f(ctx: QueryCtx) -> B: ...\n",
    "variant": "class A(gone, variant=True):\n    a: str\n\n\nclass B(Table, name='b'):\n    a: A\n",
    "view": "class A(View[gone]):\n    a: str\n\n\nclass C(A):\n    c: str\n\n\nclass B(Table, name='b'):\n    a: C\n",
    "view of a broken class": "class A(gone, view=True):\n    a: str\n\n\nclass B(Table, name='b'):\n    a: A\n",
    "name of a table": "class A(Table, name=gone):\n    a: str\n",
    "field of an index": "class A(Table, name='a'):\n    a: str\n    by_a = Index(gone, name=gone.other)\n",
    "filters": "class A(Table, name='a'):\n    a: str\n    by_a = SearchIndex('a', filter_fields=gone)\n",
    "dimensions": "class A(Table, name='a'):\n    a: list[float]\n    by_a = VectorIndex('a', dimensions=gone)\n",
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_broken_import_is_told_once(use: str) -> None:
    source = SourceFile.of("backend/schema.py" if "Table" in use else "backend/a.py", (IMPORTS + use).encode())
    _, findings = compile_ir(Snapshot((source,), {}), Settings())
    assert [(each.rule.name, each.primary.span.line) for each in findings] == [("unresolved-import", 3)]
