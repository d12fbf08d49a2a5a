"""Puts together transitions that are too long for one message."""

from __future__ import annotations

from . import messages
from .messages import Chunk, Misunderstood, Transition


class Chunks:
    """The parts of one transition that have come so far."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._first: Chunk | None = None

    def clear(self) -> None:
        self._parts, self._first = [], None

    def add(self, chunk: Chunk) -> Transition | None:
        """The transition, with its last part. Raises `Misunderstood`."""
        first = self._first or chunk
        if (
            (chunk.transition, chunk.parts) != (first.transition, first.parts)
            or chunk.part != len(self._parts)
            or chunk.part >= chunk.parts
        ):
            raise Misunderstood(f"part {chunk.part} of {chunk.parts} out of turn")
        self._first = first
        self._parts.append(chunk.text)
        if len(self._parts) < chunk.parts:
            return None
        text = "".join(self._parts)
        self.clear()
        message = messages.read(text)
        if not isinstance(message, Transition):
            raise Misunderstood("the parts of something else than a transition")
        return message
