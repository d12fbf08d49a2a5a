"""`convexgen` and `python -m convexgen`. The commands are loaded only when one is going to run."""

from __future__ import annotations

import sys
import time

from convexgen.cli import VERSION


def main() -> int:
    """Run the command line that this process was started with and give its exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        sys.stdout.write(f"convexgen {VERSION}\n")
        return 0
    began = time.perf_counter()
    from convexgen.cli.kept import unchanged  # noqa: PLC0415 - `--version` need not wait for it

    said = unchanged(arguments)
    if said is not None:
        sys.stderr.write(said.format(milliseconds=(time.perf_counter() - began) * 1000) + "\n")
        return 0
    from convexgen.cli.app import run  # noqa: PLC0415 - a third of the start-up time

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
