"""Intervals that overlap as they like, found by a key that lies in them without looking at the others.

A tree in the order of the intervals, in which each node knows the greatest end below it. What keeps it shallow is
chance: of any two nodes the one with the higher priority stands above, and priorities are hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

ItemT = TypeVar("ItemT")
_Key = tuple[bytes, bytes]


class _Node(Generic[ItemT]):
    __slots__ = ("greatest", "items", "key", "left", "priority", "right")

    def __init__(self, key: _Key) -> None:
        self.key = key
        self.priority = hash(key)
        self.greatest = key[1]
        self.items: dict[ItemT, None] = {}
        self.left: _Node[ItemT] | None = None
        self.right: _Node[ItemT] | None = None

    def having(self, left: _Node[ItemT] | None, right: _Node[ItemT] | None) -> _Node[ItemT]:
        """The node itself, with these below it."""
        self.left, self.right = left, right
        self.greatest = self.key[1]
        for below in (left, right):
            if below is not None and below.greatest > self.greatest:
                self.greatest = below.greatest
        return self


class IntervalTree(Generic[ItemT]):
    """Items by the intervals they stand at, from a start up to, but not including an end."""

    def __init__(self) -> None:
        self._root: _Node[ItemT] | None = None
        self._nodes: dict[_Key, _Node[ItemT]] = {}

    def __len__(self) -> int:
        return len(self._nodes)

    def add(self, start: bytes, end: bytes, item: ItemT) -> None:
        key = start, end
        node = self._nodes.get(key)
        if node is None:
            node = self._nodes[key] = _Node(key)
            self._root = _inserted(self._root, node)
        node.items[item] = None

    def discard(self, start: bytes, end: bytes, item: ItemT) -> None:
        """Twice does no harm."""
        key = start, end
        node = self._nodes.get(key)
        if node is None:
            return
        node.items.pop(item, None)
        if not node.items:
            del self._nodes[key]
            self._root = _without(self._root, key)

    def at(self, key: bytes) -> Iterator[ItemT]:
        """The items of all intervals that hold a key; an item comes once for each."""
        ahead = [self._root]
        while ahead:
            node = ahead.pop()
            if node is None or node.greatest <= key:
                continue
            ahead.append(node.left)
            start, end = node.key
            if start <= key:
                if key < end:
                    yield from node.items
                ahead.append(node.right)


def _inserted(node: _Node[ItemT] | None, new: _Node[ItemT]) -> _Node[ItemT]:
    if node is None:
        return new
    if new.priority > node.priority:
        return new.having(*_split(node, new.key))
    if new.key < node.key:
        return node.having(_inserted(node.left, new), node.right)
    return node.having(node.left, _inserted(node.right, new))


def _split(node: _Node[ItemT] | None, key: _Key) -> tuple[_Node[ItemT] | None, _Node[ItemT] | None]:
    """The nodes before a key and those after it."""
    if node is None:
        return None, None
    if node.key < key:
        before, after = _split(node.right, key)
        return node.having(node.left, before), after
    before, after = _split(node.left, key)
    return before, node.having(after, node.right)


def _without(node: _Node[ItemT] | None, key: _Key) -> _Node[ItemT] | None:
    if node is None or node.key == key:
        return None if node is None else _joined(node.left, node.right)
    if key < node.key:
        return node.having(_without(node.left, key), node.right)
    return node.having(node.left, _without(node.right, key))


def _joined(left: _Node[ItemT] | None, right: _Node[ItemT] | None) -> _Node[ItemT] | None:
    """One tree of two, the first of which comes before the second."""
    if left is None or right is None:
        return left or right
    if left.priority > right.priority:
        return left.having(left.left, _joined(left.right, right))
    return right.having(_joined(left, right.left), right.right)
