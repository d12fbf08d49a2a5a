"""A name for each shape of object in a spec, which tells none: from where it is used, equal shapes sharing one.

A shape that is used in one place is called after that place (`OrdersCreateAddress`); one that several fields have,
after what their names share (`billingAddress`, `shippingAddress`: `Address`), else after the most frequent of them;
the shape of a table's documents after the table.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from convexgen.ir import (
    ArrayOf,
    Field,
    LiteralOf,
    Named,
    ObjectDef,
    Page,
    RecordOf,
    Type,
    UnionOf,
)
from convexgen.naming import pascal_case
from convexgen.spec_client.python_names import singular

_LONGEST = 60
"""Characters of a name that tells every place on the way; longer ones are called after the last."""
_VAGUE = ("Item", "Result", "Value", "Variant")
"""Beginnings of words that say nothing without the function before them."""
_PARTS = re.compile(r"[A-Z][^A-Z]*|[^A-Z]+")


@dataclass(frozen=True, slots=True)
class Use:
    """Where a shape is used: in which shape (its symbol) or function (its name), and as what."""

    holder: str
    word: str
    in_function: bool = False


@dataclass(slots=True)
class Names:
    """Names being given. `uses` are by symbol, in the order in which they were met."""

    shapes: Mapping[str, ObjectDef]
    uses: Mapping[str, Sequence[Use]]
    chosen: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def give(self) -> dict[str, str]:
        """A name for every shape that is used, by its symbol."""
        for table, symbol in sorted(self._documents().items()):
            self._choose(symbol, [f"{class_name(table)}Document"])
        for symbol in self.uses:
            self._name(symbol)
        return self.chosen

    def _name(self, symbol: str) -> str:
        if symbol not in self.chosen:
            self._choose(symbol, list(self._candidates(symbol)))
        return self.chosen[symbol]

    def _candidates(self, symbol: str) -> Iterator[str]:
        uses = list(dict.fromkeys(self.uses[symbol]))
        yield from map(class_name, _shared_word([use.word for use in uses]))
        first = uses[0]
        holder = first.holder if first.in_function else self._name(first.holder)
        full = holder + pascal_case(first.word)
        yield class_name(first.word if len(full) > _LONGEST and not _is_vague(first.word) else full)

    def _choose(self, symbol: str, candidates: Sequence[str]) -> None:
        free = (name for name in candidates if name.lower() not in self.taken)
        name = next(free, candidates[-1])
        base, number = name, 2
        while name.lower() in self.taken:
            name, number = f"{base}{number}", number + 1
        self.taken.add(name.lower())
        self.chosen[symbol] = name

    def _documents(self) -> dict[str, str]:
        """The shape that documents of each table have: the one used most, of these the one with the fewest fields."""
        by_table: dict[str, list[str]] = {}
        for symbol in self.uses:
            table = self.shapes[symbol].table
            if table is not None:
                by_table.setdefault(table, []).append(symbol)
        return {
            table: min(symbols, key=lambda each: (-len(self.uses[each]), len(self.shapes[each].fields)))
            for table, symbols in by_table.items()
        }


def _shared_word(words: Sequence[str]) -> Iterator[str]:
    """What fields that are called `words` have in common: how all of them end, else the name that most have."""
    telling = [word for word in words if not _is_vague(word)]
    if len(telling) < 2:
        return
    ends = [_PARTS.findall(word)[::-1] for word in telling]
    common = [parts[0] for parts in takewhile(lambda parts: len(set(parts)) == 1, zip(*ends, strict=False))]
    ending = "".join(reversed(common))
    if ending and not _is_vague(ending):
        yield ending
    most, number = Counter(telling).most_common(1)[0]
    if number > 1:
        yield most


def _is_vague(word: str) -> bool:
    return word.startswith(_VAGUE)


def class_name(words: str) -> str:
    """`words` as a class is called, whatever they are.

    >>> class_name("user-settings"), class_name("2fa"), class_name("!")
    ('UserSettings', 'X2fa', 'X')
    """
    name = "".join(letter for letter in pascal_case(words) if f"x{letter}".isidentifier())
    return name if name.isidentifier() else f"X{name}"


def uses_of(
    functions: Iterable[tuple[str, Sequence[Field], Type]], shapes: Mapping[str, ObjectDef]
) -> dict[str, list[Use]]:
    """Where each shape is used. Of `functions` are given: the name as part of a class's, the arguments, the result."""
    uses: dict[str, list[Use]] = {}
    waiting: list[str] = []

    def note(type_: Type, holder: str, word: str, *, in_function: bool = False) -> None:
        for symbol, called in _mentions(type_, pascal_case(word), shapes):
            if symbol not in uses:
                waiting.append(symbol)
            uses.setdefault(symbol, []).append(Use(holder, called, in_function))

    for name, args, returns in functions:
        for each in args:
            note(each.type, name, each.wire, in_function=True)
        note(returns, name, "Result", in_function=True)
    for symbol in waiting:
        for each in shapes[symbol].fields:
            note(each.type, symbol, each.wire)
    return uses


def _mentions(type_: Type, word: str, shapes: Mapping[str, ObjectDef]) -> Iterator[tuple[str, str]]:
    """The shapes that `type_` is made of, and what each is to be called there."""
    match type_:
        case Named(symbol):
            yield symbol, word
        case ArrayOf(element) | Page(element):
            yield from _mentions(element, singular(word), shapes)
        case RecordOf(_, value):
            yield from _mentions(value, f"{word}Value", shapes)
        case UnionOf(members):
            yield from _alternatives(members, word, shapes)
        case _:
            pass


def _alternatives(members: Sequence[Type], word: str, shapes: Mapping[str, ObjectDef]) -> Iterator[tuple[str, str]]:
    """Objects of a union are called after their tags, or numbered where they have none."""
    objects = [member.symbol for member in members if isinstance(member, Named)]
    tags = _tags([shapes[symbol] for symbol in objects])
    for member in members:
        if not isinstance(member, Named) or len(objects) == 1:
            yield from _mentions(member, word, shapes)
            continue
        number = objects.index(member.symbol)
        yield member.symbol, word + (tags[number] if tags else f"Variant{number + 1}")


def _tags(objects: Sequence[ObjectDef]) -> list[str]:
    """What distinguishes each of `objects`: the literal in a field that all have, if no two have the same."""
    literals = [
        {each.wire: each.type.value for each in shape.fields if isinstance(each.type, LiteralOf)} for shape in objects
    ]
    shared = set(literals[0]).intersection(*literals[1:]) if literals else set()
    for wire in sorted(shared):
        tags = [pascal_case(str(values[wire])) for values in literals]
        if all(tags) and max(Counter(tags).values()) == 1:
            return tags
    return []
