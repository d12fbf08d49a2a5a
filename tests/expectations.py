"""Files of what is expected of many cases, written by the tests themselves and read by people."""

from __future__ import annotations

from pathlib import Path


def expectations(path: Path) -> dict[str, str]:
    """What a file says of each case: a heading `# name`, then the text."""
    found: dict[str, str] = {}
    for part in path.read_text(encoding="utf-8").split("\n# ")[1:]:
        name, _, text = part.partition("\n")
        found[name] = text.strip("\n")
    return found
