"""Tables of a loaded program: documents as they are stored, and as functions see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from pydantic import ValidationError

from convexgen import ir
from convexgen.authoring.objects import ObjectField, fields_along
from convexgen.authoring.tables import SYSTEM_FIELDS, Table, is_view, table_of, variants_of
from convexgen.authoring.unset import UNSET
from convexgen.authoring.wire import Codec, codec
from convexgen.naming import Naming
from convexgen.runtime.program.checks import Check, Checks
from convexgen.runtime.program.errors import unfit
from convexgen.runtime.program.shapes import Shapes
from convexgen.runtime.values import Value, admitted


@dataclass(frozen=True)
class LoadedTable:
    """A `LiveTable`."""

    cls: type[Table]
    declared: ir.Table
    shapes: Shapes
    checks: Checks
    naming: Naming

    @property
    def name(self) -> str:
        return self.declared.name

    def load(self, document: dict[str, Value]) -> Table:
        return cast("Table", self._codec.load(document))

    def dump(self, document: Table) -> dict[str, Value]:
        cls = type(document)
        if is_view(cls) or not isinstance(document, Table) or table_of(cls) is not self.cls:
            raise TypeError(f"{cls.__name__} is no document of the table {self.name!r}")
        dumped = admitted(codec(cls, self.naming).dump(document))
        assert isinstance(dumped, dict)
        for wire in SYSTEM_FIELDS.values():
            dumped.pop(wire, None)
        return dumped

    def changed(self, document: dict[str, Value], changes: Mapping[str, object]) -> dict[str, Value]:
        given = next((name for name in changes if name in SYSTEM_FIELDS), None)
        if given is not None:
            raise TypeError(f"{given} is given by the database, when the document is inserted: it cannot be changed")
        before = self.load(document)
        values = {name: value for name, value in {**before.__dict__, **changes}.items() if value is not UNSET}
        after = self._fitting(type(before), values)
        dumped = self.dump(after)
        if type(after) is not type(before):
            return dumped | {wire: document[wire] for wire in SYSTEM_FIELDS.values()}
        result = dict(document)
        for name in changes:
            (wire,) = self.wire_path((name,))
            if name in values:
                result[wire] = dumped[wire]
            else:
                result.pop(wire, None)
        return result

    def _fitting(self, current: type[Table], values: dict[str, Any]) -> Table:
        """The document with these values: of its variant, or of another one that they make it."""
        try:
            return current.model_validate(values, by_alias=False, by_name=True)
        except ValidationError:
            for variant in variants_of(current):
                try:
                    return variant.model_validate(values, by_alias=False, by_name=True)
                except ValidationError:
                    continue
            raise

    def wire_path(self, path: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(field.wire for field in self._fields_along(path))

    def compared(self, path: tuple[str, ...], value: object) -> Any:
        if value is UNSET:
            return UNSET
        field = self._fields_along(path)[-1]
        found = codec(field.annotation, self.naming)
        if not found.accepts(value):
            raise TypeError(
                f"{self.cls.__name__}.{'.'.join(path)} holds no {value!r}, so it cannot be compared with it"
            )
        return admitted(found.dump(value))

    def check(self, document: dict[str, Value], tables: Mapping[int, str]) -> None:
        problem = self._check(document, tables)
        if problem is not None:
            prefix = f'Document with ID "{document.get("_id")!s}" in table "{self.name}" does not match the schema: '
            raise unfit(prefix, problem, self.shapes, "input", stored=True)

    def _fields_along(self, path: tuple[str, ...]) -> tuple[ObjectField, ...]:
        """The fields along a path, of the table or, if it has none such, of one of its variants."""
        found = self._known_paths.get(path)
        if found is None:
            found = self._known_paths[path] = self._find_fields(path)
        return found

    def _find_fields(self, path: tuple[str, ...]) -> tuple[ObjectField, ...]:
        for cls in (self.cls, *variants_of(self.cls)):
            try:
                return fields_along(cls, path, self.naming)
            except AttributeError:
                continue
        raise AttributeError(f"{self.cls.__name__} has no field {'.'.join(path)}")

    @cached_property
    def _known_paths(self) -> dict[tuple[str, ...], tuple[ObjectField, ...]]:
        return {}

    @cached_property
    def _codec(self) -> Codec:
        return codec(self.cls, self.naming)

    @cached_property
    def _check(self) -> Check:
        shape = self.shapes.document(self.name)
        if isinstance(shape, ir.ObjectDef):
            return self.checks.object_of(shape, "input")
        return self.checks.of(shape, "input")
