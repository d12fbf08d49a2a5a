"""A mistake of our own ends in a report that can be pasted into an issue as it is."""

from __future__ import annotations

import platform
import shlex
import sys
import traceback

from convexgen.cli import VERSION


def report_crash(arguments: list[str]) -> None:
    """Write what is needed to find the mistake to standard error. To be called while the exception is handled."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    sys.stderr.write(
        "convexgen stopped because of a mistake of its own; your sources are not to blame.\n"
        "Nothing was left half written. Please report this text:\n\n"
        f"convexgen {VERSION}, {python}, {platform.system()} {platform.machine()}\n"
        f"command: {shlex.join(['convexgen', *arguments])}\n\n"
        f"{traceback.format_exc()}"
    )
