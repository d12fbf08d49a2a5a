"""A functions folder imported for a moment, and forgotten again."""

from __future__ import annotations

import importlib
import sys
import typing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from convexgen.analysis.analyse import module_name
from convexgen.runtime.reflect import Modules, import_modules
from convexgen.snapshot import Snapshot


@contextmanager
def imported(root: Path, source: str, snapshot: Snapshot) -> Iterator[Modules]:
    """The modules of `snapshot`, whose functions folder `source` lies below `root`; afterwards as if never imported."""
    before = set(sys.modules)
    writes_bytecode = sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # fixtures are read, not written; and programs of one name may follow one another
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        yield import_modules(source, [module_name(each.path, source) for each in snapshot.sources])
    finally:
        sys.path.remove(str(root))
        sys.dont_write_bytecode = writes_bytecode
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == source:
                del sys.modules[name]
        forget_types()


def forget_types() -> None:
    """Empty the caches of `typing`, to which `list[int | str]` and `list[str | int]` are one type: the first it saw."""
    for clear in typing._cleanups:  # type: ignore[attr-defined]  # the standard library's own tests do the same
        clear()
