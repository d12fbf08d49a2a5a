"""What a function of the system is, and how one is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.values import Value

Work: TypeAlias = Callable[[Run, Mapping[str, Value]], Value]
"""Given a run at a snapshot and the arguments as wire values, gives the result as a wire value.

Raises `ValueError` for arguments that nobody may give; its text is what the client is told. What a query reads through
the run's transaction keeps it live; it asks nothing else that changes but what a deployment changes.
"""


@dataclass(frozen=True, slots=True)
class SystemFunction:
    """`path` is canonical: `_system/cli/tables:default`. Only administrators may call it."""

    path: str
    kind: Literal["query", "mutation"]
    work: Work


def by_path(functions: Iterable[SystemFunction]) -> Mapping[str, SystemFunction]:
    """All of them by their paths. Raises `ValueError` where two have one path."""
    known: dict[str, SystemFunction] = {}
    for function in functions:
        if known.setdefault(function.path, function) is not function:
            raise ValueError(f"two functions of the system are called {function.path}")
    return known
