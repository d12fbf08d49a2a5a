"""What `Message.author == author` is at run time. To a type checker it compares two values, hence is a `bool`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, TypeAlias

Operator: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]


class _NotABool:
    """Python asks for a truth value in `and`, `or`, `not`, `if`, `a < field < b`: none can mean what it says here."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a condition on a field has no truth value of its own: pass several conditions, separated by commas"
        )


@dataclass(frozen=True, slots=True)
class Condition(_NotABool):
    """A field of `table` compared with a value. `path` is in Python names, from the document inwards."""

    table: type
    path: tuple[str, ...]
    operator: Operator
    value: Any

    def __or__(self, other: object) -> AnyOf:
        return AnyOf((self,)) | other


@dataclass(frozen=True, slots=True)
class AnyOf(_NotABool):
    """Conditions of which one must hold. Only `vector_search` takes it."""

    conditions: tuple[Condition, ...]

    def __or__(self, other: object) -> AnyOf:
        match other:
            case Condition():
                return AnyOf((*self.conditions, other))
            case AnyOf():
                return AnyOf(self.conditions + other.conditions)
            case _:
                return NotImplemented


class FieldPath(_NotABool):
    """`Message.author` or `Message.meta.rank`. Compare it to get a `Condition`.

    Every public attribute is a nested field, so what a path is made of is asked with `path_of` and `table_of`.
    """

    __slots__ = ("_path", "_table")

    def __init__(self, table: type, path: tuple[str, ...]) -> None:
        self._table = table
        self._path = path

    def __getattr__(self, name: str) -> FieldPath:
        if name.startswith("_"):
            raise AttributeError(name)
        return FieldPath(self._table, (*self._path, name))

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return Condition(self._table, self._path, "==", other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return Condition(self._table, self._path, "!=", other)

    def __lt__(self, other: object) -> Condition:
        return Condition(self._table, self._path, "<", other)

    def __le__(self, other: object) -> Condition:
        return Condition(self._table, self._path, "<=", other)

    def __gt__(self, other: object) -> Condition:
        return Condition(self._table, self._path, ">", other)

    def __ge__(self, other: object) -> Condition:
        return Condition(self._table, self._path, ">=", other)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return ".".join((self._table.__name__, *self._path))


def path_of(field: FieldPath) -> tuple[str, ...]:
    """The Python names from the document inwards: `Message.meta.rank` gives `("meta", "rank")`."""
    return field._path


def table_of(field: FieldPath) -> type:
    """The class that the path begins at."""
    return field._table


def conditions(values: Iterable[object]) -> tuple[Condition | AnyOf, ...]:
    """What was passed to `with_index` and its like, made sure of.

    Raises `TypeError` for anything that is not a comparison with a field, such as `Message.pinned` alone or a
    comparison of two plain values: to a type checker those are a `bool` too.
    """
    checked: list[Condition | AnyOf] = []
    for value in values:
        if isinstance(value, FieldPath):
            raise TypeError(f"{value!r} alone is not a condition: write {value!r} == True")
        if not isinstance(value, Condition | AnyOf):
            raise TypeError(f"a condition compares a field of the table, as in Message.author == author; got {value!r}")
        checked.append(value)
    return tuple(checked)
