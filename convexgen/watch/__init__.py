"""The loop that keeps the outputs up to date while sources are being edited.

`decide` says what to do about a picture of the project (pure), `events` tells when to take a new picture, `loop` moves
between the two.
"""

from __future__ import annotations

from convexgen.watch.loop import Hooks, watch

__all__ = ["Hooks", "watch"]
