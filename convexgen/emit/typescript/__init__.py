"""The TypeScript back end: what the official `convex` npm client needs to call a Python program, fully typed.

All is written out (nothing is inferred from user code, nothing of the user's is imported), so that `tsc` has little to
do however large the program grows.
"""

from __future__ import annotations

from convexgen.emit.typescript.assembly import assemble
from convexgen.emit.typescript.fragments import fragment

__all__ = ["assemble", "fragment"]
