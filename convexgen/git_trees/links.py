"""Follows the symbolic links of a tree that is known only by its paths, as an operating system follows those on a disk.

Git stores a link as a small file that holds where it leads. Pure: paths and targets in, paths out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping

_LONGEST_CHAIN = 40
"""Links that may lead to one another before it counts as a circle; what Linux allows."""


def follow(paths: Collection[str], links: Mapping[str, str], folder: str) -> dict[str, str]:
    """What is found below `folder`: each path as it is seen, and the path among `paths` whose content it has.

    `links` gives the target of each path that is a link; none is on the way to `folder`. Linked folders are entered,
    unless that would lead back into one that is being read (`folder` itself does not count). A link that leads to
    nothing in the tree stands for itself.
    """
    listing = _listing(paths)
    found: dict[str, str] = {}
    pending: list[tuple[str, str, tuple[str, ...]]] = [(folder, folder, ())]
    while pending:
        place, seen_as, above = pending.pop()
        for name in listing.get(place, ()):
            path, seen = posixpath.join(place, name), posixpath.join(seen_as, name)
            real = _real(path, links)
            if real is not None and real in listing:
                if real not in above:
                    pending.append((real, seen, (*above, real)))
            else:
                found[seen] = real if real is not None and real in paths else path
    return found


def _listing(paths: Collection[str]) -> dict[str, set[str]]:
    """The names in each folder; the one at the top is called by the empty text."""
    found: dict[str, set[str]] = {}
    for path in paths:
        folder, name = posixpath.split(path)
        found.setdefault(folder, set()).add(name)
        while folder:
            folder, name = posixpath.split(folder)
            found.setdefault(folder, set()).add(name)
    return found


def _real(path: str, links: Mapping[str, str], followed: int = 0) -> str | None:
    """The path without a link in it, or None if it leads out of the tree or in a circle."""
    real = ""
    for name in path.split("/"):
        if name == "..":
            if not real:
                return None
            real = posixpath.dirname(real)
        elif name not in {"", "."}:
            real = posixpath.join(real, name)
        if real in links:
            target = links[real]
            if target.startswith("/") or followed == _LONGEST_CHAIN:
                return None
            inner = _real(posixpath.join(posixpath.dirname(real), target), links, followed + 1)
            if inner is None:
                return None
            real = inner
    return real
