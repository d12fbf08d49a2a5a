"""What is different between two types, in both senses at once: whether it is bad depends on where they stand."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from convexgen import ir
from convexgen.breaking import changes
from convexgen.breaking.changes import Change, Effect, Impact, Kind, Subject, Who
from convexgen.breaking.covering import Covering, may_be_absent
from convexgen.breaking.limits import all_implied
from convexgen.breaking.pairing import Members, pairs
from convexgen.breaking.program import Direction, Member, ObjectShape, Owner, Program
from convexgen.breaking.type_text import TypeText, literal_text
from convexgen.breaking.wording import advice, listed

_NULL = Member(ir.Scalar("null"))
_STRING = ir.Scalar("string")


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a type differs. The other attributes are as in `changes.Change`."""

    kind: Kind
    subject: Subject
    says: str
    old: str = ""
    new: str = ""
    renamed_to: str = ""


class TypeComparison:
    """Compares types of two programs in one direction."""

    def __init__(self, old: Program, new: Program, direction: Direction) -> None:
        self._old, self._new, self._direction = old, new, direction
        self._still_passes = Covering(old, new, direction)
        self._passed_before = Covering(new, old, direction)
        self._old_text, self._new_text = TypeText(old.ir), TypeText(new.ir)
        self._known: dict[Hashable, tuple[Difference, ...]] = {}

    def types(self, old: ir.Type, new: ir.Type, subject: Subject) -> Iterator[Difference]:
        """The differences between a type and what it has become; those inside are told at their own subjects."""
        texts = self._old_text.type(old), self._new_text.type(new)
        before, after = _alternatives(old), _alternatives(new)
        shared = [each for each in before if each in after and self._new.is_declared_alone(each)]
        for each in shared:
            yield from self._declared(each)
        if len(shared) < max(len(before), len(after)):
            mine = self._old.members(_without(shared, before)), self._new.members(_without(shared, after))
            beside = self._old.members(ir.UnionOf(tuple(shared))), self._new.members(ir.UnionOf(tuple(shared)))
            yield from self.members(*mine, subject, texts, beside)

    def members(
        self,
        before: Members,
        after: Members,
        subject: Subject,
        texts: tuple[str, str],
        beside: tuple[Members, Members] = ((), ()),
    ) -> Iterator[Difference]:
        """The same for types that were taken apart, of which what lies `beside` is told elsewhere.

        `texts` say what each type is.
        """
        paired = list(pairs(self._old, before, self._new, after))
        for member, other in paired:
            yield from self._inside(member, other, subject, texts)
        left = [each for each in before if each not in [member for member, _ in paired]]
        come = [each for each in after if each not in [other for _, other in paired]]
        lost = [each for each in left if not self._still_passes.holds(each, (*after, *beside[1]))]
        gained = [each for each in come if not self._passed_before.holds(each, (*before, *beside[0]))]
        kept = [member for member, _ in paired] + [each for each in [*left, *come] if each not in [*lost, *gained]]
        if lost or gained:
            yield from self._exchanged(lost, gained, [*kept, *beside[0]], subject, texts)

    def _exchanged(
        self,
        lost: list[Member],
        gained: list[Member],
        kept: list[Member],
        subject: Subject,
        texts: tuple[str, str],
    ) -> Iterator[Difference]:
        """What it means that a type has lost some members and gained others."""
        values = [each for each in [*lost, *gained] if each != _NULL]
        common = any(each != _NULL for each in kept)
        if lost and gained and not common and not _all_literals(values):
            yield Difference(changes.CHANGED, subject, f"is now `{texts[1]}`", *texts)
            return
        if _NULL in lost:
            yield Difference(changes.NULL_REMOVED, subject, "can no longer be `None`", *texts)
        if _NULL in gained:
            yield Difference(changes.NULL_ADDED, subject, "can now be `None`", *texts)
        if lost := [each for each in lost if each != _NULL]:
            is_id = _is_string(lost) and _has_id(kept)
            says = f"is now `{texts[1]}`" if is_id else f"can no longer be {_names(lost, self._old_text)}"
            yield Difference(changes.STRING_TO_ID if is_id else changes.NARROWED, subject, says, *texts)
        if gained := [each for each in gained if each != _NULL]:
            was_id = _is_string(gained) and _has_id(kept)
            says = f"can now also be {_names(gained, self._new_text)}"
            yield Difference(changes.ID_TO_STRING if was_id else changes.WIDENED, subject, says, *texts)

    def _declared(self, type_: ir.Type) -> tuple[Difference, ...]:
        """The differences of an enum or alias of the same name: those are the same wherever it is used."""
        assert isinstance(type_, ir.Named)
        if type_ not in self._known:
            self._known[type_] = ()  # a type that contains itself ends here
            old, new = self._old.types[type_.symbol], self._new.types[type_.symbol]
            module = f"module {self._new.modules.get(type_.symbol, '')}"
            subject = Subject(f"type {type_.symbol}", f"`{new.name}`", (module,))
            if isinstance(old, ir.AliasDef) and isinstance(new, ir.AliasDef):
                self._known[type_] = tuple(self.types(old.type, new.type, subject))
            else:
                texts = self._old_text.values(old), self._new_text.values(new)
                found = self.members(self._old.members(type_), self._new.members(type_), subject, texts)
                self._known[type_] = tuple(found)
        return self._known[type_]

    def fields(
        self, before: Sequence[ir.Field], after: Sequence[ir.Field], owner: Owner | None, subject: Subject
    ) -> Iterator[Difference]:
        """The differences between the fields of two objects, of which `owner` declares the new one."""
        now = {field.wire: field for field in after}
        added = [field for field in after if field.wire not in {old.wire for old in before}]
        for field in before:
            other = now.get(field.wire)
            at = field_subject(owner, subject, other or field)
            if other is not None:
                yield from self._field(field, other, at)
            else:
                close = self._renamed(field, added)
                renamed_to = "" if close is None else field_subject(owner, subject, close).path
                yield Difference(changes.REMOVED, at, "is gone", self._old_text.field(field), "", renamed_to)
        for field in added:
            required = self._direction == "input" and not may_be_absent(field, "input")
            kind, says = (changes.REQUIRED_ADDED, "is new and required") if required else (changes.ADDED, "is new")
            yield Difference(kind, field_subject(owner, subject, field), says, "", self._new_text.field(field))

    def _inside(self, member: Member, other: Member, subject: Subject, texts: tuple[str, str]) -> Iterator[Difference]:
        match member.shape, other.shape:
            case ir.ArrayOf(old), ir.ArrayOf(new):
                yield from self.types(old, new, subject.into("[]"))
            case ir.RecordOf(key, old), ir.RecordOf(new_key, new):
                yield from self.types(key, new_key, subject.into("keys"))
                yield from self.types(old, new, subject.into("[]"))
            case ObjectShape() as inner, ObjectShape() as outer:
                yield from self._objects(inner, outer, subject)
            case _:
                pass
        if not all_implied(other.limits, member.limits):
            yield Difference(changes.TIGHTENED, subject, f"has tighter limits: `{texts[1]}`", *texts)
        if not all_implied(member.limits, other.limits):
            yield Difference(changes.LOOSENED, subject, f"has looser limits: `{texts[1]}`", *texts)

    def _objects(self, old: ObjectShape, new: ObjectShape, subject: Subject) -> tuple[Difference, ...]:
        """Where the new object is declared, its differences are the same wherever it is used."""
        if new.owner is None:
            return tuple(self.fields(old.fields, new.fields, None, subject))
        pair = (old, new)
        if pair not in self._known:
            self._known[pair] = ()  # a type that contains itself ends here
            self._known[pair] = tuple(self.fields(old.fields, new.fields, new.owner, subject))
        return self._known[pair]

    def _field(self, old: ir.Field, new: ir.Field, subject: Subject) -> Iterator[Difference]:
        texts = self._old_text.field(old), self._new_text.field(new)
        was_optional, is_optional = (may_be_absent(field, self._direction) for field in (old, new))
        if was_optional and not is_optional:
            yield Difference(changes.NOW_REQUIRED, subject, "can no longer be left out", *texts)
        elif is_optional and not was_optional:
            yield Difference(changes.NOW_OPTIONAL, subject, "can now be left out", *texts)
        defaulted = old.presence == new.presence == "defaulted"
        if defaulted and old.default != new.default and self._direction == "input":
            yield Difference(changes.DEFAULT_CHANGED, subject, "has another default", *texts)
        yield from self.types(old.type, new.type, subject)

    def _renamed(self, gone: ir.Field, added: list[ir.Field]) -> ir.Field | None:
        """The new field that a field which is gone may now be: one of the same type, or one with a similar name."""
        alike = [field for field in added if self._old.members(gone.type) == self._new.members(field.type)]
        close = difflib.get_close_matches(gone.name, [field.name for field in alike], 1, 0.5)
        if close:
            return next(field for field in alike if field.name == close[0])
        return alike[0] if len(alike) == 1 == len(added) else None


def field_subject(owner: Owner | None, subject: Subject, field: ir.Field) -> Subject:
    """A field as something to speak of. One of an object without a declaration lies inside of `subject`."""
    if owner is None:
        return subject.into(field.name)
    shown = f"{owner.shows} {field.name}" if owner.shows else ""
    return Subject(
        f"{owner.key} {field.name}", f"{owner.noun} `{field.name}` of `{owner.title}`", owner.around, "", shown
    )


def _alternatives(type_: ir.Type) -> list[ir.Type]:
    """The members of a union as they were written; another type alone."""
    return [*type_.members] if isinstance(type_, ir.UnionOf) else [type_]


def _without(shared: list[ir.Type], alternatives: list[ir.Type]) -> ir.UnionOf:
    return ir.UnionOf(tuple(each for each in alternatives if each not in shared))


def _names(members: list[Member], text: TypeText) -> str:
    return listed([_name(each, text) for each in members])


def _name(member: Member, text: TypeText) -> str:
    """A member as one would name it in a sentence."""
    match member.shape:
        case ObjectShape(owner):
            return owner.title if owner is not None else "object"
        case ir.LiteralOf(value):
            return literal_text(value)
        case shape:
            return text.type(shape)


def _all_literals(members: list[Member]) -> bool:
    return all(isinstance(each.shape, ir.LiteralOf) for each in members)


def _is_string(members: list[Member]) -> bool:
    return all(each.shape == _STRING for each in members)


def _has_id(members: Iterable[Member]) -> bool:
    return any(isinstance(each.shape, ir.IdOf) for each in members)


def as_change(difference: Difference, who: Who, name: str, worst: Impact = Impact.BREAKING) -> Change:
    """A difference between types in the position that it was found in; never worse than `worst`."""
    kind = difference.kind
    impact = min(kind.impact(who), worst)
    whole_result = difference.subject.path.endswith(" returns")
    return Change(
        kind.rule,
        difference.subject,
        difference.says,
        (Effect(who, name, impact, advice(kind, who, whole_result=whole_result)),),
        difference.old,
        difference.new,
        difference.renamed_to,
    )
