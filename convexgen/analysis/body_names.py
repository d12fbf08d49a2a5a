"""Which names a body is searched for: known from what stands around the functions of a module."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from convexgen.analysis import outside
from convexgen.analysis.syntax import AssignmentSyntax, FunctionSyntax, ImportedName, Place, Statement


class SearchedNames:
    """The names at module level that a body is searched for.

    What begins at `roots` is kept if it calls something, what begins at `outside` in any case. `state` are names that
    were assigned to.
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.roots: set[str] = set(outside.BUILTINS)
        self.outside: set[str] = set()
        self.state: set[str] = set()
        self.signatures: dict[Place, FunctionSyntax] = {}
        for each in statements:
            kind = type(each)
            if kind is FunctionSyntax:
                self.roots.add(each.name)  # type: ignore[union-attr, arg-type]
                self.signatures[each.place] = each  # type: ignore[union-attr, assignment]
            elif kind is AssignmentSyntax:
                self.state.add(each.target)  # type: ignore[union-attr]
            elif kind is ImportedName:
                add_import(each, self.roots, self.outside)  # type: ignore[arg-type]

    @property
    def telling_words(self) -> list[bytes]:
        """What the text of a function has in it somewhere if it does anything that matters in a transaction."""
        words = [b"open(", b"input(", b"global ", b"nonlocal ", b" import "]
        words += [name.encode() for name in self.outside]
        return words + [name.encode() + mark for name in self.state for mark in (b"[", b".", b" +", b" |")]


def lines_with(content: bytes, words: Iterable[bytes]) -> list[int]:
    """The numbers of the lines that have one of `words` in them, in order."""
    found: set[int] = set()
    for word in words:
        line, counted = 1, 0
        at = content.find(word)
        while at >= 0:
            line += content.count(b"\n", counted, at)
            counted = at
            found.add(line)
            at = content.find(word, at + 1)
    return sorted(found)


def add_import(imported: ImportedName, roots: set[str], outer: set[str]) -> None:
    """Put a name where it belongs, if it may be a function, or a module that has some."""
    known = "" if imported.level else _home(imported.module)
    if known == "outside":
        roots.add(imported.local)
        outer.add(imported.local)
    elif not known and not imported.local[:1].isupper():
        roots.add(imported.local)


@cache
def _home(module: str) -> str:
    """What is known of a module from elsewhere: that it reaches `"outside"`, or does nothing that matters."""
    top = module.partition(".")[0]
    return "outside" if top in outside.MODULES else "plain" if top in _PLAIN else ""


_PLAIN = frozenset(
    {
        *("__future__", "abc", "annotated_types", "base64", "bisect", "collections", "contextlib", "convexgen", "copy"),
        *("dataclasses", "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html"),
        *("itertools", "json", "logging", "math", "operator", "pydantic", "re", "statistics", "string", "textwrap"),
        *("types", "typing", "typing_extensions", "unicodedata"),
    }
)
"""Modules whose functions no rule asks about."""
