"""The oracle on the corners of Python: what was once read wrongly, or looked as if it could be."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from convexgen.dev.two_readings import differences
from convexgen.diagnostics import Diagnostic
from convexgen.ir import Ir, ObjectDef
from convexgen.plan import compile_ir
from convexgen.runtime.reflect import reflect
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from tests.oracle.corners import (
    AGREED,
    AGREED_SCHEMAS,
    FUNCTION,
    REFUSED,
    REFUSED_SCHEMAS,
    SCHEMA,
    TYPES,
)
from tests.oracle.importing import imported
from tests.strategies.programs import Program


def _with_types(text: str) -> dict[str, str]:
    return {"backend/schema.py": SCHEMA, "backend/types.py": TYPES + text + FUNCTION}


_PROGRAMS = {
    **{name: {"backend/schema.py": SCHEMA + text} for name, text in AGREED_SCHEMAS.items()},
    **{
        name: {"backend/schema.py": SCHEMA, "backend/types.py": TYPES + text + FUNCTION}
        for name, text in AGREED.items()
    },
}
_REFUSED = {
    **{name: (rule, {"backend/schema.py": SCHEMA + text}) for name, (rule, text) in REFUSED_SCHEMAS.items()},
    **{name: (rule, _with_types(text)) for name, (rule, text) in REFUSED.items()},
}


def read(files: dict[str, str]) -> tuple[Ir | None, tuple[Diagnostic, ...], Snapshot]:
    snapshot = Program(files).snapshot()
    return *compile_ir(snapshot, Settings()), snapshot


def reflected(files: dict[str, str], snapshot: Snapshot, root: Path) -> Ir:
    Program(files).write(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydantic tells of some of these corners
        with imported(root, "backend", snapshot) as modules:
            return reflect(modules, "camel")


@pytest.mark.parametrize("name", _PROGRAMS)
def test_both_agree(name: str, tmp_path: Path) -> None:
    ours, findings, snapshot = read(_PROGRAMS[name])
    assert ours is not None, findings
    assert differences(ours, reflected(_PROGRAMS[name], snapshot, tmp_path)) == []


def test_a_view_elsewhere_of_a_table_that_waits_for_names(tmp_path: Path) -> None:
    """Pydantic would look for `Later` where the view stands, if the table did not do so itself before."""
    schema = "class Early(Table, name='earlies'):\n    at: Later\n\n\nclass Later(BaseModel):\n    x: int\n"
    views = (
        "from convexgen import QueryCtx, query\nfrom . import schema\n\n\n"
        "class X(schema.Early, view=True):\n    q: int\n\n\n"
        "@query\nasync def show(ctx: QueryCtx) -> X: ...\n"
    )
    files = {"backend/schema.py": SCHEMA + schema, "backend/views.py": views}
    ours, findings, snapshot = read(files)
    assert ours is not None, findings
    assert differences(ours, reflected(files, snapshot, tmp_path)) == []


@pytest.mark.parametrize("name", _REFUSED)
def test_both_refuse(name: str, tmp_path: Path) -> None:
    rule, files = _REFUSED[name]
    _, findings, snapshot = read(files)
    assert [each.rule.name for each in findings if each.stops_generation] == [rule]
    with pytest.raises(TypeError):
        reflected(files, snapshot, tmp_path)


def test_a_default_that_is_computed_is_known_only_at_run_time(tmp_path: Path) -> None:
    """The one fact that reflection knows and the reader does not; to both it is a default."""
    text = "class X(BaseModel):\n    a: int = 60 * 60\n    b: str = str(1)"
    files = _with_types(text)
    ours, _, snapshot = read(files)
    assert ours is not None
    theirs = reflected(files, snapshot, tmp_path)
    (mine,), (other,) = (program.modules[-1].types for program in (ours, theirs))
    assert isinstance(mine, ObjectDef) and isinstance(other, ObjectDef)
    assert [(each.presence, each.default) for each in mine.fields] == [("defaulted", None)] * 2
    assert [each.default.value for each in other.fields if each.default] == [3600, "1"]
