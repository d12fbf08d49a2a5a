"""Run many simulations: `python -m tests.runtime.simulation --seeds 0-4999`. One alone shows where it fails."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from tempfile import TemporaryDirectory

from tests.runtime.simulation.simulate import simulate
from tests.runtime.simulation.stores import CrashError

_SIGN_OF_LIFE = 200
_LONGEST = 600
"""Letters of an error."""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.runtime.simulation", description=__doc__)
    arguments.add_argument("--seeds", default="0-999", help="FIRST-LAST, or one")
    seeds = arguments.parse_args().seeds
    first, _, last = seeds.partition("-")
    failed = []
    began = time.monotonic()
    for seed in range(int(first), int(last or first) + 1):
        with TemporaryDirectory() as folder:
            try:
                simulate(seed, folder, None if last else say)
            except (Exception, CrashError) as error:
                failed.append(seed)
                say(f"seed {seed}: {type(error).__name__}: {str(error)[:_LONGEST]}")
                if not last:
                    traceback.print_exc()
        if seed % _SIGN_OF_LIFE == 0:
            say(f"at seed {seed} after {time.monotonic() - began:.0f} s")
    say(f"{len(failed)} failed in {time.monotonic() - began:.0f} s. Replay one: --seeds SEED")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
