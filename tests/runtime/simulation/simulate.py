"""What a seed stands for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.runtime.simulation.circumstances import Settings
from tests.runtime.simulation.stores import Memory, SqliteFolder
from tests.runtime.simulation.world import World

_ON_DISK_EVERY = 10


def simulate(seed: int, folder: str | Path, tell: Callable[[str], object] | None = None) -> World:
    """Run a simulation; `folder` is for its files, `tell` hears what happened. Raises for whatever is wrong."""
    random = Random(seed)
    settings = Settings(
        steps=random.choice([100, 250, 400]),
        clients=random.randint(1, 4),
        interruptions=random.choice([0.0, 0.2, 0.4]),
        crashes=random.choice([0.0, 0.01, 0.05]),
        failures=random.choice([0.0, 0.02]),
    )
    disk = SqliteFolder(Path(folder) / str(seed)) if seed % _ON_DISK_EVERY == 0 else Memory()
    world = World(seed, disk, settings)
    try:
        world.run()
    finally:
        disk.close()
        if tell is not None:
            for note in world.around.notes:
                tell(note)
    return world
