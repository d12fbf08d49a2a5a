"""What the dashboard asks of a backend, beside what it asks of functions of the program: `_system/frontend/…`."""

from __future__ import annotations

from typing import Final

from convexgen.runtime.system.dashboard import documents, files, program, schedules
from convexgen.runtime.system.functions import SystemFunction

FUNCTIONS: Final[tuple[SystemFunction, ...]] = (
    *program.FUNCTIONS,
    *documents.FUNCTIONS,
    *schedules.FUNCTIONS,
    *files.FUNCTIONS,
)
