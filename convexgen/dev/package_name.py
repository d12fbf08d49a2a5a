"""As which package a functions folder that lies deep in a project is imported: as its own modules say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from convexgen.source import SourceFile


class Package(NamedTuple):
    """`name` can be imported from the folder `base` below the project's root, which is empty for the root itself."""

    name: str
    base: str


def package_of(folder: str, sources: Iterable[SourceFile]) -> Package:
    """`src/backend` is `src.backend` if one of its modules imports something by that name, and else `backend`."""
    parts = folder.split("/")
    texts = [source.content for source in sources]
    for count in range(len(parts), 1, -1):
        name = ".".join(parts[-count:])
        imports = re.compile(rb"^[ \t]*(?:from|import)[ \t]+" + re.escape(name).encode() + rb"\b", re.MULTILINE)
        if any(imports.search(text) for text in texts):
            return Package(name, "/".join(parts[:-count]))
    return Package(parts[-1], "/".join(parts[:-1]))
