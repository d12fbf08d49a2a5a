"""From the annotated assignments of a class, and the parameters of a function, to fields."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from math import isfinite

from convexgen import ir
from convexgen.analysis import constants
from convexgen.analysis.aliases import alias_value, alternatives
from convexgen.analysis.classes import (
    ClassRef,
    base_of,
    class_of,
    dataclass_decorator,
    describe,
    field_giver,
    field_owners,
    kind_of,
    linearised,
    type_parameters,
)
from convexgen.analysis.declarations import FieldDeclaration, Findings
from convexgen.analysis.defaults import accepts
from convexgen.analysis.metadata import Metadata, add_metadata, constrained
from convexgen.analysis.read import read_expression, unquoted
from convexgen.analysis.resolve import Declared, External
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    AttributeExpr,
    CallExpr,
    ConstantExpr,
    Expr,
    NameExpr,
    ParameterSyntax,
    Place,
    SequenceExpr,
    SubscriptExpr,
)
from convexgen.analysis.types import ANY, Scope, Types
from convexgen.naming import Naming, wire_name
from convexgen.rules import schema

_GREATEST_FLOAT = sys.float_info.max
_ANNOTATED = External("typing.Annotated")
_UNSET_TYPE = External("convexgen.Unset")
_UNSET_VALUE = External("convexgen.UNSET")
_FIELD_MAKERS = (External("convexgen.Field"), External("dataclasses.field"))
_FIELD = External("dataclasses.field")
_NO_FIELDS = (External("typing.ClassVar"), External("dataclasses.InitVar"), External("dataclasses.KW_ONLY"))
_WRAPPERS = frozenset({"typing.Final", "typing.Required", "typing.NotRequired", "typing.ReadOnly"})


@dataclass(slots=True)
class _Shape:
    """An annotation taken apart: its type, what its metadata says, whether `Unset` or `NotRequired` is in it."""

    type: ir.Type
    metadata: Metadata
    unset: bool = False
    not_required: bool | None = None


class Fields:
    """Reads fields of one program. `naming` gives the names on the wire."""

    def __init__(self, types: Types, naming: Naming) -> None:
        self.types = types
        self.program = types.program
        self.naming: Naming = naming
        self._scopes: dict[str, Scope] = {}

    def of_class(
        self, ref: ClassRef, variables: dict[str, ir.Type], findings: Findings
    ) -> tuple[FieldDeclaration, ...]:
        """The fields of a model, dataclass, `TypedDict` or table with the inherited ones first, as Python orders them.

        Of a table and what extends it, neither the system fields nor the indexes are among them.
        """
        fields: dict[str, FieldDeclaration] = {}
        attributes: set[str] = set()
        kind = kind_of(self.program, ref)
        bindings = self._bindings(ref, variables)
        for owner in field_owners(self.program, ref):
            total = _is_total(owner)
            for syntax in owner.syntax.body:
                if self._is_field(owner, syntax, kind):
                    if syntax.target in fields and self._is_overridden(ref, owner, syntax.target, kind):
                        continue
                    scope = Scope(owner.module, bindings.get(owner.symbol, {}), owner=ref)
                    own = findings if owner.symbol == ref.symbol else Findings(self._path(owner))
                    declared = self._field(syntax, scope, own, kind, total=total)
                    if syntax.value is None and syntax.target in attributes:
                        declared = self._with_inherited_default(declared, fields[syntax.target], own)
                    fields[syntax.target] = declared
                    if self._stays_attribute(owner, syntax):
                        attributes.add(syntax.target)
                    if own is not findings:
                        findings.extend(own)
                elif owner.symbol == ref.symbol:
                    self._check_annotated(owner, syntax, findings)
        return tuple(fields.values())

    def _check_annotated(self, owner: ClassRef, syntax: AssignmentSyntax, findings: Findings) -> None:
        """That what looks like a field has a type. Pydantic refuses a class in which one has none."""
        value = syntax.value
        if syntax.annotation is not None or syntax.target.startswith("_") or syntax.target == "model_config":
            return
        if kind_of(self.program, owner) not in ("model", "table", "variant", "view"):
            return
        is_field = isinstance(value, CallExpr) and self.program.meaning(owner.module, value.function) in _FIELD_MAKERS
        if is_field or isinstance(value, ConstantExpr | SequenceExpr):
            kind = type(value.value).__name__ if isinstance(value, ConstantExpr) and value.value is not None else "…"
            message = f"`{syntax.target}` has no type"
            help_ = f"write `{syntax.target}: {kind} = …`, or `{syntax.target}: ClassVar[{kind}] = …` if it is no field"
            findings.report(schema.MISSING_FIELD_TYPE, message, syntax.place, help=help_)

    def _is_overridden(self, ref: ClassRef, owner: ClassRef, name: str, kind: str) -> bool:
        """Whether the field that `owner` declares again is not the one that `ref` has."""
        return kind != "typeddict" and owner != ref and field_giver(self.program, ref, name).symbol != owner.symbol

    def _stays_attribute(self, owner: ClassRef, syntax: AssignmentSyntax) -> bool:
        """Whether the default of a field is an attribute of its class at run time, where a subclass will find it."""
        value = syntax.value
        if value is None or kind_of(self.program, owner) not in ("plain", "dataclass"):
            return False
        decorator = dataclass_decorator(self.program, owner)
        options = decorator.keywords if isinstance(decorator, CallExpr) else ()
        if any(each.name == "slots" for each in options):
            return False
        if isinstance(value, CallExpr) and self.program.meaning(owner.module, value.function) == _FIELD:
            return any(each.name == "default" for each in value.keywords)
        return True

    def _with_inherited_default(
        self, declared: FieldDeclaration, inherited: FieldDeclaration, findings: Findings
    ) -> FieldDeclaration:
        """A field that is declared again without a default, and keeps the one that it has."""
        if inherited.field.presence == "absent":
            message = f"`{declared.field.name}` keeps the default `UNSET` of the class that it is inherited from"
            findings.report(schema.MISPLACED_UNSET, message, declared.place, help="give it a default of its own")
        if declared.field.presence != "required" or inherited.field.presence != "defaulted":
            return declared
        return replace(declared, field=replace(declared.field, presence="defaulted", default=inherited.field.default))

    def of_parameter(self, syntax: ParameterSyntax, module: str, findings: Findings) -> FieldDeclaration:
        """The argument that a parameter stands for; a missing annotation is somebody else's finding."""
        scope = self._module_scope(module)
        if isinstance(syntax.annotation, NameExpr) and syntax.default is None and not self._is_alias(syntax, module):
            type_ = self.types.read(syntax.annotation, scope, findings)
            plain = ir.Field(syntax.name, wire_name(syntax.name, self.naming), type_)
            return FieldDeclaration(plain, findings.path, syntax.place)
        shape = (
            _Shape(ANY, Metadata()) if syntax.annotation is None else self._shape(syntax.annotation, scope, findings)
        )
        self._refuse_annotated_default(shape, syntax.place, findings)
        presence, known = self._presence(shape, syntax.default, scope, syntax.place, findings)
        if presence == "defaulted" and syntax.annotation is not None and syntax.default is not None:
            self._check_default(syntax.name, syntax.annotation, syntax.default, shape.type, scope, findings)
        field = ir.Field(
            syntax.name,
            shape.metadata.alias or wire_name(syntax.name, self.naming),
            self._constrained(shape, findings),
            presence,
            known,
            shape.metadata.doc,
            shape.metadata.deprecated,
        )
        return FieldDeclaration(field, findings.path, syntax.place)

    def _is_alias(self, syntax: ParameterSyntax, module: str) -> bool:
        """Whether an annotation may bring more than a type: an alias can describe what it stands at."""
        meaning = self.program.meaning(module, syntax.annotation) if syntax.annotation is not None else None
        return isinstance(meaning, Declared) and isinstance(meaning.syntax, AssignmentSyntax)

    def _module_scope(self, module: str) -> Scope:
        scope = self._scopes.get(module)
        if scope is None:
            scope = self._scopes[module] = Scope(module)
        return scope

    def _path(self, ref: ClassRef) -> str:
        return self.program.modules[ref.module].path

    def _is_field(self, owner: ClassRef, syntax: AssignmentSyntax, kind: str) -> bool:
        annotation = syntax.annotation
        if annotation is None:
            return False
        if syntax.target.startswith("_") and kind not in ("dataclass", "typeddict"):
            return False  # pydantic keeps such attributes to itself
        if syntax.target == "model_config":
            return False
        outer = base_of(annotation)[0]
        if isinstance(outer, ConstantExpr) and isinstance(outer.value, str):
            inner = read_expression(outer.value, outer.place)
            outer = base_of(inner)[0] if inner is not None else outer
        meaning = self.program.meaning(owner.module, outer)
        if kind == "dataclass":
            return meaning not in _NO_FIELDS and not self._is_out_of_init(owner, syntax.value)
        # To pydantic a `Final` with a value belongs to the class.
        return meaning not in _NO_FIELDS and (meaning != External("typing.Final") or syntax.value is None)

    def _is_out_of_init(self, owner: ClassRef, value: Expr | None) -> bool:
        """Whether a dataclass makes a field by itself, so that it is no part of what others give or get."""
        if not isinstance(value, CallExpr) or self.program.meaning(owner.module, value.function) != _FIELD:
            return False
        return any(
            each.name == "init" and isinstance(each.value, ConstantExpr) and each.value.value is False
            for each in value.keywords
        )

    def _bindings(self, ref: ClassRef, variables: dict[str, ir.Type]) -> dict[str, dict[str, ir.Type]]:
        """What the type variables of `ref` and of each generic ancestor stand for."""
        bindings = {ref.symbol: variables}
        for owner in linearised(self.program, ref):
            known = bindings.get(owner.symbol, {})
            for base in owner.syntax.bases:
                expression, arguments = base_of(base)
                parent = class_of(self.program.meaning(owner.module, expression))
                if parent is not None and arguments:
                    scope = Scope(owner.module, known, owner=ref)
                    quiet = Findings("")
                    filled = [self.types.read(argument, scope, quiet) for argument in arguments]
                    bindings[parent.symbol] = dict(zip(type_parameters(self.program, parent), filled, strict=False))
        return bindings

    def _field(
        self, syntax: AssignmentSyntax, scope: Scope, findings: Findings, kind: str, *, total: bool
    ) -> FieldDeclaration:
        assert syntax.annotation is not None  # `_is_field` has seen to it
        shape = self._shape(syntax.annotation, scope, findings)
        if kind == "dataclass":
            self._refuse_annotated_default(shape, syntax.place, findings)
        default = self._default(syntax.value, shape, scope, findings)
        if kind == "typeddict":
            left_out = (not total) if shape.not_required is None else shape.not_required
            presence: ir.Presence = "absent" if left_out or shape.unset else "required"
            known = None
        else:
            presence, known = self._presence(shape, default, scope, syntax.place, findings)
        if presence == "defaulted" and default is not None and syntax.value is not None:
            self._check_default(syntax.target, syntax.annotation, default, shape.type, scope, findings)
        field = ir.Field(
            syntax.target,
            shape.metadata.alias or wire_name(syntax.target, self.naming),
            self._constrained(shape, findings),
            presence,
            known,
            shape.metadata.doc or syntax.doc,
            shape.metadata.deprecated,
        )
        return FieldDeclaration(field, findings.path, shape.metadata.alias_place or syntax.place)

    def _default(self, value: Expr | None, shape: _Shape, scope: Scope, findings: Findings) -> Expr | None:
        """The default's expression, what `Field(…)` says being taken up on the way."""
        if isinstance(value, CallExpr):
            meaning = self.program.meaning(scope.module, value.function)
            if meaning in _FIELD_MAKERS:
                annotated = dict(shape.metadata.constraints)
                add_metadata(self.program, shape.metadata, value, scope.module, findings)
                shape.metadata.constraints.update(annotated)  # pydantic heeds those of `Annotated` last
                return shape.metadata.default
        return value if value is not None else shape.metadata.default

    def _refuse_annotated_default(self, shape: _Shape, place: Place, findings: Findings) -> None:
        """Python knows nothing of a default inside of `Annotated`; only pydantic's models heed it."""
        if shape.metadata.default is not None or shape.metadata.factory:
            message = "a default inside of `Annotated` only counts in a pydantic model"
            findings.report(
                schema.INVALID_FIELD_OPTION, message, place, help="write it after the annotation: `x: T = …`"
            )
            shape.metadata.default, shape.metadata.factory = None, False

    def _shape(self, annotation: Expr, scope: Scope, findings: Findings) -> _Shape:
        """Take an annotation apart, down to the type in the middle."""
        annotation = unquoted(annotation)
        if isinstance(annotation, NameExpr | AttributeExpr):  # the most common by far, and nothing to take apart
            return _Shape(self.types.read(annotation, scope, findings), self._metadata_of_alias(annotation, scope))
        if isinstance(annotation, SubscriptExpr):
            meaning = self.program.meaning(scope.module, annotation.value)
            if meaning == _ANNOTATED and annotation.items:
                shape = self._shape(annotation.items[0], scope, findings)
                for each in annotation.items[1:]:
                    add_metadata(self.program, shape.metadata, each, scope.module, findings)
                return shape
            if isinstance(meaning, External) and meaning.name in _WRAPPERS and len(annotation.items) == 1:
                shape = self._shape(annotation.items[0], scope, findings)
                if meaning.name in ("typing.Required", "typing.NotRequired"):
                    shape.not_required = meaning.name == "typing.NotRequired"
                return shape
        members = alternatives(self.program, scope.module, annotation)
        kept = tuple(each for each in members if not self._is_unset(each, scope))
        if len(kept) == len(members) or not kept:
            return _Shape(self.types.read(annotation, scope, findings), Metadata())
        return _Shape(self.types.union(kept, scope, findings), Metadata(), unset=True)

    def _metadata_of_alias(self, annotation: Expr, scope: Scope, depth: int = 16) -> Metadata:
        """What the `Field(…)` inside of an alias says of the fields that are annotated with it, constraints apart.

        Those belong to the type that the alias names.
        """
        meaning = self.program.meaning(scope.module, annotation)
        if not isinstance(meaning, Declared) or not isinstance(meaning.syntax, AssignmentSyntax) or depth == 0:
            return Metadata()
        value = None if meaning.syntax.is_alias else alias_value(self.program, meaning.module, meaning.syntax)
        inner = Scope(meaning.module)  # `type X = …` is opaque to pydantic
        if isinstance(value, NameExpr | AttributeExpr):
            return self._metadata_of_alias(value, inner, depth - 1)
        if not isinstance(value, SubscriptExpr) or self.program.meaning(meaning.module, value.value) != _ANNOTATED:
            return Metadata()
        found = self._metadata_of_alias(value.items[0], inner, depth - 1)
        for each in value.items[1:]:
            add_metadata(self.program, found, each, meaning.module, Findings(""))
        found.constraints.clear()
        return found

    def _is_unset(self, expression: Expr, scope: Scope) -> bool:
        return self.program.meaning(scope.module, expression) == _UNSET_TYPE

    def _constrained(self, shape: _Shape, findings: Findings) -> ir.Type:
        return constrained(shape.type, shape.metadata.constraints, findings)

    def _presence(
        self, shape: _Shape, default: Expr | None, scope: Scope, place: Place, findings: Findings
    ) -> tuple[ir.Presence, ir.Constant | None]:
        if isinstance(default, ConstantExpr) and default.value is ...:
            default = None
        is_unset = default is not None and self.program.meaning(scope.module, default) == _UNSET_VALUE
        if shape.unset != is_unset:
            message = "`Unset` in the type and `UNSET` as the default belong together"
            help_ = "write `x: T | Unset = UNSET`, or leave both out"
            findings.report(schema.MISPLACED_UNSET, message, place, help=help_)
            return "absent", None
        if is_unset:
            return "absent", None
        if shape.metadata.factory:
            return "defaulted", None
        if default is None:
            return "required", None
        return "defaulted", self._constant(default, shape.type, scope)

    def _check_default(
        self, name: str, annotation: Expr, default: Expr, type_: ir.Type, scope: Scope, findings: Findings
    ) -> None:
        """That a default is of the type that is written before it. Nothing else looks, until the value is sent."""
        known = constants.evaluate(self.program, scope.module, default)
        if known is None or accepts(type_, known, self.types.aliased):
            return
        message = f"the default of `{name}` is not of its type"
        help_, default_is = "write a default of its type, or another type", ""
        if known.value is None:
            help_, default_is = f"write `{name}: {describe(unquoted(annotation))} | None = None`", "None"
        findings.report(schema.DEFAULT_TYPE, message, default.place, help=help_, default=default_is)

    def _constant(self, default: Expr, type_: ir.Type, scope: Scope) -> ir.Constant | None:
        """The default, if it is a value that can be written down for this type."""
        known = constants.evaluate(self.program, scope.module, default)
        if known is None or (isinstance(known.value, float) and not isfinite(known.value)):
            return None
        if isinstance(known.value, int) and not isinstance(known.value, bool):
            kinds = self._kinds(type_)
            if "float" in kinds and "int" not in kinds:  # Python takes an int where a float is wanted
                return ir.Constant(float(known.value)) if abs(known.value) <= _GREATEST_FLOAT else None
        return known

    def _kinds(self, type_: ir.Type) -> set[str]:
        """The kinds of scalars in a type, those that aliases stand for included."""
        found: set[str] = set()
        for each in ir.walk(type_):
            if isinstance(each, ir.Scalar):
                found.add(each.kind)
            elif isinstance(each, ir.Named):
                aliased = self.types.aliased(each.symbol)
                found |= self._kinds(aliased) if aliased is not None else set()
        return found


def _is_total(owner: ClassRef) -> bool:
    """Whether a `TypedDict`'s own fields are required unless they say otherwise."""
    for each in owner.syntax.keywords:
        if each.name == "total" and isinstance(each.value, ConstantExpr):
            return each.value.value is not False
    return True
