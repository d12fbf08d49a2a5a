"""Tables and indexes: every rule that Convex has for them, and a few that it should have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from convexgen import ir
from convexgen.analysis.checks.names import problem_with_identifier
from convexgen.analysis.declarations import (
    FieldDeclaration,
    IndexDeclaration,
    ModuleDeclaration,
    TableDeclaration,
    span,
)
from convexgen.analysis.syntax import Place
from convexgen.analysis.tables import Tables
from convexgen.diagnostics import Diagnostic, Label, Rule
from convexgen.rules import reading, schema

MAX_INDEX_FIELDS = 16
MAX_FILTER_FIELDS = 16
MAX_INDEXES = 32
MAX_SEARCH_INDEXES = 4
MAX_VECTOR_INDEXES = 4
MAX_FIELDS = 1024
_SYSTEM = frozenset({"id", "creation_time"})
_RESERVED_INDEXES = frozenset({"by_id", "by_creation_time"})
_TEXT_KINDS = frozenset({"string", "date", "uuid", "decimal", "any"})


def check(declaration: ModuleDeclaration, tables: Tables) -> Iterator[Diagnostic]:
    """Findings about the tables of a module."""
    for table in declaration.tables:
        variants = [declaration.used[symbol] for symbol in table.table.variants if symbol in declaration.used]
        yield from _check_name(table)
        yield from _check_fields(table.fields)
        for variant in variants:
            yield from _check_fields(variant.fields)
        yield from _check_counts(table)
        yield from _check_index_names(table)
        for index in table.indexes:
            yield from _IndexCheck(table, index, tables).findings()
        yield from _check_overlaps(table)


def _finding(rule: Rule, message: str, path: str, place: Place, help_: str | None = None, *also: Label) -> Diagnostic:
    return Diagnostic(rule, message, Label(span(path, place)), also, help_)


def _check_name(table: TableDeclaration) -> Iterator[Diagnostic]:
    name = table.table.name
    problem = problem_with_identifier(name)
    if problem is None and name.startswith("_"):
        problem = "starts with `_`, which is kept for the system"
    if problem is not None:
        message = f"the table's name `{name}` {problem}"
        yield _finding(schema.INVALID_TABLE_NAME, message, table.path, table.name_place, "rename the table")


def _check_fields(fields: tuple[FieldDeclaration, ...]) -> Iterator[Diagnostic]:
    for each in fields:
        if each.field.name in _SYSTEM:
            message = f"every document has `{each.field.name}` already"
            yield _finding(schema.SYSTEM_FIELD, message, each.path, each.place, "remove the field, or rename it")
        elif any(isinstance(part, ir.Page | ir.PaginationOptions) for part in ir.walk(each.field.type)):
            message = "a page is a result, and is not stored"
            yield _finding(reading.UNSUPPORTED_TYPE, message, each.path, each.place, "store what is in it")
        elif each.field.wire.startswith("_"):
            message = f"`{each.field.wire}` starts with `_`, which is kept for the system"
            yield _finding(schema.SYSTEM_FIELD, message, each.path, each.place, "rename the field")


def _check_counts(table: TableDeclaration) -> Iterator[Diagnostic]:
    counts = (
        (len(table.fields), MAX_FIELDS, "fields", schema.TOO_MANY_FIELDS),
        (len(table.table.indexes), MAX_INDEXES, "indexes", schema.TOO_MANY_INDEXES),
        (len(table.table.search_indexes), MAX_SEARCH_INDEXES, "search indexes", schema.TOO_MANY_INDEXES),
        (len(table.table.vector_indexes), MAX_VECTOR_INDEXES, "vector indexes", schema.TOO_MANY_INDEXES),
    )
    for count, most, noun, rule in counts:
        if count > most:
            message = f"`{table.table.name}` has {count} {noun}, a table can have {most}"
            yield _finding(rule, message, table.path, table.name_place)


def _check_index_names(table: TableDeclaration) -> Iterator[Diagnostic]:
    fields = {each.field.name: each for each in table.fields}
    seen: dict[str, IndexDeclaration] = {}
    for each in table.indexes:
        name = each.index.name
        problem = problem_with_identifier(name)
        if name in _RESERVED_INDEXES:
            problem = "is the name of an index that every table has"
        elif problem is None and name.startswith("_"):
            problem = "starts with `_`, which is kept for the system"
        if problem is not None:
            message = f"the index's name `{name}` {problem}"
            yield _finding(schema.INVALID_INDEX_NAME, message, each.path, each.name_place, "rename the index")
        if each.attribute in fields or each.attribute in _SYSTEM:
            message = f"`{each.attribute}` is a field of the table as well"
            help_ = f'write `by_{each.attribute} = …(…, name="{name}")`'
            yield _finding(schema.INDEX_SHADOWS_FIELD, message, each.path, each.place, help_)
        other = seen.setdefault(name, each)
        if other is not each:
            message = f"there is an index called `{name}` already"
            label = Label(span(other.path, other.name_place), "first named here")
            yield _finding(
                schema.DUPLICATE_INDEX_NAME, message, each.path, each.name_place, "rename one of the two", label
            )


def _check_overlaps(table: TableDeclaration) -> Iterator[Diagnostic]:
    """Indexes that do the work of one another."""
    plain = [each for each in table.indexes if isinstance(each.index, ir.Index) and each.index.fields]
    for position, each in enumerate(table.indexes):
        twin = next((other for other in table.indexes[:position] if _same_content(other, each)), None)
        if twin is not None:
            message = f"`{each.index.name}` covers what `{twin.index.name}` covers"
            label = Label(span(twin.path, twin.place), "the other one")
            yield _finding(schema.DUPLICATE_INDEX, message, each.path, each.place, "remove one of the two", label)
    for each in plain:
        longer = next((other for other in plain if _begins(each.index, other.index)), None)
        if longer is not None:
            message = f"`{longer.index.name}` begins with the fields of `{each.index.name}` and can do its work"
            label = Label(span(longer.path, longer.place), "the longer one")
            help_ = f"remove `{each.attribute}`, unless its order by creation time is needed"
            yield _finding(schema.REDUNDANT_INDEX, message, each.path, each.place, help_, label)


def _same_content(one: IndexDeclaration, other: IndexDeclaration) -> bool:
    match one.index, other.index:
        case ir.Index(_, fields), ir.Index(_, others):
            return fields == others and bool(fields)
        case ir.SearchIndex(_, field, filters), ir.SearchIndex(_, other_field, other_filters):
            return (field, set(filters)) == (other_field, set(other_filters))
        case ir.VectorIndex(_, field, dimensions), ir.VectorIndex(_, other_field, other_dimensions):
            return (field, dimensions) == (other_field, other_dimensions)
        case _:
            return False


def _begins(short: object, long: object) -> bool:
    if not isinstance(short, ir.Index) or not isinstance(long, ir.Index):
        return False
    return len(short.fields) < len(long.fields) and long.fields[: len(short.fields)] == short.fields


class _IndexCheck:
    """The fields of one index."""

    def __init__(self, table: TableDeclaration, index: IndexDeclaration, tables: Tables) -> None:
        self.table = table
        self.declaration = index
        self.tables = tables

    def findings(self) -> Iterator[Diagnostic]:
        declaration = self.declaration
        index = declaration.index
        if isinstance(index, ir.Index):
            yield from self._check_length(declaration.field_places)
        yield from self._check_filters(declaration.filter_places)
        yield from self._check_repetition((*declaration.field_places, *declaration.filter_places))
        for path, place in (*declaration.field_places, *declaration.filter_places):
            yield from self._check_path(path, place)
        if isinstance(index, ir.SearchIndex):
            yield from self._check_kind(
                schema.SEARCH_FIELD_NOT_STRING, self._has_text, "never holds text", "a `str` field"
            )
        elif isinstance(index, ir.VectorIndex):
            yield from self._check_kind(
                schema.VECTOR_FIELD_TYPE, self._is_vector, "is not a vector", "a `list[float]` field"
            )

    def _at(self, rule: Rule, message: str, place: Place, help_: str | None = None) -> Diagnostic:
        return _finding(rule, message, self.declaration.path, place, help_)

    def _check_length(self, places: tuple[tuple[str, Place], ...]) -> Iterator[Diagnostic]:
        if not places:
            message = f"the index `{self.declaration.index.name}` has no fields"
            help_ = "name at least one; the order by creation time needs no index"
            yield self._at(schema.EMPTY_INDEX, message, self.declaration.place, help_)
        elif len(places) > MAX_INDEX_FIELDS:
            message = f"an index has at most {MAX_INDEX_FIELDS} fields, not {len(places)}"
            yield self._at(schema.TOO_MANY_INDEX_FIELDS, message, places[MAX_INDEX_FIELDS][1])

    def _check_filters(self, places: tuple[tuple[str, Place], ...]) -> Iterator[Diagnostic]:
        if len(places) > MAX_FILTER_FIELDS:
            message = f"an index has at most {MAX_FILTER_FIELDS} filter fields, not {len(places)}"
            yield self._at(schema.TOO_MANY_FILTER_FIELDS, message, places[MAX_FILTER_FIELDS][1])

    def _check_repetition(self, places: tuple[tuple[str, Place], ...]) -> Iterator[Diagnostic]:
        seen: set[str] = set()
        for path, place in places:
            if path in seen:
                message = f"the index names `{path}` twice"
                yield self._at(schema.DUPLICATE_INDEX_FIELD, message, place, "remove one of the two")
            seen.add(path)

    def _check_path(self, path: str, place: Place) -> Iterator[Diagnostic]:
        head = path.partition(".")[0]
        if path in ("creation_time", "_creationTime") or path in ("id", "_id"):
            message = f"`{path}` is a system field"
            help_ = "leave it out: every index ends with the creation time"
            yield self._at(schema.SYSTEM_FIELD_IN_INDEX, message, place, help_)
            return
        candidates = self._fields()
        walked = ""
        for part in path.split("."):
            found = [field for field in candidates if field.name == part]
            if not found:
                yield self._unknown(path, part, walked, [field.name for field in candidates], place)
                return
            walked = f"{walked}.{part}" if walked else part
            if walked == path or any(_holds_any(field.type) for field in found):
                return
            if any(_is_collection(field.type) for field in found):
                message = f"`{walked}` holds many values, and an index goes to one"
                help_ = f"index a field of its own, or a table that has a document for each of `{head}`"
                yield self._at(schema.UNINDEXABLE_FIELD, message, place, help_)
                return
            candidates = [inner for field in found for obj in self.tables.objects(field.type) for inner in obj.fields]

    def _unknown(self, path: str, part: str, walked: str, known: list[str], place: Place) -> Diagnostic:
        owner = f"`{walked}`" if walked else f"the table `{self.table.table.name}`"
        close = get_close_matches(part, known, 1)
        prefix = f"{walked}." if walked else ""
        meant = f"{prefix}{close[0]}" if close else ""
        help_ = f"did you mean `{meant}`?" if close else None
        if help_ is None and known:
            help_ = f"it has {', '.join(f'`{name}`' for name in dict.fromkeys(known))}"
        found = self._at(schema.UNKNOWN_INDEX_FIELD, f"{owner} has no field `{part}`", place, help_)
        return replace(found, facts=(("meant", meant),))

    def _fields(self) -> list[ir.Field]:
        """The fields of the table and of its variants."""
        fields = list(self.table.table.fields)
        for symbol in self.table.table.variants:
            definition = self.tables.named.declaration(symbol).definition
            fields.extend(definition.fields if isinstance(definition, ir.ObjectDef) else ())
        return fields

    def _check_kind(
        self, rule: Rule, fits: Callable[[ir.Type], bool], problem: str, wanted: str
    ) -> Iterator[Diagnostic]:
        path, place = self.declaration.field_places[0]
        types = list(self._types_at(path))
        if types and not any(map(fits, types)):
            yield self._at(rule, f"`{path}` {problem}", place, f"name {wanted}")

    def _types_at(self, path: str) -> Iterator[ir.Type]:
        candidates = self._fields()
        *parents, last = path.split(".")
        for part in parents:
            found = [field for field in candidates if field.name == part]
            candidates = [inner for field in found for obj in self.tables.objects(field.type) for inner in obj.fields]
        yield from (field.type for field in candidates if field.name == last)

    def _has_text(self, type_: ir.Type) -> bool:
        match type_:
            case ir.Scalar(kind):
                return kind in _TEXT_KINDS
            case ir.LiteralOf(value):
                return isinstance(value, str)
            case ir.Constrained(base):
                return self._has_text(base)
            case ir.UnionOf(members):
                return any(map(self._has_text, members))
            case ir.Named(symbol):
                definition = self.tables.named.declaration(symbol).definition
                if isinstance(definition, ir.EnumDef):
                    return any(isinstance(member.value, str) for member in definition.members)
                return isinstance(definition, ir.AliasDef) and self._has_text(definition.type)
            case _:
                return False

    def _is_vector(self, type_: ir.Type) -> bool:
        match type_:
            case ir.ArrayOf(element):
                return ir.without_constraints(element) in (ir.Scalar("float"), ir.Scalar("any"))
            case ir.Scalar("any"):
                return True
            case ir.Constrained(base):
                return self._is_vector(base)
            case ir.UnionOf(members):
                return any(map(self._is_vector, members))
            case ir.Named(symbol):
                definition = self.tables.named.declaration(symbol).definition
                return isinstance(definition, ir.AliasDef) and self._is_vector(definition.type)
            case _:
                return False


def _holds_any(type_: ir.Type) -> bool:
    return any(each == ir.Scalar("any") for each in ir.walk(type_)) and not _is_collection(type_)


def _is_collection(type_: ir.Type) -> bool:
    match type_:
        case ir.ArrayOf() | ir.RecordOf() | ir.Page():
            return True
        case ir.Constrained(base):
            return _is_collection(base)
        case ir.UnionOf(members):
            return any(map(_is_collection, members))
        case _:
            return False
