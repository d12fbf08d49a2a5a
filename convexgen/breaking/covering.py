"""Whether every value of one type is a value of another one.

Types may contain themselves, so what is being proved may be assumed on the way.
"""

from __future__ import annotations

from convexgen import ir
from convexgen.breaking.limits import all_implied, let_pass
from convexgen.breaking.program import Direction, Member, ObjectShape, Program

_WIDER: dict[str, str] = {
    "int": "float",
    "datetime": "float",
    "date": "string",
    "uuid": "string",
    "decimal": "string",
}
"""The scalar that holds all values of another one in the same form on the wire."""


def may_be_absent(field: ir.Field, direction: Direction) -> bool:
    """Whether a field may be left out. One with a default is always there on the way out."""
    return field.presence == "absent" or (field.presence == "defaulted" and direction == "input")


class Covering:
    """Whether types of the program `small` are covered by types of the program `big`."""

    def __init__(self, small: Program, big: Program, direction: Direction) -> None:
        self._small = small
        self._big = big
        self._direction: Direction = direction
        self._assumed: dict[tuple[ObjectShape, ObjectShape], None] = {}
        self._refuted: set[tuple[ObjectShape, ObjectShape]] = set()

    def holds(self, small: Member, big: tuple[Member, ...]) -> bool:
        """Whether every value of `small` is a value of one member of `big`."""
        covered = any(self._member(small, each) for each in big)
        if not covered and small.shape == ir.Scalar("boolean"):
            return all(self.holds(Member(ir.LiteralOf(value)), big) for value in (True, False))
        return covered

    def _type(self, small: ir.Type, big: ir.Type) -> bool:
        members = self._big.members(big)
        return all(self.holds(each, members) for each in self._small.members(small))

    def _member(self, small: Member, big: Member) -> bool:
        if big.shape == ir.Scalar("any"):
            return all_implied(big.limits, small.limits)
        match small.shape, big.shape:
            case ir.LiteralOf(value), ir.Scalar(kind):
                return kind in _kinds_of(value) and (isinstance(value, bool) or let_pass(big.limits, value))
            case ir.IdOf(), ir.Scalar("string"):
                return not big.limits
            case ir.Scalar(kind), ir.Scalar(wide):
                return wide in (kind, _WIDER.get(kind)) and all_implied(big.limits, small.limits)
            case ir.ArrayOf(inner), ir.ArrayOf(outer):
                return self._type(inner, outer) and all_implied(big.limits, small.limits)
            case ir.RecordOf(key, value), ir.RecordOf(big_key, big_value):
                return (
                    self._type(key, big_key) and self._type(value, big_value) and all_implied(big.limits, small.limits)
                )
            case ObjectShape() as inner, ObjectShape() as outer:
                return self._object(inner, outer)
            case _:
                return small.shape == big.shape

    def _object(self, small: ObjectShape, big: ObjectShape) -> bool:
        pair = (small, big)
        if pair in self._assumed:
            return True
        if pair in self._refuted:
            return False
        before = len(self._assumed)
        self._assumed[pair] = None
        if self._fields(small, big):
            return True
        for _ in range(len(self._assumed) - before):  # what was proved with the help of this
            self._assumed.popitem()
        self._refuted.add(pair)
        return False

    def _fields(self, small: ObjectShape, big: ObjectShape) -> bool:
        fields = {field.wire: field for field in small.fields}
        for wide in big.fields:
            field = fields.pop(wide.wire, None)
            if field is None:
                if not may_be_absent(wide, self._direction):
                    return False
                continue
            absent = may_be_absent(field, self._direction) and not may_be_absent(wide, self._direction)
            if absent or not self._type(field.type, wide.type):
                return False
        return not fields


def _kinds_of(value: str | bool | int) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("boolean",)
    return ("string",) if isinstance(value, str) else ("int", "float")
