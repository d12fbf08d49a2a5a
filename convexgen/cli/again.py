"""The short ways to run a command: without typer, and for a command line that ran clean before without pydantic too.

Those two cost more than the rest of most runs. What they found out is known from the last clean run of the very same
words; if anything about the project is not as it was, the sources are, or the outputs, and only they are looked at.
"""

from __future__ import annotations

import sys
import time

from convexgen.cli.kept import is_unchanged, known_run
from convexgen.cli.plain_words import understood
from convexgen.discover import discover, missing_source


def run_again(arguments: list[str]) -> int | None:
    """The exit code, or None if this has to go the long way. Says what the command would have said."""
    began = time.perf_counter()
    run = known_run(arguments)
    if run is None or missing_source(run.root, run.settings) is not None:
        return _run_plainly(arguments)
    snapshot = discover(run.root, run.settings)
    if is_unchanged(run, snapshot):
        if run.said:
            milliseconds = f"{(time.perf_counter() - began) * 1000:.0f}"
            sys.stderr.write(run.said.replace("{milliseconds}", milliseconds) + "\n")
        return 0
    if arguments[0] != "generate":
        return _run_plainly(arguments)
    from convexgen.cli.generate import generate_project  # noqa: PLC0415 - the compiler, needed only now
    from convexgen.cli.project import Project  # noqa: PLC0415

    return generate_project(Project(run.root, run.settings), run.directory, began, snapshot)


def _run_plainly(arguments: list[str]) -> int | None:
    """`generate` and `check` as nearly everybody writes them need no parser of command lines. None for all others."""
    words = understood(arguments)
    if words is None:
        return None
    if words.command == "check":
        from convexgen.cli.plain_check import check_plainly  # noqa: PLC0415 - as below

        return check_plainly(words)
    from convexgen.cli.generate import generate  # noqa: PLC0415 - the compiler, needed only now

    return generate(words.directory, {}, diff=False, dry_run=False)
