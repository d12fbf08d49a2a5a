"""How every command ends: an exit code, and never a traceback."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import TypeVar

from convexgen.cli.streams import INTERRUPTED, OUR_FAULT, degrade

CodeT = TypeVar("CodeT", int, "int | None")


def guarded(work: Callable[[], CodeT], arguments: list[str]) -> CodeT | int:
    """What `work` gives, or the code for how it was stopped. `arguments` are for the report of a bug."""
    codecs.register_error("convexgen", degrade)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="convexgen")
    try:
        return work()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:
        from convexgen.cli.crash import report_crash  # noqa: PLC0415 - hardly ever needed

        report_crash(arguments)
        return OUR_FAULT
