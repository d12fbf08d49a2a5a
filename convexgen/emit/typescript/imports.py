"""The import lines of a generated file, from what its parts say they use. Nothing is imported that is not used."""

from __future__ import annotations

from convexgen.emit.contract import Fragment
from convexgen.emit.typescript.layout import COLUMNS
from convexgen.emit.typescript.names import local
from convexgen.emit.typescript.text import width

_SPECIFIERS = {
    "convex": "convex/server",
    "values": "convex/values",
    "dataModel": "./dataModel.js",
    "types": "./types.js",
}


class Imports:
    """Collects the names used in one file, whose own names are `taken`. A name is `<source>.<name>`."""

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = taken
        self._used: set[str] = set()

    def add(self, parts: Fragment, section: str) -> None:
        """Takes in what a section of a fragment uses."""
        self.add_all(parts.get(f"uses {section}", ""))

    def add_all(self, uses: str) -> None:
        """Takes in names as fragments list them, with spaces between."""
        self._used.update(uses.split())

    def require(self, source: str, *names: str) -> None:
        """Takes in names from one source."""
        self._used.update([f"{source}.{name}" for name in names])

    def names(self, source: str) -> list[str]:
        """What is used from `source`, in order."""
        start = f"{source}."
        return sorted([used[len(start) :] for used in self._used if used.startswith(start)])

    def lines(self, *sources: str) -> str:
        """The import of each of `sources` that is used."""
        return "".join([import_line(_SPECIFIERS[source], self._bindings(source)) for source in sources])

    def _bindings(self, source: str) -> list[str]:
        if source != "types":
            return self.names(source)
        pairs = [(name, local(name, self._taken)) for name in self.names(source)]
        return [name if name == here else f"{name} as {here}" for name, here in pairs]


def import_line(specifier: str, bindings: list[str]) -> str:
    """A type import, broken as Prettier does (which never breaks around a single name); empty without bindings."""
    if not bindings:
        return ""
    line = f'import type {{ {", ".join(bindings)} }} from "{specifier}";\n'
    if len(bindings) == 1 or width(line) - 1 <= COLUMNS:
        return line
    names = "".join([f"  {binding},\n" for binding in bindings])
    return f'import type {{\n{names}}} from "{specifier}";\n'
