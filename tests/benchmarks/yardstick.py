"""How fast this machine is, beside the one that the goals were set on.

The unit is what Python itself takes to parse one module of a synthetic project, 185 lines: no program that reads Python
with Python's parser can do its work in less.
"""

from __future__ import annotations

import ast
import gc
import time
from pathlib import Path

from tests.benchmarks.processes import median

GOALS_PARSE = 0.000964
"""Seconds that the machine of the goals took for one such module."""
_ROUNDS = 5


def parse_seconds(folder: Path) -> float:
    """Seconds of processor time that this machine takes for each of the modules in `folder`."""
    contents = [path.read_bytes() for path in sorted(folder.glob("area_*.py"))]
    return median([_parse(contents) for _ in range(_ROUNDS)]) / len(contents)


def _parse(contents: list[bytes]) -> float:
    gc.collect()
    began = time.process_time()
    for content in contents:
        ast.parse(content)
    return time.process_time() - began
