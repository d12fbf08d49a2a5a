"""Writes the import statements that generated files begin with."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from convexgen.emit.python.layout import COLUMNS, Bracketed, exploded
from convexgen.emit.python.names import (
    COLLECTIONS,
    RUNTIME_ASYNC_CALLS,
    RUNTIME_ASYNC_FILES,
    RUNTIME_CALLS,
    RUNTIME_FILES,
    RUNTIME_MODELS,
    RUNTIME_VALUES,
    TYPING,
)

_SOURCES = (
    ("collections.abc", COLLECTIONS),
    ("typing", TYPING),
    ("pydantic", frozenset({"WireField"})),
    ("typing_extensions", frozenset({"deprecated"})),
    (".runtime.async_calls", RUNTIME_ASYNC_CALLS),
    (".runtime.async_files", RUNTIME_ASYNC_FILES),
    (".runtime.calls", RUNTIME_CALLS),
    (".runtime.files", RUNTIME_FILES),
    (".runtime.models", RUNTIME_MODELS),
    (".runtime.values", RUNTIME_VALUES),
)
_IMPORTED_AS = {"WireField": "Field", "WirePage": "Page"}
"""Names that users like for types of their own, which stand in the same file."""


def import_lines(used: AbstractSet[str], *, checking: bool = False, flavour: str = "") -> str:
    """The statements that import the `used` names, in isort's order; `checking` adds `TYPE_CHECKING`.

    `flavour` says whose names for calling are meant: those of ordinary code (empty) or asynchronous code (`"Async"`).
    """
    others = ".runtime.calls" if flavour else ".runtime.async_calls"
    groups = ["import builtins\n" if "builtins" in used else "", "", ""]
    for module, names in _SOURCES:
        wanted = set(names & used) if module != others else set()
        if checking and module == "typing":
            wanted.add("TYPE_CHECKING")
        if wanted:
            groups[_group(module)] += _statements(module, wanted)
    return "\n".join(filter(None, groups))


def _group(module: str) -> int:
    """0 for the standard library, 1 for other packages, 2 for this one."""
    if module.startswith("."):
        return 2
    return 0 if module in ("collections.abc", "typing") else 1


def _statements(module: str, names: AbstractSet[str]) -> str:
    """The statements that import `names`: isort gives each that is renamed one of its own."""
    plain = sorted((name for name in names if name not in _IMPORTED_AS), key=_rank)
    written = {_rank(_IMPORTED_AS[name]): f"{_IMPORTED_AS[name]} as {name}" for name in names if name in _IMPORTED_AS}
    lines = {rank: f"from {module} import {text}\n" for rank, text in written.items()}
    if plain:
        lines[_rank(plain[0])] = _statement(f"from {module} import ", plain)
    return "".join([line for _, line in sorted(lines.items())])


def _rank(name: str) -> tuple[bool, bool, str]:
    """Constants first, then classes, then all else."""
    return (not name.isupper(), not name[0].isupper(), name)


def _statement(head: str, names: list[str]) -> str:
    one_line = head + ", ".join(names)
    if len(one_line) <= COLUMNS:
        return f"{one_line}\n"
    return exploded(Bracketed(f"{head}(", names, ")"), 0) + "\n"
