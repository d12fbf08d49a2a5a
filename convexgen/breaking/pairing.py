"""Which alternative of an old type has become which of the new one, so that changes are told inside of it.

A pair is only a manner of speaking: whatever is paired, what is told about the inside decides whether values still
pass. So where it is not plain what became of what, nothing is paired.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator

from convexgen import ir
from convexgen.breaking.program import Member, ObjectShape, Program

Pair = tuple[Member, Member]
Members = tuple[Member, ...]


def pairs(old: Program, before: Members, new: Program, after: Members) -> Iterator[Pair]:
    """Members of `before` with those of `after` that stand for the same; each is in one pair at most."""
    counts = [Counter(_category(each) for each in side) for side in (before, after)]
    for member in before:
        category = _category(member)
        if category is not None and counts[0][category] == counts[1][category] == 1:
            yield member, next(each for each in after if _category(each) == category)
    yield from _object_pairs(old, _objects(before), new, _objects(after))


def _category(member: Member) -> Hashable:
    """What makes two members that are alone of their kind on each side the same one; None for objects."""
    match member.shape:
        case ObjectShape():
            return None
        case ir.ArrayOf():
            return "array"
        case ir.RecordOf():
            return "record"
        case shape:
            return shape


def _objects(members: Members) -> list[Member]:
    return [each for each in members if isinstance(each.shape, ObjectShape)]


def _object_pairs(old: Program, before: list[Member], new: Program, after: list[Member]) -> Iterator[Pair]:
    """Objects with the same value of a tag, then those with the same declaration, then the last ones left."""
    tag = _tag(old, before, new, after)
    for member in list(before):
        other = next((each for each in after if _same(old, member, new, each, tag)), None)
        if other is not None:
            before.remove(member)
            after.remove(other)
            yield member, other
    if len(before) == len(after) == 1:
        yield before[0], after[0]


def _same(old: Program, member: Member, new: Program, other: Member, tag: str | None) -> bool:
    if tag is not None:
        return not _tags(old, member, tag).isdisjoint(_tags(new, other, tag))
    assert isinstance(member.shape, ObjectShape)
    assert isinstance(other.shape, ObjectShape)
    if member.shape.owner is None or other.shape.owner is None:
        return member.shape.fields == other.shape.fields
    return member.shape.owner.key == other.shape.owner.key


def _tag(old: Program, before: list[Member], new: Program, after: list[Member]) -> str | None:
    """The first field in which every object has a literal, another one in each of a side; None if there is none."""
    if len(before) < 2 and len(after) < 2:
        return None
    first = (before or after)[0].shape
    assert isinstance(first, ObjectShape)
    for field in first.fields:
        if _tells_apart(old, before, field.wire) and _tells_apart(new, after, field.wire):
            return field.wire
    return None


def _tells_apart(program: Program, members: list[Member], name: str) -> bool:
    tags = [_tags(program, member, name) for member in members]
    return all(tags) and len(frozenset[object]().union(*tags)) == sum(map(len, tags))


def _tags(program: Program, member: Member, name: str) -> frozenset[ir.LiteralOf]:
    """The literals that the field `name` of an object can hold; empty where it is there no tag."""
    assert isinstance(member.shape, ObjectShape)
    field = next((field for field in member.shape.fields if field.wire == name), None)
    if field is None:
        return frozenset()
    shapes = [each.shape for each in program.members(field.type)]
    literals = frozenset(each for each in shapes if isinstance(each, ir.LiteralOf))
    return literals if len(literals) == len(shapes) else frozenset()
