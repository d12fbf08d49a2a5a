"""The nesting of modules in `api`, and of fields in `fieldPaths`."""

from __future__ import annotations

from convexgen.emit.typescript.field_paths import field_paths, note_of_alias, note_of_object, note_of_table
from convexgen.emit.typescript.module_tree import ModuleTree
from convexgen.ir import (
    AliasDef,
    ArrayOf,
    Constrained,
    Document,
    Field,
    Named,
    ObjectDef,
    RecordOf,
    Scalar,
    Table,
    Type,
    UnionOf,
)

STRING = Scalar("string")


def test_a_module_and_a_folder_of_one_name_merge() -> None:
    tree = ModuleTree()
    tree.add("a", "Module a.\n\nMore.", "    f: X;\n")
    tree.add("a/b/c", "", "        g: Y;\n")
    tree.add("tasks-list", "", "    h: Z;\n")
    assert tree.object_type() == (
        "{\n"
        "  /** Module a. */\n"
        "  a: {\n"
        "    f: X;\n"
        "    b: {\n"
        "      c: {\n"
        "        g: Y;\n"
        "      };\n"
        "    };\n"
        "  };\n"
        '  "tasks-list": {\n'
        "    h: Z;\n"
        "  };\n"
        "}"
    )


def test_no_modules() -> None:
    assert ModuleTree().object_type() == "{}"


def _paths(fields: dict[str, Type], *definitions: ObjectDef | AliasDef, others: tuple[Table, ...] = ()) -> list[str]:
    table = Table("schema.T", "t", _fields(fields))
    notes = {f"table {each.name}": note_of_table(each) for each in (table, *others)}
    for definition in definitions:
        note = note_of_object(definition) if isinstance(definition, ObjectDef) else note_of_alias(definition)
        notes[f"type {definition.symbol}"] = note
    return [path for path in field_paths("t", notes.get) if path not in ('"_id"', '"_creationTime"')]


def _fields(fields: dict[str, Type]) -> tuple[Field, ...]:
    return tuple([Field(name, name, type_) for name, type_ in fields.items()])


def test_paths_go_through_objects_unions_and_aliases_but_not_arrays() -> None:
    rank = ObjectDef("m.Rank", "Rank", _fields({"score": STRING}))
    other = ObjectDef("m.Other", "Other", _fields({"score": STRING, "x": ArrayOf(Named("m.Rank"))}))
    either = AliasDef("m.Either", "Either", UnionOf((Named("m.Rank"), Constrained(Named("m.Other"), ()))))
    found = _paths({"meta": Named("m.Either"), "list": ArrayOf(Named("m.Rank"))}, rank, other, either)
    assert found == ['"list"', '"meta"', '"meta.score"', '"meta.x"']


def test_what_is_open_ends_in_a_pattern() -> None:
    found = _paths({"any": Scalar("any"), "map": RecordOf(STRING, STRING)})
    assert found == ['"any"', "`any.${string}`", '"map"', "`map.${string}`"]


def test_what_contains_itself_ends_in_a_pattern() -> None:
    tree = ObjectDef("m.Tree", "Tree", _fields({"left": Named("m.Tree"), "name": STRING}))
    assert _paths({"tree": Named("m.Tree")}, tree) == [
        '"tree"',
        '"tree.left"',
        "`tree.left.${string}`",
        '"tree.name"',
    ]


def test_documents_and_views_have_system_fields() -> None:
    user = Table("schema.User", "users", _fields({"name": STRING}))
    card = ObjectDef("m.Card", "Card", _fields({"title": STRING}), table="users")
    found = _paths({"user": Document("users"), "card": Named("m.Card")}, card, others=(user,))
    assert found == [
        '"card"',
        '"card._creationTime"',
        '"card._id"',
        '"card.title"',
        '"user"',
        '"user._creationTime"',
        '"user._id"',
        '"user.name"',
    ]


def test_a_table_of_variants_has_the_paths_of_all() -> None:
    one = ObjectDef("m.One", "One", _fields({"kind": STRING, "x": STRING}), table="shapes")
    two = ObjectDef("m.Two", "Two", _fields({"kind": STRING, "y": STRING}), table="shapes")
    shapes = Table("schema.Shape", "shapes", (), variants=("m.One", "m.Two"))
    notes = {
        "table shapes": note_of_table(shapes),
        "type m.One": note_of_object(one),
        "type m.Two": note_of_object(two),
    }
    assert field_paths("shapes", notes.get) == ('"_creationTime"', '"_id"', '"kind"', '"x"', '"y"')
