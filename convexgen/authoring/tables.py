"""`Table` and `View`: pydantic models that are documents.

Lifetime of a document: `Message(author=..., text=...)` is new and has no `id`; `ctx.db.insert` stores it; what the
database gives back has `id` and `creation_time`. Validation (`model_validate`) is for stored documents and wants both.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from pydantic._internal._model_construction import ModelMetaclass
from pydantic.fields import FieldInfo
from typing_extensions import TypeVar, dataclass_transform

from convexgen.authoring.conditions import FieldPath
from convexgen.authoring.ids import Id
from convexgen.authoring.indexes import Index, SearchIndex, TableIndex, VectorIndex

Role = Literal["abstract", "table", "variant", "view"]
"""`abstract` are `Table` and `View` themselves."""

SYSTEM_FIELDS = {"id": "_id", "creation_time": "_creationTime"}
"""The fields that the database gives to every document, with their wire names in every naming."""

SYSTEM_INDEXES = ("by_id", "by_creation_time")

TableT = TypeVar("TableT", bound="Table")

_class_is_being_made: ContextVar[bool] = ContextVar("_class_is_being_made", default=False)


@dataclass(slots=True)
class Declaration:
    """What the class statement said. `name` is the table's; `variants` grows as subclasses are declared."""

    role: Role
    name: str | None = None
    variants: list[type[Table]] = field(default_factory=list)


@contextmanager
def _making_a_class() -> Iterator[None]:
    token = _class_is_being_made.set(True)
    try:
        yield
    finally:
        _class_is_being_made.reset(token)


@dataclass_transform(kw_only_default=True, field_specifiers=(Field, PrivateAttr))
class DocumentMeta(ModelMetaclass):
    """Makes `Message.author` a field path, records `name=`, `view=` and `variant=`, and guards the constructor.

    Pydantic has no public name for its metaclass.
    """

    if not TYPE_CHECKING:  # a checker takes the class itself and `__init_subclass__` for the truth

        def __new__(mcs, class_name, bases, namespace, *, name=None, view=False, variant=False, **kwargs):
            _resolve_fields(bases)
            with _making_a_class():
                cls = super().__new__(mcs, class_name, bases, namespace, **kwargs)
            for reserved, alias in SYSTEM_FIELDS.items():
                if cls.__pydantic_fields__[reserved].alias != alias:
                    raise TypeError(f"{class_name}.{reserved}: the database gives every document its {reserved}")
            cls.__declaration__ = _declare(cls, name=name, view=view, variant=variant)
            return cls

        def __call__(cls, *args, **fields):  # noqa: N805
            _refuse_construction(cls)
            given = [field for field in (*SYSTEM_FIELDS, *SYSTEM_FIELDS.values()) if field in fields]
            if given:
                raise TypeError(f"{cls.__name__}: {given[0]} is given by the database, when the document is inserted")
            document = super().__call__(*args, **fields, _id="", _creationTime=0.0)
            for name in SYSTEM_FIELDS:
                del document.__dict__[name]
                document.__pydantic_fields_set__.discard(name)
            return document

        def __getattr__(cls, name):  # noqa: N805
            # While a subclass is being made pydantic asks its bases for attributes, to find defaults: fields are none.
            if name in cls.__dict__.get("__pydantic_fields__", ()) and not _class_is_being_made.get():
                return FieldPath(cls, (name,))
            return super().__getattr__(name)


def _resolve_fields(bases: tuple[type, ...]) -> None:
    """Let annotations that waited for names be resolved in the module that they stand in.

    Pydantic would look for the names in the module of the new class, which need not have them.
    """
    for base in bases:
        if issubclass(base, BaseModel) and not base.__pydantic_fields_complete__:
            base.model_rebuild(raise_errors=False)


def _declare(cls: type[BaseModel], *, name: str | None, view: bool, variant: bool) -> Declaration:
    parent = next((base for base in cls.__mro__[1:] if "__declaration__" in base.__dict__), None)
    if parent is None:
        return Declaration("abstract")
    inherited: Declaration = parent.__dict__["__declaration__"]
    if (name is not None) + view + variant > 1:
        raise TypeError(f"{cls.__name__}: name=, view=True and variant=True exclude one another")
    if issubclass(cls, View):
        if name is not None or view or variant:
            raise TypeError(f"{cls.__name__} is a view already: leave out name=, view= and variant=")
        return Declaration("view")
    if name is not None:
        return Declaration("table", name)
    if not (view or variant):
        raise TypeError(
            f'{cls.__name__} is a Table without a name: write `class {cls.__name__}(Table, name="...")`, or view=True '
            "or variant=True after the table it belongs to; fields to share stand in a plain pydantic model"
        )
    if inherited.role == "abstract":
        raise TypeError(f"{cls.__name__} names no table: write `class {cls.__name__}(Message, ...)`")
    if variant:
        if inherited.role != "table":
            raise TypeError(f"{cls.__name__} is a variant of {parent.__name__}, which is itself a {inherited.role}")
        inherited.variants.append(cast("type[Table]", cls))
    return Declaration("variant" if variant else "view", inherited.name)


def _refuse_construction(cls: type) -> None:
    declaration: Declaration = cls.__declaration__  # type: ignore[attr-defined]
    if declaration.role == "abstract":
        raise TypeError(f"{cls.__name__} has no documents of its own")
    if declaration.role == "view":
        raise TypeError(f"{cls.__name__} is a view: it is made from a document, with {cls.__name__}.of(...)")
    if declaration.variants:
        names = ", ".join(variant.__name__ for variant in declaration.variants)
        raise TypeError(f"{cls.__name__} is one of its variants: {names}")


def _tables_not_in(module: str) -> dict[str, type]:
    known = vars(sys.modules[module])
    return {table.__name__: table for table in _subclasses(Table) if table.__name__ not in known}


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for subclass in type.__subclasses__(cls):
        yield subclass
        yield from _subclasses(subclass)


class _Document(BaseModel):
    """What tables and views share at run time."""

    model_config = ConfigDict(
        defer_build=True,  # a program has many tables, and each process uses few of them
        extra="forbid",
        strict=True,
        validate_by_name=True,
        protected_namespaces=(),
        ignored_types=(Index, SearchIndex, VectorIndex),
    )

    if not TYPE_CHECKING:

        @classmethod
        def model_rebuild(cls, *, raise_errors=True, _parent_namespace_depth=2, **options):
            """Pydantic calls this when a class is first used whose annotations could not be resolved before.

            Tables refer to one another in circles, so modules import each other's under `if TYPE_CHECKING` alone. What
            pydantic cannot find then is looked for among all tables.
            """
            depth = _parent_namespace_depth + 1
            rebuilt = super().model_rebuild(raise_errors=False, _parent_namespace_depth=depth, **options)
            if rebuilt is not False:
                return rebuilt
            return super().model_rebuild(raise_errors=raise_errors, _types_namespace=_tables_not_in(cls.__module__))

        def __getattr__(self, name):
            if name in SYSTEM_FIELDS:
                raise AttributeError(f"this {type(self).__name__} has no {name}: it was not read from the database")
            return super().__getattr__(name)


if TYPE_CHECKING:
    # What checkers see in place of the system fields: attributes that are no parameters of the constructor. Not every
    # checker heeds `init=False` in a pydantic model.

    class _OwnId:
        def __get__(self, instance: object, owner: type[TableT]) -> Id[TableT]: ...

    class _SourceId:
        def __get__(self, instance: View[TableT], owner: object) -> Id[TableT]: ...

    class _CreationTime:
        def __get__(self, instance: object, owner: object) -> float: ...


class Table(_Document, metaclass=DocumentMeta):
    """A table, and the type of its documents: `class Message(Table, name="messages"): author: Id[User]`.

    `Message.author` on the class is a field for conditions and compares to a `Condition`. A subclass says `name=` (a
    table of its own, with the fields and indexes it inherits), `view=True` (the document plus fields, never stored) or
    `variant=True` (one shape of a table that is a union). Raises `TypeError` when it says none of them.
    """

    __declaration__: ClassVar[Declaration]

    by_id = Index("id")
    by_creation_time = Index("creation_time")

    if TYPE_CHECKING:
        id: ClassVar[_OwnId]
        """Given on insert. Raises `AttributeError` on a document that was not read from the database."""
        creation_time: ClassVar[_CreationTime]
        """Milliseconds since the epoch, given on insert."""

        def __init_subclass__(cls, *, name: str = ..., view: bool = ..., variant: bool = ...) -> None: ...
    else:
        id: Id[Self] = Field(alias="_id")
        creation_time: float = Field(alias="_creationTime")

    @classmethod
    def of(cls, document: Table, /, **fields: object) -> Self:
        """The view of a stored document, with the fields that the view adds: `AuthoredMessage.of(m, author_name="A")`.

        A field given here wins over the document's. Raises `TypeError` if this is no view or `document` is of another
        table, pydantic's `ValidationError` if a field is missing, unknown or of the wrong type.
        """
        if cls.__declaration__.role != "view":
            raise TypeError(f"{cls.__name__} is no view: declare it with view=True")
        source = next(base for base in cls.__mro__ if issubclass(base, Table) and not is_view(base))
        return _view_of(cls, source, document, fields)


ModelT = TypeVar("ModelT", bound=BaseModel)
SourceT = TypeVar("SourceT", bound=Table)


class View(_Document, Generic[SourceT], metaclass=DocumentMeta):
    """Part of a document: its `id` and `creation_time`, and the fields listed. `class Card(View[Food]): title: str`."""

    __declaration__: ClassVar[Declaration]

    if TYPE_CHECKING:
        id: ClassVar[_SourceId]
        creation_time: ClassVar[_CreationTime]
        """Milliseconds since the epoch."""
    else:
        id: Id[SourceT] = Field(alias="_id")
        creation_time: float = Field(alias="_creationTime")

    @classmethod
    def of(cls, document: SourceT, /, **fields: object) -> Self:
        """The view of a stored document. Listed fields that the document has are taken from it, others given here.

        Raises `TypeError` for a document of another table, pydantic's `ValidationError` if a field is missing,
        unknown or of the wrong type.
        """
        return _view_of(cls, source_of(cls), document, fields)


def _view_of(cls: type[ModelT], source: type[Table], document: Table, fields: dict[str, object]) -> ModelT:
    # A table may inherit from another one; its documents are then instances of both, but belong to one.
    if not isinstance(document, source) or table_of(type(document)) is not table_of(source):
        raise TypeError(f"{cls.__name__} is a view of {source.__name__}, not of {type(document).__name__}")
    taken = {name: getattr(document, name) for name in cls.model_fields if name in type(document).model_fields}
    return cls.model_validate(taken | fields)


def table_of(cls: type[Table]) -> type[Table]:
    """The table whose documents these are: the class itself, or what it is a variant or view of."""
    for base in cls.__mro__:
        declaration: Declaration | None = base.__dict__.get("__declaration__")
        if declaration is not None and declaration.role == "table":
            return cast("type[Table]", base)
    raise TypeError(f"{cls.__name__} is no table")


def source_of(view: type[View[Any]]) -> type[Table]:
    """The table that a `View[...]` shows a part of."""
    for base in view.__mro__:
        arguments = base.__dict__.get("__pydantic_generic_metadata__", {}).get("args", ())
        if arguments:
            return cast("type[Table]", arguments[0])
    raise TypeError(f"{view.__name__} does not say of which table it is a view: write View[Message]")


def name_of(cls: type[Table]) -> str:
    """The table's name as users spelled it: `"messages"`."""
    name = table_of(cls).__declaration__.name
    assert name is not None
    return name


def variants_of(cls: type[Table]) -> tuple[type[Table], ...]:
    """The variants of a table that is a union, in order of declaration; else nothing."""
    return tuple(table_of(cls).__declaration__.variants)


def is_view(cls: type) -> bool:
    """Whether documents of this class are made for callers and are never stored."""
    declaration = getattr(cls, "__declaration__", None)
    return isinstance(declaration, Declaration) and declaration.role == "view"


def fields_of(cls: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields that users declared, by Python name: without `id` and `creation_time`."""
    cls.model_rebuild()
    return {name: info for name, info in cls.model_fields.items() if name not in SYSTEM_FIELDS}


def indexes_of(cls: type[Table]) -> tuple[TableIndex[Table], ...]:
    """The indexes that users declared, inherited ones included, bound to the class; the nearest declaration wins."""
    attributes = {name: value for base in reversed(cls.__mro__) for name, value in base.__dict__.items()}
    return tuple(
        getattr(cls, name)
        for name, value in attributes.items()
        if isinstance(value, TableIndex) and name not in SYSTEM_INDEXES
    )
