"""How a Python name becomes the name on the wire. One place, shared by the reader and by reflection."""

from __future__ import annotations

from functools import cache
from typing import Literal

Naming = Literal["camel", "preserve"]


@cache
def wire_name(name: str, naming: Naming) -> str:
    """The wire name of a module part, function, argument or field called `name` in Python.

    >>> wire_name("list_by_author", "camel"), wire_name("list_", "camel"), wire_name("created_at", "preserve")
    ('listByAuthor', 'list', 'created_at')
    """
    exported = exported_name(name)
    if naming == "preserve":
        return exported
    head = len(exported) - len(exported.lstrip("_"))
    first, *rest = exported[head:].split("_")
    return exported[:head] + first + "".join(part[:1].upper() + part[1:] for part in rest)


def exported_name(name: str) -> str:
    """`name` without the one trailing underscore that PEP 8 gives to a name that shadows another."""
    if name.endswith("_") and not name.endswith("__") and name.strip("_"):
        return name[:-1]
    return name


def pascal_case(name: str) -> str:
    """`name` as a type is called: `"user_settings/daily"` gives `UserSettingsDaily`."""
    words = "".join(c if c.isalnum() else " " for c in name).split()
    return "".join(word[:1].upper() + word[1:] for word in words)
