"""What is wrong with a file that somebody wants to import: collected, so that all of it is told at once."""

from __future__ import annotations

from typing import Final

_TOLD: Final = 100
_ENOUGH: Final = 10_000
"""Problems that are told; of the others, how many there are, until there are so many that reading on is of no use."""


class ImportRefusedError(Exception):
    """Nothing was imported. The text, which may have many lines, says all that there is to mend."""


class Problems:
    """Grows while a file is read. `add` raises `ImportRefusedError` where there are far too many."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self._count = 0

    def add(self, text: str, *, file: str = "", line: int | None = None) -> None:
        """Note a problem: of a line, of a file, or of everything."""
        self._count += 1
        if len(self._told) < _TOLD:
            place = ", ".join(filter(None, (file, "" if line is None else f"line {line}")))
            self._told.append(f"{place}: {text}" if place else text)
        if self._count == _ENOUGH:
            self.check()

    def check(self) -> None:
        """Raises `ImportRefusedError` if there are any."""
        if self._count:
            more = self._count - len(self._told)
            last = [f"… and {more} more problem{'' if more == 1 else 's'}"] if more else []
            raise ImportRefusedError("\n".join([*self._told, *last]))
