"""A few simulations, and that they come by what they are for. `__main__` runs thousands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from convexgen.runtime.commits import ConflictError, DoneBeforeError, RedeployedError
from convexgen.runtime.commits.committer import Committer
from convexgen.runtime.drafts import Draft
from tests.runtime.simulation.simulate import simulate
from tests.runtime.simulation.variants import NEEDS_MORE, VARIANTS

SEEDS = range(16)


def test_everything_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that the seeds are drawn for happens in these few already."""
    seen = Counter[str]()
    commit = Committer.commit

    def counted(committer: Committer, draft: Draft) -> int:
        try:
            return commit(committer, draft)
        except Exception as error:
            seen[type(error).__name__] += 1
            raise

    monkeypatch.setattr(Committer, "commit", counted)
    for seed in SEEDS:
        world = simulate(seed, tmp_path)
        seen["crash"] += world.around.notes.count("the process is gone")
        seen.update(state.variant for state in world.history.states)
        seen.update(entry.asked.path for entry in world.history.entries if entry is not None and entry.asked)
    for error in (ConflictError, DoneBeforeError, RedeployedError):
        assert seen[error.__name__] > 0
    assert seen["crash"] > 0
    assert all(seen[variant] > 0 for variant in VARIANTS if variant != NEEDS_MORE)
    assert seen[NEEDS_MORE] == 0


def test_a_seed_is_always_the_same(tmp_path: Path) -> None:
    first, second = (simulate(3, tmp_path) for _ in range(2))
    assert first.around.notes == second.around.notes
