"""What all parts of a simulation share: chance, the clock, the history, and how much may go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.runtime.simulation.history import History

START: Final = 1_700_000_000 * 10**9
SECOND: Final = 10**9


@dataclass(frozen=True, slots=True)
class Settings:
    """How much happens: steps, clients. And how often, of all times, something comes in between or goes wrong."""

    steps: int = 250
    clients: int = 3
    interruptions: float = 0.2
    crashes: float = 0.01
    failures: float = 0.02


@dataclass
class Circumstances:
    """`now` is in nanoseconds. `depth` is 1 for what happens while a function runs, otherwise 0.

    `notes` say what happened, for whoever replays a seed.
    """

    random: Random
    settings: Settings
    history: History = field(default_factory=History)
    now: int = START
    is_troubled: bool = False
    """Whether anything may come in between or go wrong: not at the beginning, and not at the end."""
    depth: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        return self.now / 1e6

    def note(self, what: str) -> None:
        self.notes.append(f"{'  ' * self.depth}{what}")

    def bring(self, probability: float) -> bool:
        """Whether something happens now that happens with this probability."""
        return self.is_troubled and self.random.random() < probability
