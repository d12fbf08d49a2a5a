"""Stands in until `runtime.program` has its loader."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from convexgen.naming import Naming
from convexgen.runtime.program.live import Program
from convexgen.runtime.program.loading import load_program


class LoadError(Exception):
    pass


class Loader:
    def __init__(self, root: Path, source: str) -> None:
        self._package = source.replace("/", ".")
        sys.path.insert(0, str(root))
        sys.dont_write_bytecode = True

    def load(self, modules: Iterable[str], naming: Naming) -> Program:
        old = {name: module for name, module in sys.modules.items() if name.split(".")[0] == self._package}
        for name in old:
            del sys.modules[name]
        importlib.invalidate_caches()
        try:
            return load_program(self._package, modules, naming)
        except Exception:
            sys.modules.update(old)
            raise LoadError(traceback.format_exc()) from None
