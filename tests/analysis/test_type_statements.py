"""`type X = …` and `class Box[T]`, which only Python 3.12 and later can parse. On 3.11 they are syntax errors."""

from __future__ import annotations

import sys

from convexgen import ir
from convexgen.plan import compile_ir
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile

PROGRAM = """\
from pydantic import BaseModel
from convexgen import QueryCtx, query

type Score = int | None
type Pair[T] = list[T]


class Box[T](BaseModel):
    inside: T


@query
async def f(ctx: QueryCtx, score: Score, pair: Pair[str]) -> Box[Score]: ...
"""


def test_type_statements_are_read_where_python_knows_them() -> None:
    source = SourceFile.of("backend/m.py", PROGRAM.encode())
    program, findings = compile_ir(Snapshot((source,), {}), Settings())
    if sys.version_info < (3, 12):
        (finding,) = findings
        assert (finding.rule.name, finding.primary.span.line) == ("syntax-error", 4)
        assert finding.help == "`type X = …` takes Python 3.12: run convexgen with it, or write `X: TypeAlias = …`"
    else:
        assert findings == ()
        assert program is not None
        (module,) = program.modules
        (function,) = module.functions
        assert [field.type for field in function.args] == [ir.Named("m.Score"), ir.ArrayOf(ir.Scalar("string"))]
        assert function.returns == ir.Named("m.Box[m.Score]")
        assert module.types == (
            ir.ObjectDef("m.Box[m.Score]", "BoxScore", (ir.Field("inside", "inside", ir.Named("m.Score")),)),
            ir.AliasDef("m.Score", "Score", ir.UnionOf((ir.Scalar("int"), ir.Scalar("null")))),
        )
