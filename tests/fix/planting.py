"""Mistakes that can be planted in a sound module, each of which has but one mend: to undo it.

They are made in the text, with patterns for the form that formatted modules have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

_OWN_CONTEXT = {"query": "QueryCtx", "mutation": "MutationCtx", "action": "ActionCtx"}
_FUNCTION = re.compile(
    r"^@(?P<internal>internal_)?(?P<kind>query|mutation|action)(?P<call>)\n"
    r"(?P<asynchronous>async )def \w+\(\s*(?P<context>ctx(?P<annotation>: (?P<type>\w+Ctx))(?:,\s+|(?=\))))"
    r"(?P<rest>[^)]*)\)(?P<returns> -> None)?",
    re.MULTILINE,
)
_INDEX = re.compile(r'^    (?P<name>\w+) = Index\((?P<fields>"\w+"(?:, "\w+")*)(?P<end>\)\n)(?!    """)', re.MULTILINE)
_UNSET = re.compile(r"^    \w+: [^\n]*(?P<type> \| Unset)(?P<default> = UNSET)$", re.MULTILINE)
_AWAIT = re.compile(r"^ +(?P<await>await )ctx\.db\.(?:insert|patch|replace|delete)\(", re.MULTILINE)
_NULLABLE = re.compile(r"\b\w+: (?:str|int|float|bool|Id\[\w+\])(?P<none> \| None) = None\b")
_RETURNED = re.compile(r"^    return \w+(?P<end>)$", re.MULTILINE)
_SCHEMA = re.compile(r"^from (?:backend)?\.schema import (?P<names>\w+(?:, \w+)+)$", re.MULTILINE)
_IMPORT = re.compile(r"^from convexgen import (?P<names>\w+(?:, \w+)+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Planting:
    """What stands from `start` to `end` is replaced by `text`, which breaks `rule`."""

    start: int
    end: int
    text: str
    rule: str


def plantings(text: str) -> list[Planting]:
    """All that can be planted in a module, in order."""
    return sorted([*_in_functions(text), *_in_imports(text), *_in_tables(text), *_in_bodies(text), *_anywhere(text)])


def planted(text: str, chosen: Iterable[Planting]) -> str:
    """The module with mistakes in it. Of two that meet, the first one named is made."""
    made: list[Planting] = []
    for each in chosen:
        if all(each.end < other.start or other.end < each.start for other in made):
            made.append(each)
    for each in sorted(made, reverse=True):
        text = text[: each.start] + each.text + text[each.end :]
    return text


def _in_functions(text: str) -> Iterator[Planting]:
    for found in _FUNCTION.finditer(text):
        yield _removal(found, "asynchronous", "not-async")
        yield _replacement(found, "call", "()", "decorator-call")
        if found["type"] == _OWN_CONTEXT[found["kind"]]:
            yield _removal(found, "annotation", "wrong-context")
            if "ctx" not in found["rest"]:
                yield _removal(found, "context", "wrong-context")
        if found["returns"] and not found["internal"] and not _gives_something(text, found.end()):
            yield _removal(found, "returns", "missing-return-type")


def _gives_something(text: str, start: int) -> bool:
    """Whether a function returns a value, or one inside of it does."""
    body = text[start:].partition("\n@")[0]
    return re.search(r"\breturn +(?!None\b)\S|\byield\b", body) is not None


def _in_imports(text: str) -> Iterator[Planting]:
    imported = _IMPORT.search(text)
    for kind, context in _OWN_CONTEXT.items() if imported else ():
        functions = [found for found in _FUNCTION.finditer(text) if found["type"] == context]
        listed = re.search(rf"\b{context}, ", imported[0]) if imported and _is_sorted(imported["names"]) else None
        if imported and listed and functions and all(found["kind"] == kind for found in functions):
            start = imported.start() + listed.start()
            yield Planting(start, start + len(listed[0]), "", "wrong-context")


def _is_sorted(names: str) -> bool:
    listed = names.split(", ")
    return listed == sorted(listed, key=lambda name: (not name.isupper(), name[0].islower(), name))


def _in_bodies(text: str) -> Iterator[Planting]:
    for found in _AWAIT.finditer(text):
        yield _removal(found, "await", "unawaited-call")
    for found in _RETURNED.finditer(text):
        yield _replacement(found, "end", "  # convexgen: ignore[blocking-call]", "unused-suppression")


def _anywhere(text: str) -> Iterator[Planting]:
    for function in _FUNCTION.finditer(text):
        for found in _NULLABLE.finditer(text, *function.span("rest")):
            yield _removal(found, "none", "default-type")
    imported = _SCHEMA.search(text)
    names = imported["names"].split(", ") if imported and _is_sorted(imported["names"]) else []
    for name, following in pairwise(names):
        if imported and any(re.search(rf"\b{name}\b", found["rest"]) for found in _FUNCTION.finditer(text)):
            start = text.index(f"{name}, {following}", imported.start())
            yield Planting(start, start + len(name) + 2, "", "unknown-name")


def _in_tables(text: str) -> Iterator[Planting]:
    for found in _INDEX.finditer(text):
        twin = f"    {found['name']}_planted = Index({found['fields']})\n"
        yield _replacement(found, "end", ', "creation_time")\n', "system-field-in-index")
        yield _replacement(found, "end", f")\n{twin}", "duplicate-index")
    for found in _UNSET.finditer(text):
        if not re.match(r"class \w+\(Table\b", _head(text, found.start())):
            continue  # of other classes nobody may take notice, and a dataclass is not mended
        yield _removal(found, "default", "misplaced-unset")
        if "Annotated" not in found[0]:
            yield _removal(found, "type", "misplaced-unset")


def _head(text: str, position: int) -> str:
    """The last line before `position` that is not indented."""
    return next(line for line in reversed(text[:position].split("\n")) if re.match(r"[^\s#)]", line))


def _removal(found: re.Match[str], group: str, rule: str) -> Planting:
    return Planting(*found.span(group), "", rule)


def _replacement(found: re.Match[str], group: str, text: str, rule: str) -> Planting:
    return Planting(*found.span(group), text, rule)
