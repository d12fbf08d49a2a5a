"""Writes the import statements that generated files begin with."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from convexgen.emit.python.layout import Bracketed, exploded
from convexgen.emit.python.names import COLLECTIONS, RUNTIME_CALLS, RUNTIME_MODELS, RUNTIME_VALUES, TYPING

_SOURCES = (
    ("collections.abc", COLLECTIONS),
    ("typing", TYPING),
    ("pydantic", frozenset({"Field"})),
    ("typing_extensions", frozenset({"deprecated"})),
    (".runtime.calls", RUNTIME_CALLS),
    (".runtime.models", RUNTIME_MODELS),
    (".runtime.values", RUNTIME_VALUES),
)


def import_lines(used: AbstractSet[str], *, checking: bool = False) -> str:
    """The statements that import the `used` names, in isort's order; `checking` adds `TYPE_CHECKING`."""
    groups = ["import builtins\n" if "builtins" in used else "", "", ""]
    for module, names in _SOURCES:
        wanted = set(names & used)
        if checking and module == "typing":
            wanted.add("TYPE_CHECKING")
        if wanted:
            groups[_group(module)] += _statement(module, wanted)
    return "\n".join(filter(None, groups))


def _group(module: str) -> int:
    """0 for the standard library, 1 for other packages, 2 for this one."""
    if module.startswith("."):
        return 2
    return 0 if module in ("collections.abc", "typing") else 1


def _statement(module: str, names: AbstractSet[str]) -> str:
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    head = f"from {module} import "
    one_line = head + ", ".join(ordered)
    if len(one_line) <= 88:
        return f"{one_line}\n"
    return exploded(Bracketed(f"{head}(", ordered, ")"), 0) + "\n"
