"""Tables as bodies meet them: which fields and indexes they have, and what kind of value each field holds.

Read straight from the classes and only when a body asks. What cannot be read is left out, so that nothing is said about
it; what is wrong with the declarations themselves is told elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from convexgen.analysis import constants
from convexgen.analysis.classes import ClassRef, class_of, field_owners, kind_of, linearised
from convexgen.analysis.read import unquoted
from convexgen.analysis.resolve import Declared, External, Program
from convexgen.analysis.syntax import AssignmentSyntax, CallExpr, ConstantExpr, Expr, OrExpr, Place, SubscriptExpr
from convexgen.analysis.table_classes import table_of
from convexgen.analysis.tables import is_schema_module
from convexgen.authoring import system_documents

Kinds = frozenset[str]
"""What a value may be: `"str"`, `"int"`, `"float"`, `"bool"`, `"bytes"`, `"null"`, `"unset"`, `"id:"` and a table."""


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field. `annotation` is to be read in `module`; None if the field may be anything."""

    name: str
    module: str
    annotation: Expr | None
    path: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class IndexShape:
    """An index. `kind` is the name of its class; `fields` and `filters` are dotted Python paths."""

    kind: str
    attribute: str
    fields: tuple[str, ...]
    filters: tuple[str, ...]
    path: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class TableShape:
    """A table. `fields` has those of its variants too. `is_open` if it may have fields that are not known."""

    symbol: str
    name: str
    fields: Mapping[str, FieldShape]
    indexes: Mapping[str, IndexShape]
    is_system: bool
    is_open: bool


_SCALARS: Mapping[str, str] = {f"builtins.{name}": name for name in ("str", "int", "float", "bool", "bytes")}
_KINDS = {"convexgen.Index": "Index", "convexgen.SearchIndex": "SearchIndex", "convexgen.VectorIndex": "VectorIndex"}
_SYSTEM_FIELDS = ("id", "creation_time")
_BUILT_IN = {
    "by_id": IndexShape("Index", "by_id", ("id",), (), "", None),
    "by_creation_time": IndexShape("Index", "by_creation_time", ("creation_time",), (), "", None),
}


class Shapes:
    """The tables of one program, each looked at once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._tables: dict[str, TableShape] = {}
        self._mentioned: dict[str, ClassRef] = {}
        self._kinds: dict[tuple[str, str], Kinds | None] = {}
        self._variants: dict[str, list[ClassRef]] | None = None

    def of_class(self, ref: ClassRef) -> TableShape | None:
        """The table that a class belongs to, if it does."""
        table = table_of(self.program, ref)
        if table is None:
            return None
        known = self._tables.get(table.symbol)
        if known is None:
            known = self._tables[table.symbol] = self._table(table)
        return known

    def by_symbol(self, symbol: str) -> TableShape | None:
        """A table that was looked at or mentioned before."""
        known = self._tables.get(symbol)
        if known is None and symbol in self._mentioned:
            known = self.of_class(self._mentioned[symbol])
        return known

    def field_kinds(self, table: TableShape, name: str) -> Kinds | None:
        """What values a field of a table holds; None if any, or if that is not known."""
        if name == "id":
            return frozenset({f"id:{table.symbol}"})
        if name == "creation_time":
            return frozenset({"float"})
        key = table.symbol, name
        if key not in self._kinds:
            field = table.fields.get(name)
            if field is not None and field.annotation is not None:
                self._kinds[key] = self.kinds(field.module, field.annotation)
            else:
                self._kinds[key] = None
        return self._kinds[key]

    def kinds(self, module: str, annotation: Expr, depth: int = 12) -> Kinds | None:
        """What values of a type are; None if they may be anything, or if that is not known."""
        annotation = unquoted(annotation)
        if depth == 0:
            return None
        if isinstance(annotation, ConstantExpr):
            return frozenset({"null"}) if annotation.value is None else None
        if isinstance(annotation, OrExpr):
            return self._union(module, (annotation.left, annotation.right), depth)
        if isinstance(annotation, SubscriptExpr):
            return self._generic(module, annotation, depth)
        meaning = self.program.meaning(module, annotation)
        if isinstance(meaning, External):
            return self._outer(meaning.name)
        if isinstance(meaning, Declared) and isinstance(meaning.syntax, AssignmentSyntax) and meaning.syntax.value:
            if isinstance(meaning.syntax.value, CallExpr):
                return None
            return self.kinds(meaning.module, meaning.syntax.value, depth - 1)
        return None

    def _outer(self, name: str) -> Kinds | None:
        if name == "convexgen.Unset":
            return frozenset({"unset"})
        return frozenset({_SCALARS[name]}) if name in _SCALARS else None

    def _union(self, module: str, parts: tuple[Expr, ...], depth: int) -> Kinds | None:
        found: set[str] = set()
        for part in parts:
            kinds = self.kinds(module, part, depth - 1)
            if kinds is None:
                return None
            found |= kinds
        return frozenset(found)

    def _generic(self, module: str, annotation: SubscriptExpr, depth: int) -> Kinds | None:
        meaning = self.program.meaning(module, annotation.value)
        name = meaning.name if isinstance(meaning, External) else ""
        if name == "convexgen.Id" and len(annotation.items) == 1:
            symbol = self._symbol(module, unquoted(annotation.items[0]))
            return None if symbol is None else frozenset({f"id:{symbol}"})
        if name == "typing.Annotated":
            return self.kinds(module, annotation.items[0], depth - 1)
        if name == "typing.Optional":
            inner = self.kinds(module, annotation.items[0], depth - 1)
            return None if inner is None else inner | {"null"}
        return self._union(module, annotation.items, depth) if name == "typing.Union" else None

    def _symbol(self, module: str, expression: Expr) -> str | None:
        """The symbol of the table that a class belongs to, whose shape nobody has asked for yet."""
        meaning = self.program.meaning(module, expression)
        if isinstance(meaning, External):
            return meaning.name if self.system(meaning.name) is not None else None
        ref = class_of(meaning)
        table = None if ref is None else table_of(self.program, ref)
        if table is None:
            return None
        self._mentioned[table.symbol] = table
        return table.symbol

    def system(self, name: str) -> TableShape | None:
        """The system table that a canonical name means."""
        definition = system_documents.DEFINITIONS.get(name)
        if definition is None or definition.table is None:
            return None
        known = self._tables.get(name)
        if known is None:
            names = (*_SYSTEM_FIELDS, *(each.name for each in definition.fields))
            fields = {each: FieldShape(each, "", None) for each in names}
            known = self._tables[name] = TableShape(name, definition.name, fields, _BUILT_IN, True, False)
        return known

    def _table(self, ref: ClassRef) -> TableShape:
        fields = {name: FieldShape(name, "", None) for name in _SYSTEM_FIELDS}
        variants = self.variants(ref)
        for each in variants:
            fields.update((field.name, field) for field in self._fields(each))
        # A variant narrows what the table says, and of several variants only what they agree on is sure.
        own = {field.name: field for field in self._fields(ref)}
        fields |= own
        if variants:
            fields = {name: _anything(field) if name not in own else field for name, field in fields.items()}
        indexes = {**_BUILT_IN, **{each.attribute: each for each in self._indexes(ref, frozenset(fields))}}
        is_open = any(kind_of(self.program, base) == "foreign" for base in linearised(self.program, ref))
        return TableShape(ref.symbol, ref.syntax.name, fields, indexes, False, is_open)

    def variants(self, ref: ClassRef) -> list[ClassRef]:
        """The variants of a table, wherever in the schema they stand."""
        if self._variants is None:
            self._variants = {}
            for table, variant in self._all_variants():
                self._variants.setdefault(table.symbol, []).append(variant)
        return self._variants.get(ref.symbol, [])

    def _all_variants(self) -> Iterator[tuple[ClassRef, ClassRef]]:
        for module in self.program.modules:
            if is_schema_module(module):
                for statement in self.program.modules[module].body:
                    variant = class_of(Declared(module, statement)) if hasattr(statement, "bases") else None  # type: ignore[arg-type]
                    if variant is not None and kind_of(self.program, variant) == "variant":
                        table = table_of(self.program, variant)
                        if table is not None:
                            yield table, variant

    def _fields(self, ref: ClassRef) -> Iterator[FieldShape]:
        for owner in field_owners(self.program, ref):
            path = self.program.modules[owner.module].path
            for each in owner.syntax.body:
                if each.annotation is None or each.target.startswith("_"):
                    continue
                if not self._is_class_variable(owner.module, each.annotation):
                    yield FieldShape(each.target, owner.module, each.annotation, path, each.place)

    def _is_class_variable(self, module: str, annotation: Expr) -> bool:
        if isinstance(annotation, SubscriptExpr):
            annotation = annotation.value
        return self.program.meaning(module, annotation) == External("typing.ClassVar")

    def _indexes(self, ref: ClassRef, fields: frozenset[str]) -> Iterator[IndexShape]:
        for owner in reversed(linearised(self.program, ref)):
            for each in owner.syntax.body:
                if isinstance(each.value, CallExpr):
                    index = self._index(owner, each, each.value)
                    # An index over a field that is not there has a finding of its own.
                    if index is not None and all(f.partition(".")[0] in fields for f in index.fields + index.filters):
                        yield index

    def _index(self, owner: ClassRef, syntax: AssignmentSyntax, call: CallExpr) -> IndexShape | None:
        meaning = self.program.meaning(owner.module, call.function)
        kind = _KINDS.get(meaning.name) if isinstance(meaning, External) else None
        if kind is None:
            return None
        listed = next((each.value for each in call.keywords if each.name == "filter_fields"), None)
        filters = () if listed is None else constants.sequence(self.program, owner.module, listed)
        fields = self._strings(owner.module, call.args)
        names = None if filters is None else self._strings(owner.module, filters)
        if not fields or names is None:
            return None
        path = self.program.modules[owner.module].path
        return IndexShape(kind, syntax.target, fields, names, path, syntax.place)

    def _strings(self, module: str, items: tuple[Expr, ...]) -> tuple[str, ...] | None:
        found = [constants.evaluate(self.program, module, item) for item in items]
        values = [each.value for each in found if each is not None]
        texts = tuple(value for value in values if isinstance(value, str))
        return texts if len(texts) == len(items) else None


def _anything(field: FieldShape) -> FieldShape:
    return FieldShape(field.name, field.module, None, field.path, field.place)
