"""Tables and their indexes."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from convexgen import ir
from convexgen.analysis import constants
from convexgen.analysis.classes import (
    ClassRef,
    direct_bases,
    flag,
    is_view_of,
    keyword,
    kind_of,
    linearised,
    place_of_base,
)
from convexgen.analysis.declarations import Findings, IndexDeclaration, TableDeclaration
from convexgen.analysis.named import NamedTypes, deprecation
from convexgen.analysis.resolve import External
from convexgen.analysis.special_object import listed
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    CallExpr,
    ClassSyntax,
    Expr,
    KeywordArgument,
    NameExpr,
    Place,
    SequenceExpr,
)
from convexgen.analysis.table_classes import table_name, table_of
from convexgen.analysis.types import Request
from convexgen.rules import schema

_KINDS = frozenset({"convexgen.Index", "convexgen.SearchIndex", "convexgen.VectorIndex"})


class Tables:
    """Declares the tables of one program."""

    def __init__(self, named: NamedTypes) -> None:
        self.named = named
        self.program = named.program
        self._variants_of: dict[str, list[ClassRef]] | None = None

    def declared_in(self, module: str, findings: Findings) -> tuple[TableDeclaration, ...]:
        """The tables that `module` defines."""
        found: list[TableDeclaration] = []
        for statement in self.program.scope(module).values():
            if isinstance(statement, ClassSyntax):
                ref = ClassRef(module, statement)
                kind = kind_of(self.program, ref)
                if kind == "table":
                    table = self._table(ref, findings)
                    found.extend([table] if table is not None else [])
                elif kind in ("view", "variant"):
                    self._refuse_own_indexes(ref, findings)
                self._check_role(ref, findings)
        return tuple(found)

    def _check_role(self, ref: ClassRef, findings: Findings) -> None:
        """That a class says of itself what its bases allow, and once: otherwise it cannot even be imported."""
        if not ref.syntax.keywords and kind_of(self.program, ref) not in ("view", "variant"):
            return
        name, place = ref.syntax.name, place_of_base(ref)
        said = [each for each in ("view", "variant") if flag(ref, each)]
        said += ["name"] if keyword(ref, "name") is not None else []
        kinds = sorted({kind_of(self.program, base) for base, _, _ in direct_bases(self.program, ref)})
        if is_view_of(self.program, ref):
            if said:
                help_ = f"remove `{said[0]}=`"
                findings.report(schema.INVALID_VIEW, f"`{name}` is a view already", place, help=help_)
        elif not {"table", "view", "variant"}.intersection(kinds):
            self.named.check_table(ref, findings)
        elif len(said) > 1:
            message = f"`{name}` says both `{said[0]}=` and `{said[1]}=`"
            help_ = "a class is a table, a variant of one or a view of one"
            rule = schema.INVALID_VIEW if "view" in said else schema.INVALID_VARIANT
            findings.report(rule, message, place, help=help_)
        elif not said and "table" not in kinds:
            message = f"`{name}` extends a {kinds[0]} and does not say what it is itself"
            help_ = f"write `class {name}(…, view=True)`, or share the fields through a plain model"
            findings.report(schema.INVALID_VIEW, message, place, help=help_)
        elif said == ["variant"] and "table" not in kinds:
            message = f"`{name}` is a variant of a {kinds[0]}, and only a table has variants"
            findings.report(schema.INVALID_VARIANT, message, place, help="extend the table itself")

    def _table(self, ref: ClassRef, findings: Findings) -> TableDeclaration | None:
        if not is_schema_module(ref.module):
            message = f"the table `{ref.syntax.name}` is defined outside of the schema module"
            help_ = "move it to `schema.py` (or a module of the package `schema/`)"
            findings.report(schema.TABLE_OUTSIDE_SCHEMA, message, ref.syntax.place, help=help_)
        name = self._name(ref, findings)
        fields = self.named.fields.of_class(ref, {}, findings)
        attributes = {
            each.name: each for variant in self._variants(ref) for each in self._fields_of(variant.symbol)
        } | {each.field.name: each.field for each in fields}
        indexes = tuple(self._indexes(ref, attributes, findings))
        if name is None:
            return None
        found = keyword(ref, "name")
        plain = tuple(each.index for each in indexes)
        table = ir.Table(
            ref.symbol,
            name,
            tuple(each.field for each in fields),
            tuple(each for each in plain if isinstance(each, ir.Index)),
            tuple(each for each in plain if isinstance(each, ir.SearchIndex)),
            tuple(each for each in plain if isinstance(each, ir.VectorIndex)),
            tuple(variant.symbol for variant in self._variants(ref)),
            ref.syntax.doc,
            deprecation(self.program, ref.module, ref.syntax.decorators),
        )
        name_place = found.value.place if found is not None else ref.syntax.place
        return TableDeclaration(table, findings.path, ref.syntax.place, name_place, fields, indexes)

    def _fields_of(self, symbol: str) -> tuple[ir.Field, ...]:
        definition = self.named.declaration(symbol).definition
        return definition.fields if isinstance(definition, ir.ObjectDef) else ()

    def _name(self, ref: ClassRef, findings: Findings) -> str | None:
        name = table_name(self.program, ref)
        found = keyword(ref, "name")
        if name is None and not (found is not None and self.program.is_broken_import(ref.module, found.value)):
            place = ref.syntax.place if found is None else found.value.place
            problem = "has no name" if found is None else "has a name that only exists at run time"
            example = f'class {ref.syntax.name}(Table, name="{ref.syntax.name.lower()}s")'
            findings.report(
                schema.MISSING_TABLE_NAME, f"the table `{ref.syntax.name}` {problem}", place, help=f"write `{example}`"
            )
        return name

    def _variants(self, ref: ClassRef) -> tuple[ClassRef, ...]:
        """The variants of a table, in the order of the modules and of the text."""
        if self._variants_of is None:
            self._variants_of = {}
            for table, variant in self._all_variants():
                self.named.types.requests.setdefault(variant.symbol, Request(variant))
                self._variants_of.setdefault(table.symbol, []).append(variant)
        return tuple(self._variants_of.get(ref.symbol, ()))

    def _all_variants(self) -> Iterator[tuple[ClassRef, ClassRef]]:
        for module in sorted(self.program.modules):
            if is_schema_module(module):
                for statement in self.program.scope(module).values():
                    if isinstance(statement, ClassSyntax):
                        variant = ClassRef(module, statement)
                        table = table_of(self.program, variant)
                        if table is not None and kind_of(self.program, variant) == "variant":
                            yield table, variant

    def _indexes(self, ref: ClassRef, fields: dict[str, ir.Field], findings: Findings) -> Iterator[IndexDeclaration]:
        found: dict[str, tuple[ClassRef, AssignmentSyntax]] = {}
        for owner in reversed(linearised(self.program, ref)):
            found.update({each.target: (owner, each) for each in owner.syntax.body if self._index_kind(owner, each)})
        for owner, syntax in found.values():
            own = findings if owner == ref else Findings(self.program.modules[owner.module].path)
            kind, call = self._index_kind(owner, syntax), syntax.value
            assert kind is not None and isinstance(call, CallExpr)  # only such were taken
            yield from self._index(kind, owner.module, syntax, call, fields, own)
            findings.extend(own if own is not findings else ())

    def _index_kind(self, owner: ClassRef, syntax: AssignmentSyntax) -> str | None:
        if isinstance(syntax.value, CallExpr):
            meaning = self.program.meaning(owner.module, syntax.value.function)
            if isinstance(meaning, External) and meaning.name in _KINDS:
                return meaning.name.rpartition(".")[2]
        return None

    def _index(
        self,
        kind: str,
        module: str,
        syntax: AssignmentSyntax,
        call: CallExpr,
        fields: dict[str, ir.Field],
        findings: Findings,
    ) -> Iterator[IndexDeclaration]:
        named = {each.name: each.value for each in call.keywords}
        strange = [each for each in call.keywords if each.name not in _ARGUMENTS[kind]]
        for each in strange:
            self._refuse_argument(module, kind, each, findings)
        if strange:
            return
        name, name_place = syntax.target, syntax.place
        if "name" in named:
            known = constants.evaluate(self.program, module, named["name"])
            if known is None or not isinstance(known.value, str):
                self._unreadable(module, named["name"], "the name of an index", findings)
                return
            name, name_place = known.value, named["name"].place
        over = self._strings(module, (*call.args, *(named[each] for each in named if each == "field")), findings)
        filters = self._filters(module, named.get("filter_fields"), findings)
        if over is None or filters is None:
            return
        paths = tuple(self._wire_path(path, fields) for path, _ in over)
        wire_filters = tuple(self._wire_path(path, fields) for path, _ in filters)
        index: ir.Index | ir.SearchIndex | ir.VectorIndex
        if kind == "Index":
            index = ir.Index(name, paths)
        elif len(paths) != 1:
            message = f"a `{kind}` is over one field, not {len(paths)}"
            findings.report(schema.INVALID_INDEX, message, syntax.place, help=f'write `{kind}("field")`')
            return
        elif kind == "SearchIndex":
            index = ir.SearchIndex(name, paths[0], wire_filters)
        else:
            dimensions = self._dimensions(module, syntax, named.get("dimensions"), findings)
            if dimensions is None:
                return
            index = ir.VectorIndex(name, paths[0], dimensions, wire_filters)
        yield IndexDeclaration(index, syntax.target, findings.path, syntax.place, name_place, over, filters)

    def _refuse_argument(self, module: str, kind: str, given: KeywordArgument, findings: Findings) -> None:
        if given.name is None:
            self._unreadable(module, given.value, "the arguments of an index", findings)
            return
        takes = _ARGUMENTS[kind]
        if given.name in _CALLED_FIELDS:
            help_ = f'write it first and without a name, as in `{kind}("title")`'
        elif close := get_close_matches(given.name, takes, 1):
            help_ = f"did you mean `{close[0]}`?"
        else:
            help_ = f"by name it takes {listed(takes)}"
        message = f"`{kind}` has no argument `{given.name}`"
        findings.report(schema.INVALID_INDEX, message, given.place, help=help_)

    def _strings(
        self, module: str, items: tuple[Expr, ...], findings: Findings
    ) -> tuple[tuple[str, Place], ...] | None:
        found: list[tuple[str, Place]] = []
        for item in items:
            known = constants.evaluate(self.program, module, item)
            if known is None or not isinstance(known.value, str):
                self._unreadable(module, item, _FIELD_OF_INDEX, findings)
                return None
            found.append((known.value, item.place))
        return tuple(found)

    def _filters(self, module: str, value: Expr | None, findings: Findings) -> tuple[tuple[str, Place], ...] | None:
        if value is None:
            return ()
        items = constants.sequence(self.program, module, value)
        if items is None:
            self._unreadable(module, value, "the filter fields of an index", findings)
            return None
        return self._strings(module, items, findings)

    def _dimensions(self, module: str, syntax: AssignmentSyntax, value: Expr | None, findings: Findings) -> int | None:
        if value is None:
            message = "a vector index does not say how many dimensions its vectors have"
            findings.report(schema.VECTOR_DIMENSIONS, message, syntax.place, help="add `dimensions=1536`, say")
            return None
        known = constants.evaluate(self.program, module, value)
        if known is None or isinstance(known.value, bool) or not isinstance(known.value, int):
            self._unreadable(module, value, "the number of dimensions", findings)
            return None
        if not 2 <= known.value <= 4096:
            message = f"a vector index has 2 to 4096 dimensions, not {known.value}"
            findings.report(schema.VECTOR_DIMENSIONS, message, value.place)
        return known.value

    def _unreadable(self, module: str, value: Expr, what: str, findings: Findings) -> None:
        if self.program.is_broken_import(module, value):
            return
        help_ = "write a literal, or a constant of the module"
        if isinstance(value, SequenceExpr) and what == _FIELD_OF_INDEX:
            help_ = "write the fields without the brackets"
        elif isinstance(value, NameExpr):
            help_ = f'write `"{value.name}"`'
        findings.report(schema.INVALID_INDEX, f"{what} cannot be read here", value.place, help=help_)

    def _wire_path(self, path: str, fields: dict[str, ir.Field]) -> str:
        """A dotted Python path in names of the wire; parts that lead nowhere stay (a check will object to them)."""
        head, _, rest = path.partition(".")
        field = fields.get(head)
        if field is None:
            return _SYSTEM_PATHS.get(path, path)
        return f"{field.wire}.{self._inner_path(rest, field.type)}" if rest else field.wire

    def _inner_path(self, path: str, type_: ir.Type) -> str:
        for inner in self.objects(type_):
            if any(field.name == path.partition(".")[0] for field in inner.fields):
                return self._wire_path(path, {field.name: field for field in inner.fields})
        return path

    def objects(self, type_: ir.Type) -> Iterator[ir.ObjectDef]:
        """The objects that a value of this type may be, through unions and aliases, not through lists."""
        match type_:
            case ir.Constrained(base):
                yield from self.objects(base)
            case ir.UnionOf(members):
                for member in members:
                    yield from self.objects(member)
            case ir.Named(symbol):
                definition = self.named.declaration(symbol).definition
                if isinstance(definition, ir.ObjectDef):
                    yield definition
                elif isinstance(definition, ir.AliasDef):
                    yield from self.objects(definition.type)

    def _refuse_own_indexes(self, ref: ClassRef, findings: Findings) -> None:
        for syntax in ref.syntax.body:
            if self._index_kind(ref, syntax) is not None:
                message = f"`{syntax.target}` stands on a {kind_of(self.program, ref)}, but only tables have indexes"
                table = table_of(self.program, ref)
                help_ = f"move it to `{table.syntax.name}`" if table is not None else None
                findings.report(schema.MISPLACED_INDEX, message, syntax.place, help=help_)


def is_schema_module(module: str) -> bool:
    """Whether tables belong in this module: `schema.py`, or any module of the package `schema/`."""
    return module == "schema" or module.startswith("schema.")


_ARGUMENTS = {
    "Index": ("name",),
    "SearchIndex": ("field", "filter_fields", "name"),
    "VectorIndex": ("field", "dimensions", "filter_fields", "name"),
}
"""What each kind of index may be given by name."""
_CALLED_FIELDS = frozenset({"field", "fields", "search_field", "searchField", "vector_field", "vectorField"})
"""Names under which people look for what an index is over."""
_SYSTEM_PATHS = {"id": "_id", "creation_time": "_creationTime"}
_FIELD_OF_INDEX = "a field of an index"
