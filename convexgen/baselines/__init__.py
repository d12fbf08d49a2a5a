"""Reads the program that is compared with: from a commit, from a file, or from a running deployment.

A baseline that cannot be read is an error and nothing else. It never passes for one without differences.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from convexgen.baselines.error import BaselineError
from convexgen.breaking.compare import Baseline

__all__ = ["BaselineError", "read_baseline"]

_URL = re.compile(r"https?://", re.IGNORECASE)


def read_baseline(against: str, root: Path, here: Path, environment: Mapping[str, str]) -> Baseline:
    """What `against` stands for: a URL, a file (seen from the folder `here`), or anything that git calls a revision.

    `root` is the project. Raises `BaselineError`. What is not needed to read it is not loaded.
    """
    if _URL.match(against):
        from convexgen.baselines.deployment import read_deployment  # noqa: PLC0415

        return read_deployment(against, environment)
    if (here / against).is_file() or against.endswith(".json"):
        from convexgen.baselines.document import read_document  # noqa: PLC0415

        return read_document(here / against, against)
    from convexgen.baselines.commit import read_commit  # noqa: PLC0415

    return read_commit(root, against, environment)
