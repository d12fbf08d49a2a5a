"""Moments within a run of a function at which, in a server with many threads, others would get on with their work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class _Meanwhile:
    """What happens at such moments: nothing, outside of a simulation."""

    happens: Callable[[], None] | None = None


def others_go_on() -> None:
    """Let others do something. The functions of `backend` say so between two steps."""
    if _Meanwhile.happens is not None:
        _Meanwhile.happens()


@contextmanager
def meanwhile(happens: Callable[[], None]) -> Iterator[None]:
    """Have `happens` called at these moments."""
    _Meanwhile.happens = happens
    try:
        yield
    finally:
        _Meanwhile.happens = None
