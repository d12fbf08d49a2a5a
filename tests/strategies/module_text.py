"""One module of a generated program while it is being written: its statements, and its imports in all their manners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st

PACKAGE = "backend"

T = TypeVar("T")

_SHORT = {
    "collections.abc": "cabc",
    "convexgen": "cg",
    "dataclasses": "dc",
    "datetime": "dt",
    "pydantic": "pyd",
    "typing": "t",
    "typing_extensions": "te",
}
"""What outside modules are called by those who import the module rather than its names."""


class Choices:
    """Draws from one hypothesis example."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def one(self, values: Sequence[T]) -> T:
        return self.draw(st.sampled_from(values))

    def some(self, values: Sequence[T], least: int = 0, most: int | None = None) -> list[T]:
        """Some of `values`, each at most once, in any order."""
        if not values:
            return []
        most = len(values) if most is None else min(most, len(values))
        chosen = self.draw(
            st.lists(st.sampled_from(range(len(values))), min_size=min(least, most), max_size=most, unique=True)
        )
        return [values[index] for index in chosen]

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def seldom(self, times: int = 4) -> bool:
        """True one time in `times`; false when hypothesis looks for the simplest example."""
        return self.number(1, times) == times


@dataclass(slots=True)
class Block:
    """A statement or class at the top level. `needs` are the names of the module that must be bound before it."""

    text: str
    binds: str = ""
    needs: set[str] = field(default_factory=set)


class ModuleText:
    """A module of the functions folder. `name` is dotted, `""` for the folder's own `__init__.py`."""

    def __init__(self, choices: Choices, name: str, *, is_package: bool = False, checks_types: bool = False) -> None:
        self.choices = choices
        self.name = name
        self.is_package = is_package
        self.doc = ""
        self.postponed = choices.seldom(3)
        self.blocks: list[Block] = []
        self.exports_all = False
        self._checks_types = checks_types and self.postponed
        self._imports: dict[str, None] = {}
        self._checker_imports: dict[str, None] = {}
        self._manners: dict[tuple[str, bool], str] = {}
        self._bound: dict[str, str] = {}
        self._needs: set[str] = set()

    @property
    def path(self) -> str:
        parts = "/".join([PACKAGE, *filter(None, self.name.split("."))])
        return f"{parts}/__init__.py" if self.is_package else f"{parts}.py"

    def add(self, text: str, binds: str = "") -> None:
        """Add a statement, for which what was referred to since the last one is needed."""
        self.blocks.append(Block(text, binds, self._needs - {binds}))
        self._needs = set()

    def outside(self, module: str, name: str) -> str:
        """How this module writes `name` of a module outside of the program; it is imported if need be."""
        manners = ("from", "from", "module", "whole") if "." not in module else ("from", "module")
        manner = self._manners.setdefault((module, True), self.choices.one(manners))
        if manner == "from":
            self._imports[f"from {module} import {name}"] = None
            return name
        short = _SHORT.get(module) if manner == "module" else None
        self._imports[f"import {module} as {short}" if short else f"import {module}"] = None
        return f"{short or module}.{name}"

    def refer(self, module: str, name: str, *, later: bool = False, checked: bool = False) -> str:
        """How this module writes `name` of `module`.

        `later`: only when the whole module has run. `checked`: only type checkers look at it.
        """
        if module == self.name:
            if not later:
                self._needs.add(name)
            return name
        for_checkers = checked and self._checks_types
        manners = ["name", "name", "alias", "absolute", "star", "module", "whole"]
        if module.partition(".")[0] == self.name.partition(".")[0]:
            manners = ["name", "alias", "absolute", "star"]  # the package is not whole while its modules run
        if for_checkers or name[0].islower():  # the star of a later import must not bring other things of that name
            manners.remove("star")
        manner = self._manners.setdefault((module, for_checkers), self.choices.one(manners))
        statement, text = self._import(manner, module, name)
        if self._bound.setdefault(text.partition(".")[0], module) != module:
            text = f"{name}_of_{module.replace('.', '_')}"  # the name is taken by one of another module
            statement = f"from {self._relative(module)} import {name} as {text}"
        (self._checker_imports if for_checkers else self._imports)[statement] = None
        return text

    def reexport(self, module: str, name: str) -> None:
        """Import `name` of `module` so that others may have it from here."""
        statement, _ = self._import(self.choices.one(("name", "absolute", "star")), module, name)
        self._imports[statement] = None

    def _import(self, manner: str, module: str, name: str) -> tuple[str, str]:
        absolute = f"{PACKAGE}.{module}" if module else PACKAGE
        owner, _, last = module.rpartition(".")
        match manner:
            case "name":
                return f"from {self._relative(module)} import {name}", name
            case "alias":
                return f"from {self._relative(module)} import {name} as {name}_", f"{name}_"
            case "absolute":
                return f"from {absolute} import {name}", name
            case "star":
                return f"from {self._relative(module)} import *", name
            case "module":
                return f"from {self._relative(owner)} import {last} as {last}_module", f"{last}_module.{name}"
            case _:
                return f"import {absolute}", f"{absolute}.{name}"

    def _relative(self, module: str) -> str:
        depth = len(self.name.split(".")) if self.name else 0
        return "." * (depth + self.is_package) + module

    def text(self) -> str:
        """The source. What nothing needs at once is defined in any order, if the module lets annotations wait."""
        parts = [repr(self.doc)] if self.doc else []
        if self.postponed:
            parts.append("from __future__ import annotations")
        parts.extend(sorted(self._imports, key=lambda each: not each.endswith(" *")))  # explicit imports win
        if self._checker_imports:
            parts.append("from typing import TYPE_CHECKING")
            parts.append("if TYPE_CHECKING:\n" + "\n".join(f"    {each}" for each in self._checker_imports))
        blocks = self._ordered()
        if self.exports_all:
            parts.append(f"__all__ = {[each.binds for each in blocks if each.binds]!r}")
        return "\n".join([*parts, *(f"\n{each.text}" for each in blocks), ""])

    def _ordered(self) -> list[Block]:
        waiting = self.choices.draw(st.permutations(self.blocks)) if self.postponed else self.blocks
        ordered: list[Block] = []
        bound: set[str] = set()
        while waiting:
            ready = next(each for each in waiting if each.needs <= bound)
            waiting = [each for each in waiting if each is not ready]
            ordered.append(ready)
            bound.add(ready.binds)
        return ordered
