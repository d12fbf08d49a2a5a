"""The named types that annotations ask for: models, dataclasses, typed dicts, views, variants, enums and aliases."""

from __future__ import annotations

from collections.abc import Iterable

from convexgen import ir
from convexgen.analysis import constants
from convexgen.analysis.aliases import alias_parameters, alias_value, is_second_name
from convexgen.analysis.classes import (
    ClassRef,
    flag,
    has_broken_base,
    kind_of,
    linearised,
    place_of_base,
    type_parameters,
)
from convexgen.analysis.declarations import FieldDeclaration, Findings, TypeDeclaration
from convexgen.analysis.fields import Fields
from convexgen.analysis.resolve import Declared, External, Program
from convexgen.analysis.syntax import AssignmentSyntax, CallExpr, Expr, Place, SubscriptExpr
from convexgen.analysis.table_classes import table_name, table_of
from convexgen.analysis.types import Request, Scope, Types, type_name
from convexgen.authoring import system_documents
from convexgen.naming import Naming
from convexgen.rules import reading, schema

_WIRE_OPTIONS = frozenset({"alias_generator", "serialize_by_alias"})


class NamedTypes:
    """Gives each named type its declaration, once, in whatever order they are asked for."""

    def __init__(self, program: Program, naming: Naming) -> None:
        self.program = program
        self.types = Types(program)
        self.fields = Fields(self.types, naming)
        self._declarations: dict[str, TypeDeclaration] = {}
        self.types.requests.update((symbol, Request(symbol)) for symbol in system_documents.DEFINITIONS)

    def declaration(self, symbol: str) -> TypeDeclaration:
        """The declaration of a type that some annotation has named."""
        known = self._declarations.get(symbol)
        if known is None:
            known = self._declarations[symbol] = self._declare(symbol, self.types.requests[symbol])
        return known

    def declared_in(self, module: str) -> tuple[TypeDeclaration, ...]:
        """The named types that `module` itself defines, without generic ones, which are nothing until filled."""
        found: list[TypeDeclaration] = []
        for statement in self.program.scope(module).values():
            symbol = self._request_own(module, statement)
            if symbol is not None:
                found.append(self.declaration(symbol))
        return tuple(found)

    def closure(self, types: Iterable[ir.Type]) -> dict[str, TypeDeclaration]:
        """Every named type that `types` reach, by symbol."""
        found: dict[str, TypeDeclaration] = {}
        waiting: dict[str, None] = {}
        for each in types:
            ir.add_references(each, waiting)
        while waiting:
            symbol, _ = waiting.popitem()
            if symbol not in found and ir.is_symbol(symbol):
                declaration = found[symbol] = self.declaration(symbol)
                for each in ir.types_of(declaration.definition):
                    ir.add_references(each, waiting)
        return found

    def _request_own(self, module: str, statement: object) -> str | None:
        match statement:
            case AssignmentSyntax() as syntax:
                value = alias_value(self.program, module, syntax)
                if value is None or syntax.type_params or alias_parameters(self.program, module, value):
                    return None
                if is_second_name(syntax):
                    return None
                source: ClassRef | Declared = Declared(module, syntax)
            case _ if hasattr(statement, "bases"):
                ref = ClassRef(module, statement)  # type: ignore[arg-type]
                kind = kind_of(self.program, ref)
                if kind in ("table", "plain", "foreign") or type_parameters(self.program, ref):
                    return None
                source = ref
            case _:
                return None
        self.types.requests.setdefault(source.symbol, Request(source))
        return source.symbol

    def _declare(self, symbol: str, request: Request) -> TypeDeclaration:
        match request.source:
            case str():
                return _system_type(system_documents.DEFINITIONS[symbol])
            case Declared(module, AssignmentSyntax() as syntax):
                return self._alias(symbol, module, syntax)
            case ClassRef() as ref:
                if kind_of(self.program, ref) == "enum":
                    return self._enum(symbol, ref)
                return self._object(symbol, ref, request)
        raise AssertionError(symbol)

    def _alias(self, symbol: str, module: str, syntax: AssignmentSyntax) -> TypeDeclaration:
        path = self.program.modules[module].path
        findings = Findings(path)
        value = alias_value(self.program, module, syntax)
        assert value is not None  # only such aliases are requested
        type_ = self.types.read(value, Scope(module), findings)
        definition = ir.AliasDef(symbol, syntax.target, type_, syntax.doc)
        return TypeDeclaration(definition, module, path, syntax.place, findings=tuple(findings))

    def _enum(self, symbol: str, ref: ClassRef) -> TypeDeclaration:
        path = self.program.modules[ref.module].path
        findings = Findings(path)
        members: list[ir.EnumMember] = []
        known = constants.enum_members(self.program, ref)
        for syntax in constants.member_syntax(ref):
            value = known[syntax.target]
            if value is None or not isinstance(value.value, str | int) or isinstance(value.value, bool):
                message = f"the value of `{ref.syntax.name}.{syntax.target}` is neither a string nor an int"
                findings.report(schema.INVALID_LITERAL, message, syntax.place, help="write a string literal")
            else:
                members.append(ir.EnumMember(syntax.target, value.value, syntax.doc))
        if not known:
            findings.report(schema.EMPTY_TYPE, f"the enum `{ref.syntax.name}` has no members", ref.syntax.place)
        unique = {(type(each.value), each.value): each for each in reversed(members)}
        kept = tuple(each for each in members if unique[type(each.value), each.value] is each)
        deprecated = deprecation(self.program, ref.module, ref.syntax.decorators)
        definition = ir.EnumDef(symbol, ref.syntax.name, kept, ref.syntax.doc, deprecated)
        return TypeDeclaration(definition, ref.module, path, ref.syntax.place, findings=tuple(findings))

    def _object(self, symbol: str, ref: ClassRef, request: Request) -> TypeDeclaration:
        path = self.program.modules[ref.module].path
        findings = Findings(path)
        variables = dict(zip(type_parameters(self.program, ref), request.arguments, strict=False))
        fields = self.fields.of_class(ref, variables, findings)
        self._check_config(ref, findings)
        table = self._table(ref, findings)
        if len(fields) > 1024:
            message = f"`{ref.syntax.name}` has {len(fields)} fields, an object can have 1024"
            findings.report(schema.TOO_MANY_FIELDS, message, ref.syntax.place, help="use a dict or split the object")
        name = type_name(symbol, request, self.types.requests)
        deprecated = deprecation(self.program, ref.module, ref.syntax.decorators)
        plain = tuple(each.field for each in fields)
        definition = ir.ObjectDef(symbol, name, plain, ref.syntax.doc, deprecated, table)
        return TypeDeclaration(definition, ref.module, path, ref.syntax.place, fields, tuple(findings))

    def check_table(self, ref: ClassRef, findings: Findings) -> None:
        """That a class that says it is a view or variant extends a table."""
        kind = next((each for each in ("view", "variant") if flag(ref, each)), None)
        if kind is None or table_of(self.program, ref) is not None or has_broken_base(self.program, ref):
            return
        rule = schema.INVALID_VIEW if kind == "view" else schema.INVALID_VARIANT
        help_ = f"write `class {ref.syntax.name}(Message, view=True)` where `Message` is a table"
        if kind == "variant":
            help_ = f"write `class {ref.syntax.name}(Shape, variant=True)` where `Shape` is a table"
        findings.report(rule, f"`{ref.syntax.name}` does not extend a table", place_of_base(ref), help=help_)

    def _table(self, ref: ClassRef, findings: Findings) -> str | None:
        """The table that a view or variant shows."""
        kind = kind_of(self.program, ref)
        if kind not in ("view", "variant"):
            return None
        table = table_of(self.program, ref) or self._viewed(ref)
        if table is None and has_broken_base(self.program, ref):
            return None
        if table is None:
            message = f"`{ref.syntax.name}` does not say of which table it is a {kind}"
            help_ = f"write `class {ref.syntax.name}(View[…])` with the table in the brackets"
            findings.report(schema.INVALID_VIEW, message, place_of_base(ref), help=help_)
            return None
        return table_name(self.program, table)

    def _viewed(self, ref: ClassRef) -> ClassRef | None:
        """The table in the brackets of `View[…]`, here or in a class that this one extends."""
        for owner in linearised(self.program, ref):
            for base in owner.syntax.bases:
                if isinstance(base, SubscriptExpr) and len(base.items) == 1:
                    if self.program.meaning(owner.module, base.value) != External("convexgen.View"):
                        continue
                    meaning = self.program.meaning(owner.module, base.items[0])
                    if isinstance(meaning, Declared) and hasattr(meaning.syntax, "bases"):
                        return table_of(self.program, ClassRef(meaning.module, meaning.syntax))  # type: ignore[arg-type]
        return None

    def _check_config(self, ref: ClassRef, findings: Findings) -> None:
        for syntax in ref.syntax.body:
            if syntax.target != "model_config" or not isinstance(syntax.value, CallExpr):
                continue
            for each in syntax.value.keywords:
                allows = each.name == "extra" and constants.evaluate(
                    self.program, ref.module, each.value
                ) == ir.Constant("allow")
                if each.name in _WIRE_OPTIONS or allows:
                    message = f"`{each.name}` would change what `{ref.syntax.name}` looks like on the wire"
                    help_ = (
                        "objects are closed: name every field"
                        if allows
                        else "use `Field(alias=…)`, or the `naming` setting"
                    )
                    findings.report(reading.UNSUPPORTED_MODEL_CONFIG, message, each.place, help=help_)


def deprecation(program: Program, module: str, decorators: tuple[Expr, ...]) -> str | None:
    """What `@deprecated("…")` says; None without it."""
    for decorator in decorators:
        if isinstance(decorator, CallExpr) and program.meaning(module, decorator.function) == External(
            "typing.deprecated"
        ):
            known = constants.evaluate(program, module, decorator.args[0]) if decorator.args else None
            return known.value if known is not None and isinstance(known.value, str) else ""
    return None


def _system_type(definition: ir.ObjectDef) -> TypeDeclaration:
    """The documents of the system tables and what is in them, which no user declares."""
    nowhere = Place(0, 0, 0, 0)
    declared = tuple(FieldDeclaration(each, "", nowhere) for each in definition.fields)
    return TypeDeclaration(definition, "", "", nowhere, declared)
