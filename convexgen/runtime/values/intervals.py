"""Stretches of an index, as pairs of keys: what is scanned, what was read, what a write may touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from convexgen.authoring.unset import Unset
from convexgen.runtime.values.domain import Value
from convexgen.runtime.values.sort_keys import AFTER, index_key, sort_key

Order = Literal["asc", "desc"]


class Bound(NamedTuple):
    """Where the values of a field begin or end. `inclusive` says whether `value` itself is one of them."""

    value: Value | Unset
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """All keys from `start`, which is one of them, up to `end`, which is not. None if `end` is not after `start`."""

    start: bytes
    end: bytes

    @property
    def is_empty(self) -> bool:
        return self.start >= self.end

    def holds(self, key: bytes) -> bool:
        return self.start <= key < self.end

    def overlaps(self, other: Interval) -> bool:
        """Whether some key is in both."""
        return max(self.start, other.start) < min(self.end, other.end)

    def beyond(self, key: bytes, order: Order) -> Interval:
        """What a scan in this order has before it when it has passed `key`, the whole key of an entry."""
        if order == "asc":
            return Interval(max(self.start, key + AFTER), self.end)
        return Interval(self.start, min(self.end, key))

    def through(self, key: bytes, order: Order) -> Interval:
        """What a scan in this order has seen when it has come to `key`, the whole key of an entry, and read it."""
        if order == "asc":
            return Interval(self.start, min(self.end, key + AFTER))
        return Interval(max(self.start, key), self.end)


EVERYTHING: Final = Interval(b"", AFTER)


def prefixed(key: bytes) -> Interval:
    """All that begin with `key`: one entry if it is whole, else all that have the same first fields."""
    return Interval(key, key + AFTER)


def index_interval(
    equal: Sequence[Value | Unset] = (), lower: Bound | None = None, upper: Bound | None = None
) -> Interval:
    """The entries of an index whose first fields hold just the values `equal`, and the next one what the bounds admit.

    As all values have an order, a bound admits values of other types too: `null` and absent fields are below 5.
    """
    prefix = index_key(equal)
    start, end = prefix, prefix + AFTER
    if lower:
        start = prefix + sort_key(lower.value) + (b"" if lower.inclusive else AFTER)
    if upper:
        end = prefix + sort_key(upper.value) + (AFTER if upper.inclusive else b"")
    return Interval(start, end)
