"""What commands begin with that go on until somebody ends them."""

from __future__ import annotations

import gc


def collect_garbage() -> None:
    """From now on: `__main__` has switched it off, as most commands end before it pays. What was loaded so far stays
    loaded, and is not looked at.
    """
    gc.freeze()
    gc.enable()
