"""What a comparison gives: changes, each with whom it concerns and how badly.

How bad a change is follows from its kind and from the position it is in. Arguments are contravariant (what an old
client sends must still be taken), results are covariant (what a new server gives must still be understood), and stored
documents were written under the old schema and must be valid under the new one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from convexgen.diagnostics import Rule
from convexgen.rules import breaking as rules

Who = Literal["callers", "readers", "stored documents", "queries", "everyone"]
"""`readers` are those who are given a function's result; `queries` those over an index."""


class Impact(IntEnum):
    """How bad a change is. `DANGEROUS`: it works for clients that are careful, or asks for care when deploying."""

    SAFE = 0
    DANGEROUS = 1
    BREAKING = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Kind:
    """A way in which a type can change, and how bad that is in each position."""

    name: str
    rule: Rule
    args: Impact
    returns: Impact
    stored: Impact

    def impact(self, who: Who) -> Impact:
        match who:
            case "callers":
                return self.args
            case "readers":
                return self.returns
            case _:
                return self.stored


_B, _D, _S = Impact.BREAKING, Impact.DANGEROUS, Impact.SAFE

REMOVED = Kind("removed", rules.FIELD_REMOVED, _B, _B, _B)
REQUIRED_ADDED = Kind("required added", rules.REQUIRED_FIELD_ADDED, _B, _B, _B)
"""Of arguments and documents only: to readers every new field is the same."""
ADDED = Kind("added", rules.FIELD_ADDED, _S, _D, _S)
NOW_REQUIRED = Kind("now required", rules.FIELD_NOW_REQUIRED, _B, _S, _B)
NOW_OPTIONAL = Kind("now optional", rules.FIELD_NOW_OPTIONAL, _S, _B, _S)
DEFAULT_CHANGED = Kind("default changed", rules.DEFAULT_CHANGED, _D, _S, _D)
NARROWED = Kind("narrowed", rules.TYPE_NARROWED, _B, _S, _B)
WIDENED = Kind("widened", rules.TYPE_WIDENED, _S, _D, _S)
NULL_ADDED = Kind("null added", rules.NULL_ADDED, _S, _B, _S)
NULL_REMOVED = Kind("null removed", rules.TYPE_NARROWED, _B, _S, _B)
CHANGED = Kind("changed", rules.TYPE_CHANGED, _B, _B, _B)
STRING_TO_ID = Kind("string to id", rules.TYPE_CHANGED, _B, _B, _B)
"""For readers the wire form is the same, but a text that people read has become one that only the server knows."""
ID_TO_STRING = Kind("id to string", rules.TYPE_WIDENED, _S, _S, _S)
TIGHTENED = Kind("tightened", rules.CONSTRAINT_TIGHTENED, _B, _S, _B)
LOOSENED = Kind("loosened", rules.CONSTRAINT_LOOSENED, _S, _D, _S)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a change is about.

    `root` identifies a thing that has a place in the sources (`"messages.send args limit"`), `inner` leads on inside
    of its type (`"[].x"`). `noun` names the root in a sentence. `around` are the roots to point at where there is no
    such thing any more, from the inside out. For a field of a view or variant, `shown` is the root of the same field of
    its table.
    """

    root: str
    noun: str
    around: tuple[str, ...] = ()
    inner: str = ""
    shown: str = ""

    @property
    def path(self) -> str:
        """The identity of the subject: what an allowance in the settings names."""
        return f"{self.root} {self.inner}" if self.inner else self.root

    @property
    def title(self) -> str:
        return f"`{self.inner}` in {self.noun}" if self.inner else self.noun

    def into(self, step: str) -> Subject:
        """What lies inside: `[]` the elements of an array or the values of a record, otherwise a field."""
        joint = "" if step == "[]" or not self.inner else "."
        return replace(self, inner=f"{self.inner}{joint}{step}")


@dataclass(frozen=True, slots=True)
class Effect:
    """Whom a change concerns: those who call or read the function `name`, or what is stored in the table `name`.

    `advice` is the next thing to do about it.
    """

    who: Who
    name: str
    impact: Impact
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the old program and the new one, told once however many functions it reaches.

    `says` completes the sentence that begins with the subject's title. `old` and `new` are what it was and what it is,
    written as in Python; empty where there was or is nothing. `renamed_to` is the root of what may be the same thing
    under a new name.
    """

    rule: Rule
    subject: Subject
    says: str
    effects: tuple[Effect, ...]
    old: str = ""
    new: str = ""
    renamed_to: str = ""

    @property
    def impact(self) -> Impact:
        return max(effect.impact for effect in self.effects)


def merged(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes, those that differ only in whom they concern made one, in order of what they are about."""
    effects: dict[Change, dict[Effect, None]] = {}
    for each in changes:
        effects.setdefault(replace(each, effects=()), {}).update(dict.fromkeys(each.effects))
    whole = (replace(change, effects=tuple(concerned)) for change, concerned in effects.items())
    return tuple(sorted(whole, key=lambda each: (each.subject.path, each.rule.code, each.old, each.new)))
