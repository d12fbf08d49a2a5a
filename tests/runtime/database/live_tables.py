"""Tables as a loaded program has them, made of their classes alone: fields keep their wire names in camel case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from convexgen import Table, ir
from convexgen.authoring import wire
from convexgen.authoring.indexes import Index
from convexgen.authoring.objects import wire_path
from convexgen.authoring.tables import SYSTEM_FIELDS, indexes_of, is_view, name_of, table_of
from convexgen.authoring.unset import UNSET
from convexgen.runtime.values import InvalidValueError, Value, admitted


@dataclass(frozen=True)
class LiveTable:
    """What `convexgen.runtime.program.live.LiveTable` promises, as far as the database asks for it."""

    cls: type[Table]

    @property
    def name(self) -> str:
        return name_of(self.cls)

    @cached_property
    def declared(self) -> ir.Table:
        indexes = [each for each in indexes_of(self.cls) if isinstance(each, Index)]
        return ir.Table(
            symbol=self.cls.__name__,
            name=self.name,
            fields=(),
            indexes=tuple(ir.Index(each.name, tuple(map(self._dotted, each.fields))) for each in indexes),
        )

    def _dotted(self, path: str) -> str:
        return ".".join(self.wire_path(tuple(path.split("."))))

    def load(self, document: dict[str, Value]) -> Table:
        return cast("Table", wire.load(self.cls, document))

    def dump(self, document: Table) -> dict[str, Value]:
        if is_view(type(document)) or table_of(type(document)) is not self.cls:
            raise TypeError(f"{type(document).__name__} is no document of {self.name!r}")
        dumped = wire.dump(document, type(document))
        return cast("dict[str, Value]", admitted({k: v for k, v in dumped.items() if k not in SYSTEM_FIELDS.values()}))

    def changed(self, document: dict[str, Value], changes: Mapping[str, object]) -> dict[str, Value]:
        changed = self.load(document)
        for name, value in changes.items():
            self.cls.__pydantic_validator__.validate_assignment(changed, name, value)
        return {**self.dump(changed), **{name: document[name] for name in SYSTEM_FIELDS.values()}}

    def wire_path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        return wire_path(self.cls, path, "camel")

    def compared(self, path: tuple[str, ...], value: object) -> Any:
        return UNSET if value is UNSET else admitted(wire.dump(value))

    def check(self, document: dict[str, Value], tables: Mapping[int, str]) -> None:
        try:
            self.load(document)
        except ValueError as error:
            raise InvalidValueError(str(error)) from None
