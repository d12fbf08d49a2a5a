"""Awkward names: each has one way of being shown, and works."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from convexgen.emit import python
from convexgen.emit.python import document_names
from convexgen.emit.python.names import module_class
from convexgen.ir import ArrayOf, Document, Field, Function, Module, Named, ObjectDef, Table, TypeName
from tests.emit.python.checkers import mypy, pyright
from tests.emit.python.programs import ANY, INT, NULL, OUTPUT, STRING, field, generate, query, write
from tests.emit.python.server import Deployment

FIELDS = (
    "copy",
    "json",
    "schema",
    "model_config",
    "model_dump",
    "_private",
    "list",
    "str",
    "class",
    "int",
    "Card",
    "Any",
)
AWKWARD_FIELDS = tuple(Field(name, name, ArrayOf(STRING) if name == "list" else STRING) for name in FIELDS)

MODULES = (
    Module(
        "close",
        "close",
        (
            query(
                "class_", STRING, Field("self", "self", STRING), Field("class_", "class", INT), Field("cls", "cls", INT)
            ),
            query("delete", NULL),
            query("import", NULL),
            query("int", INT, field("int", INT), field("str", STRING)),
            query("list_", ArrayOf(Named("close.Card"))),
            query("models", NULL),
            query("str", ArrayOf(STRING), field("str", ArrayOf(STRING))),
            query("type_", ANY, field("type_", STRING), field("client", STRING), field("models", STRING)),
        ),
        (
            ObjectDef("close.Card", "Card", AWKWARD_FIELDS),
            ObjectDef("close.Page", "Page", (field("page", STRING),)),
        ),
    ),
    Module("close.delete", "close/delete", (query("list_", ArrayOf(Document("cards"))),)),
    Module("models", "models", (query("get", Named("close.Page")),)),
    Module("schema", "schema", tables=(Table("schema.Card", "cards", (field("title", STRING),)),)),
    Module("user_2", "user2", (query("default", NULL),)),
)
NAMES = {"close.Card": TypeName("Card", False), "close.Page": TypeName("Page", False)}
PACKAGE = "awkward_client_under_test"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("awkward")
    write(generate(MODULES, NAMES), folder / PACKAGE)
    return folder


@pytest.fixture(scope="module")
def awkward(folder: Path) -> Iterator[ModuleType]:
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(PACKAGE)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


def test_every_function_is_reached_by_its_name(awkward: ModuleType, deployment: Deployment) -> None:
    with awkward.Client(awkward.HttpTransport(deployment.url)) as client:
        close = client.close_
        deployment.succeed("x")
        close.class_(self_="a", class_=1, cls=2)
        assert deployment.last.args == {"self": "a", "class": 1.0, "cls": 2.0}
        close.type(type_="a", client="b", models="c")
        assert deployment.last.args == {"type": "a", "client": "b", "models": "c"}
        deployment.succeed(7)
        assert close.int(int=1, str="x") == 7
        deployment.succeed(["x"])
        assert close.str(str=["x"]) == ["x"]
        deployment.succeed(None)
        for call in (close.delete, close.import_, close.models_, client.user_2.default):
            assert call() is None
        assert [request.body.split('"')[3] for request in deployment.received[-4:]] == [
            "close:delete",
            "close:import",
            "close:models",
            "user2:default",
        ]
        deployment.succeed([{"_id": "c", "_creationTime": 1.0, "title": "x"}])
        assert close.delete_.list()[0].title == "x"
        deployment.succeed({"page": "x"})
        assert client.models.get() == awkward.models.Page(page="x")


def test_every_field_has_a_name(awkward: ModuleType, deployment: Deployment) -> None:
    wire: dict[str, Any] = {name: [name] if name == "list" else name for name in FIELDS}
    deployment.succeed([wire])
    with awkward.Client(awkward.HttpTransport(deployment.url)) as client:
        (card,) = client.close_.list()
    python_names = [
        "copy_",
        "json_",
        "schema_",
        "model_config_",
        "model_dump_",
        "private_",
        "list",
        "str",
        "class_",
        "int",
        "Card_",
        "Any_",
    ]
    assert list(type(card).model_fields) == python_names
    assert [getattr(card, name) for name in python_names] == list(wire.values())
    assert card.model_dump(by_alias=True) == wire


def test_checkers_take_the_names(folder: Path) -> None:
    assert mypy(folder, PACKAGE) == []
    assert pyright(folder, PACKAGE) == []


def test_documents_named_like_types() -> None:
    names = {
        "a.Card": TypeName("Card", False),
        "a.CardDocument": TypeName("CardDocument", True),
        "a.Note": TypeName("Note", True),
    }
    classes = {"cards": "Card", "inputs": "NoteInput", "notes": "Plain", "others": "Plain"}
    assert document_names(classes, names) == {
        "table:cards": TypeName("CardDocument2", False),
        "table:inputs": TypeName("NoteInputDocument", False),
        "table:notes": TypeName("Plain", False),
        "table:others": TypeName("PlainDocument", False),
    }


def test_documents_that_nobody_named() -> None:
    table = Table("schema.Card", "cards", (field("title", STRING),))
    function = Function("get", "get", "query", "public", (), Document("cards"))
    written = python.fragment(Module("m", "m", (function,), tables=(table,)), {}, OUTPUT)
    assert "class CardsDocument(WireDocument):" in written["class table cards"]
    assert "-> models.CardsDocument:" in written["methods"]


def test_classes_of_modules_never_meet() -> None:
    paths = ["a.b", "a_b", "ab", "a__b", "_a.b", "a_.b", "a._b", "a_1", "a1", "A.b", "a.B", "aB", "ä", "a_ub", "a_u.b"]
    assert len({module_class(path) for path in paths}) == len(paths)
    assert module_class("admin.user_settings") == "Admin_UserSettingsModule"
