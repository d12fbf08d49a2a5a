"""Moments within functions at which a test may do something of its own."""

from __future__ import annotations

from collections.abc import Callable

during: dict[str, Callable[[], object]] = {}
"""What is to be done, by the name of the moment."""


def reach(moment: str) -> None:
    """Called by functions."""
    act = during.get(moment)
    if act is not None:
        act()
