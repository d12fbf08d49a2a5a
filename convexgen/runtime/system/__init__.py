"""The functions of the system, `_system/…`: what administrators ask a backend, live, as clients ask functions."""

from __future__ import annotations

from typing import Final

from convexgen.runtime.system import dashboard, tables, transfers
from convexgen.runtime.system.functions import SystemFunction

SYSTEM_FUNCTIONS: Final[tuple[SystemFunction, ...]] = (
    *tables.FUNCTIONS,
    *transfers.FUNCTIONS,
    *dashboard.FUNCTIONS,
)
