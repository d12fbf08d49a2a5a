"""What is written down of the contexts is what their interfaces declare."""

from __future__ import annotations

from inspect import iscoroutinefunction
from typing import Any, get_type_hints

import pytest

from convexgen.analysis.bodies.contexts import ATTRIBUTES, AWAITED, METHODS, PARTS, RUNS
from convexgen.analysis.bodies.values import Part
from convexgen.authoring import contexts

KINDS: dict[str, type] = {
    "QueryCtx": contexts.QueryCtx,
    "MutationCtx": contexts.MutationCtx,
    "ActionCtx": contexts.ActionCtx,
}


def declared(interface: type) -> dict[str, Any]:
    """Everything public that an interface and those it extends declare."""
    return {
        name: member
        for owner in reversed(interface.__mro__)
        for name, member in vars(owner).items()
        if not name.startswith("_")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_each_context_has_what_its_interface_declares(kind: str) -> None:
    members = declared(KINDS[kind])
    assert set(members) == ATTRIBUTES[kind]
    assert {name for name, member in members.items() if iscoroutinefunction(member)} == RUNS & ATTRIBUTES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_each_part_has_the_methods_of_its_interface(kind: str) -> None:
    for name in PARTS & ATTRIBUTES[kind]:
        methods = declared(get_type_hints(declared(KINDS[kind])[name].fget)["return"])
        assert set(methods) == METHODS[Part(name, kind)], (name, kind)
        awaited = {method for method, member in methods.items() if iscoroutinefunction(member)}
        assert awaited == AWAITED[name] & METHODS[Part(name, kind)], (name, kind)


def test_no_part_is_of_a_context_that_has_it_not() -> None:
    assert {(part.name, part.kind) for part in METHODS} == {
        (name, kind) for kind, names in ATTRIBUTES.items() for name in names & PARTS
    }
