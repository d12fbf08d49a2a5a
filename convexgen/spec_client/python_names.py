"""Names on the wire as Python writes them. The other way round it is `naming.wire_name`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORDS = re.compile(r"[A-Z]{2,}s(?![A-Za-z])|[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


def snake_case(wire: str) -> str:
    """`wire` as an attribute is called. What no identifier can hold parts words.

    >>> snake_case("listByAuthor"), snake_case("userIDs"), snake_case("$type"), snake_case("a-b"), snake_case("2fa")
    ('list_by_author', 'user_ids', 'type', 'a_b', 'x2_fa')
    """
    words = _WORDS.findall(wire) if wire.isascii() else re.split(r"[\W_]+", wire)
    name = "_".join(word.lower() for word in words if word)
    return name if name and not name[0].isdigit() else f"x{name}"


def python_names(wires: Iterable[str]) -> dict[str, str]:
    """A Python name for each of `wires`, none twice: first for those that are written alike in both."""
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for wire in sorted(set(wires), key=lambda each: (snake_case(each) != each, each)):
        base = name = snake_case(wire)
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name)
        chosen[wire] = name
    return chosen


def module_paths(wires: Iterable[str]) -> dict[str, str]:
    """The dotted Python path of each module, whose folders are named before what lies in them.

    >>> module_paths(["admin/userSettings", "admin/user_settings", "users"])["admin/userSettings"]
    'admin.user_settings_2'
    """
    folders: dict[str, set[str]] = {}
    listed = list(wires)
    for wire in listed:
        parts = wire.split("/")
        for depth, part in enumerate(parts):
            folders.setdefault("/".join(parts[:depth]), set()).add(part)
    names = {folder: python_names(parts) for folder, parts in folders.items()}
    return {wire: ".".join(_path(wire.split("/"), names)) for wire in listed}


def _path(parts: list[str], names: dict[str, dict[str, str]]) -> Iterable[str]:
    return (names["/".join(parts[:depth])][part] for depth, part in enumerate(parts))


def singular(word: str) -> str:
    """What one element of a list called `word` is called.

    >>> singular("Items"), singular("Categories"), singular("Addresses"), singular("History"), singular("Result")
    ('Item', 'Category', 'Address', 'HistoryItem', 'Item')
    """
    if word == "Result":
        return "Item"
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2:
        return word[:-1]
    return f"{word}Item"
