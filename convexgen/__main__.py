"""`convexgen` and `python -m convexgen`. The commands are loaded only when one is going to run."""

from __future__ import annotations

import gc
import sys

from convexgen.cli import VERSION


def main() -> int:
    """Run the command line that this process was started with and give its exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        sys.stdout.write(f"convexgen {VERSION}\n")
        return 0
    gc.disable()  # a process that ends soon has no use for it; those that do not switch it on again
    from convexgen.cli.again import run_again  # noqa: PLC0415 - `--version` need not wait for it
    from convexgen.cli.guard import guarded  # noqa: PLC0415

    code = guarded(lambda: run_again(arguments), arguments)
    if code is not None:
        return code
    from convexgen.cli.app import run  # noqa: PLC0415 - a third of the start-up time

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
