"""`UNSET`: the third state of a field, truly absent, apart from null and from a value."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal

from pydantic import BaseModel, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Unset(Enum):
    """The type of `UNSET`, for annotations: `nickname: str | Unset = UNSET`.

    An enum with one member, because that is what every type checker narrows with `is UNSET`, `is not UNSET` and
    `if value:`.
    """

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __set_name__(self, owner: type, name: str) -> None:
        """Called by Python when `UNSET` is the default in a class body, before pydantic collects the fields.

        A default alone would be dumped as a value; the field has to say that it is left out. Python does not call this
        for `Field(UNSET, ...)`: constraints beside `UNSET` belong into `Annotated`.
        """
        if issubclass(owner, BaseModel):
            setattr(owner, name, Field(default=UNSET, exclude_if=is_unset))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Only `UNSET` itself is valid: the text "UNSET" in somebody's data means nothing."""
        return core_schema.is_instance_schema(cls)


UNSET: Final = Unset.UNSET
"""No value at all, not even null. Falsy. A field that holds it is left out of what is stored and sent."""


def is_unset(value: object) -> bool:
    return value is UNSET
