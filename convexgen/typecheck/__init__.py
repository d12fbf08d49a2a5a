"""What mypy says about the functions folder, as findings like any other."""

from __future__ import annotations

from convexgen.typecheck.mypy_process import TypeCheck, typecheck

__all__ = ["TypeCheck", "typecheck"]
