"""What comparisons with class attributes of a table are at run time."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from convexgen import Id, Index, SearchIndex, Table, VectorIndex
from convexgen.authoring.conditions import AnyOf, Condition, FieldPath, conditions, path_of, table_of


class Meta(BaseModel):
    rank: int = 0
    path: str = ""


class Note(Table, name="notes"):
    author: Id[Any]
    pinned: bool = False
    meta: Meta

    by_author = Index("author", "meta.rank")
    by_text = SearchIndex("text", filter_fields=["author"], name="text_search")
    by_vector = VectorIndex("vector", dimensions=3)


class Memo(Note, name="memos"):
    pass


@pytest.mark.parametrize(
    ("compare", "symbol"),
    [
        (operator.eq, "=="),
        (operator.ne, "!="),
        (operator.lt, "<"),
        (operator.le, "<="),
        (operator.gt, ">"),
        (operator.ge, ">="),
    ],
)
def test_a_comparison_is_a_condition(compare: Callable[[Any, Any], Any], symbol: str) -> None:
    condition = compare(Note.meta.rank, 3)
    assert (condition.table, condition.path, condition.operator, condition.value) == (Note, ("meta", "rank"), symbol, 3)


def test_the_field_may_stand_on_the_right() -> None:
    author, time = Id[Any]("u1"), 3
    assert conditions([author == Note.author, time < Note.creation_time]) == (
        Condition(Note, ("author",), "==", author),
        Condition(Note, ("creation_time",), ">", time),
    )


def test_paths_have_no_attributes_of_their_own() -> None:
    path: Any = Note.meta.path
    assert (repr(path), path_of(path), table_of(path)) == ("Note.meta.path", ("meta", "path"), Note)
    assert not hasattr(path, "_private")
    assert len({path, Note.meta}) == 2


def test_inherited_fields_belong_to_the_class_they_are_read_from() -> None:
    assert conditions([Memo.id == "m1"]) == (Condition(Memo, ("id",), "==", "m1"),)


def test_unknown_fields_are_attribute_errors() -> None:
    with pytest.raises(AttributeError):
        _ = Note.nope  # type: ignore[attr-defined]


def test_a_condition_has_no_truth_value() -> None:
    combinations: tuple[Callable[[], object], ...] = (
        lambda: Note.pinned == True and Note.author == "a",  # noqa: E712
        lambda: not Note.pinned,
        lambda: 1 < Note.creation_time < 5,
        lambda: bool((Note.meta.rank == 1) | (Note.meta.rank == 2)),
    )
    for combine in combinations:
        with pytest.raises(TypeError, match="separated by commas"):
            combine()


def test_alternatives() -> None:
    one, two, three = (Condition(Note, ("meta", "rank"), "==", value) for value in (1, 2, 3))
    assert one | two | three == AnyOf((one, two, three)) == one | (two | three)
    assert conditions([one | two, three]) == (AnyOf((one, two)), three)
    with pytest.raises(TypeError):
        _ = one | 3


@pytest.mark.parametrize(
    ("value", "message"),
    [(Note.pinned, "Note.pinned alone is not a condition: write Note.pinned == True"), (True, "got True")],
)
def test_what_is_no_condition_is_refused(value: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        conditions([value])


def test_indexes_know_their_table_and_name() -> None:
    bound: list[Any] = [Note.by_author, Memo.by_author, Note.by_text, Note.by_vector, Note.by_creation_time]
    assert [(index.table, index.name) for index in bound] == [
        (Note, "by_author"),
        (Memo, "by_author"),
        (Note, "text_search"),
        (Note, "by_vector"),
        (Note, "by_creation_time"),
    ]
    assert (Note.by_author.fields, Note.by_text.field, Note.by_text.filter_fields, Note.by_vector.dimensions) == (
        ("author", "meta.rank"),
        "text",
        ("author",),
        3,
    )


def test_indexes_are_compared_by_content() -> None:
    assert Note.by_author == Note.by_author
    assert len({Note.by_author, Note.by_author, Memo.by_author}) == 2
    assert Note.by_author != Memo.by_author
    assert repr(Note.by_author) == "<Index Note.by_author>"


def test_an_index_outside_a_table_has_no_name_and_no_table() -> None:
    loose: Index[Any] = Index("author")
    with pytest.raises(ValueError, match="gets its name as a class attribute"):
        _ = loose.name
    with pytest.raises(ValueError, match="is bound when it is read from its table"):
        _ = loose.table
    with pytest.raises(ValueError, match="at least one field"):
        Index()


def test_fields_are_paths_only_on_classes() -> None:
    on_class: object = Note.author
    assert isinstance(on_class, FieldPath)
    assert Note(author=Id("a"), meta=Meta(rank=1)).author == "a"
