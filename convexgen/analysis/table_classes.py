"""Which table a class belongs to, and what that table is called."""

from __future__ import annotations

from convexgen.analysis import constants
from convexgen.analysis.classes import ClassRef, keyword, kind_of, linearised
from convexgen.analysis.resolve import Program


def table_of(program: Program, ref: ClassRef) -> ClassRef | None:
    """The table that a table, a variant or a view belongs to."""
    kind = kind_of(program, ref)
    if kind == "table":
        return ref
    if kind in ("variant", "view"):
        for ancestor in linearised(program, ref)[1:]:
            if kind_of(program, ancestor) == "table":
                return ancestor
    return None


def table_name(program: Program, ref: ClassRef) -> str | None:
    """The name that the table class gives itself, if it is a string that can be read."""
    found = keyword(ref, "name")
    known = constants.evaluate(program, ref.module, found.value) if found is not None else None
    return known.value if known is not None and isinstance(known.value, str) else None
