"""Which table a class belongs to, and what that table is called."""

from __future__ import annotations

from convexgen.analysis import constants
from convexgen.analysis.classes import ClassRef, class_of, keyword, kind_of, linearised
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


def table_called(program: Program, module: str, name: str) -> str | None:
    """The class, as it is known in `module`, of the table that is called `name`."""
    for known in program.names(module):
        ref = class_of(program.lookup(module, known))
        if ref is not None and table_of(program, ref) == ref and table_name(program, ref) == name:
            return known
    return None
