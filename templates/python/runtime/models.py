"""What generated models build on, and the models that every Convex server has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.fields import FieldInfo
from pydantic_core import core_schema

from .values import OPEN, UNSET, Id, Unset, WireDatetime, WireInt


class WireModel(BaseModel):
    """An object whose fields are called on the wire as they are in Python.

    Strict where it is made: no unknown fields, no values of other types. What comes from
    the server is read tolerantly; see `calls`.
    """

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        revalidate_instances="always",
        validate_by_name=True,
        validate_by_alias=True,
        protected_namespaces=(),
        defer_build=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        # `strict` is meant for the fields: an object itself arrives as a dictionary.
        schema = handler(source)
        model = cast(dict[str, Any], handler.resolve_ref_schema(schema))
        if model["type"] == "model":
            model["strict"] = False
        return schema

    def wire_items(self) -> Iterator[tuple[str, Any]]:
        """Name on the wire and value of each field, `UNSET` ones included."""
        for name, field in _fields(type(self)).items():
            yield field.serialization_alias or name, getattr(self, name)

    @model_serializer(mode="wrap")
    def _leave_out_unset(self, handler: SerializerFunctionWrapHandler) -> Any:
        dumped = handler(self)
        for name, field in _fields(type(self)).items():
            if getattr(self, name, None) is UNSET:
                dumped.pop(name, None)
                dumped.pop(field.serialization_alias, None)
        return dumped


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields with their names on the wire.

    Of a model that has only been read as a part of others, pydantic has not kept them.
    """
    if not model.__pydantic_complete__:
        model.model_rebuild()
    return model.model_fields


def _camel(name: str) -> str:
    exported = name[:-1] if name.endswith("_") and not name.endswith("__") else name
    head = len(exported) - len(exported.lstrip("_"))
    first, *rest = exported[head:].split("_")
    return (
        exported[:head] + first + "".join(part[:1].upper() + part[1:] for part in rest)
    )


def _document_name(name: str) -> str:
    return {"id": "_id", "creation_time": "_creationTime"}.get(name, name)


def _camel_document_name(name: str) -> str:
    return {"id": "_id"}.get(name, "_" * (name == "creation_time") + _camel(name))


class CamelModel(WireModel):
    """An object whose fields are in camel case on the wire."""

    model_config = ConfigDict(alias_generator=_camel)


class WireDocument(WireModel):
    """A document as the database gives it.

    `creation_time` is in milliseconds since the epoch.
    """

    model_config = ConfigDict(alias_generator=_document_name)

    id: Id[Any]
    creation_time: float


class CamelDocument(WireDocument):
    """A document whose fields are in camel case on the wire."""

    model_config = ConfigDict(alias_generator=_camel_document_name)


class PaginationOptions(CamelModel):
    """Which page is asked for. `cursor` is None for the first one."""

    num_items: WireInt
    cursor: str | None = None
    end_cursor: str | None | Unset = UNSET
    maximum_rows_read: WireInt | Unset = UNSET
    maximum_bytes_read: WireInt | Unset = UNSET


ElementT = TypeVar("ElementT")


class Page(CamelModel, Generic[ElementT]):
    """A page of results. `continue_cursor` asks for the next one until `is_done`."""

    page: list[ElementT]
    is_done: bool
    continue_cursor: str
    split_cursor: str | None | Unset = UNSET
    page_status: (
        Annotated[Literal["SplitRecommended", "SplitRequired"], OPEN] | None | Unset
    ) = UNSET


class StoredFile(CamelDocument):
    """A file in the server's storage. `size` is in bytes."""

    id: Id[Literal["_storage"]]
    sha256: str
    size: WireInt
    content_type: str | None | Unset = UNSET


class ScheduledJobState(WireModel):
    """How far a scheduled function has come. `error` is there for failed ones."""

    kind: Annotated[
        Literal["pending", "inProgress", "success", "failed", "canceled"], OPEN
    ]
    error: str | Unset = UNSET


class ScheduledJob(CamelDocument):
    """A function that runs, or ran, at its time."""

    id: Id[Literal["_scheduled_functions"]]
    name: str
    args: list[Any]
    scheduled_time: WireDatetime
    completed_time: WireDatetime | Unset = UNSET
    state: ScheduledJobState
