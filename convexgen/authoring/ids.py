"""`Id[T]` and `Int64`: values that look like a `str` or an `int` and must not be mistaken for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import TypeVar

if TYPE_CHECKING:
    from convexgen.authoring.tables import Table

DocumentT_co = TypeVar("DocumentT_co", bound="Table", covariant=True)

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1


class Id(str, Generic[DocumentT_co]):
    """The id of a document of one table: `Id[User]` is neither an `Id[Message]` nor any other `str`.

    At run time it is the text that stands on the wire. Covariant, so that the id of a variant or of a view is an id of
    its table, and any id is an `Id[Table]`. `ctx.db.normalize_id` makes one from text that came from outside.
    """

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class Int64(int):
    """A 64-bit signed integer: `bigint` in TypeScript, where a plain `int` is a `number`.

    Arithmetic gives a plain `int`; wrap the result again. Raises `ValueError` outside -2^63 … 2^63-1.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Int64:
        if not INT64_MIN <= value <= INT64_MAX:
            raise ValueError(f"{value} does not fit into 64 bits")
        return super().__new__(cls, value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        whole = core_schema.int_schema(ge=INT64_MIN, le=INT64_MAX)
        return core_schema.no_info_after_validator_function(cls, whole)
