"""What `Annotated[…]` and `Field(…)` say beside the type: constraints, aliases, defaults, descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from convexgen import ir
from convexgen.analysis import constants
from convexgen.analysis.classes import describe
from convexgen.analysis.declarations import Findings
from convexgen.analysis.resolve import External, Program
from convexgen.analysis.syntax import CallExpr, Expr, Place
from convexgen.rules import reading, schema

_STRING_KINDS = frozenset({"string", "date", "uuid", "decimal"})
_NUMBER_KINDS = frozenset({"int", "float", "int64", "decimal", "datetime"})
_SIZED = (ir.ArrayOf, ir.RecordOf, ir.Page)


@dataclass(slots=True)
class Metadata:
    """What `Annotated[…]` and `Field(…)` say of a field, as it is gathered. Constraints: kind to value and place."""

    constraints: dict[str, tuple[int | float | str, Place]] = field(default_factory=dict)
    doc: str = ""
    alias: str | None = None
    alias_place: Place | None = None
    deprecated: str | None = None
    default: Expr | None = None
    factory: bool = False


_DEPRECATED = External("typing.deprecated")
_MARKERS: Mapping[str, str] = {
    "Ge": "ge",
    "Gt": "gt",
    "Le": "le",
    "Lt": "lt",
    "MultipleOf": "multiple_of",
    "MinLen": "min_length",
    "MaxLen": "max_length",
}
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "convexgen.Len": ("min_length", "max_length"),
    "convexgen.Interval": (),
    "pydantic.StringConstraints": (),
}
_ORDER: tuple[ir.ConstraintKind, ...] = (
    "ge",
    "gt",
    "le",
    "lt",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
)
_FIELD_CONSTRAINTS = frozenset(_ORDER)


def add_metadata(program: Program, metadata: Metadata, expression: Expr, module: str, findings: Findings) -> None:
    """Take up one item of an `Annotated`, or a call of `Field`. What we do not know is for other tools."""
    if not isinstance(expression, CallExpr):
        return
    meaning = program.meaning(module, expression.function)
    if not isinstance(meaning, External):
        return
    owner, _, name = meaning.name.rpartition(".")
    if meaning.name in ("convexgen.Field", "dataclasses.field"):
        _add_field(program, metadata, expression, module, findings)
    elif owner == "convexgen" and name in _MARKERS:
        _add_constraint(program, metadata, _MARKERS[name], expression, module, findings)
    elif meaning.name in _GROUPS:
        _add_group(program, metadata, _GROUPS[meaning.name], expression, module, findings)
    elif meaning == _DEPRECATED:
        metadata.deprecated = _deprecation(program, expression, module)
    elif meaning.name == "typing.Doc" and expression.args:
        metadata.doc = _text(constants.evaluate(program, module, expression.args[0]))


def _deprecation(program: Program, value: Expr, module: str) -> str | None:
    """What `deprecated=…` says, be it a text, a bool or a call of `deprecated`; None if nothing is deprecated."""
    if isinstance(value, CallExpr) and program.meaning(module, value.function) == _DEPRECATED:
        return _text(constants.evaluate(program, module, value.args[0])) if value.args else ""
    known = constants.evaluate(program, module, value)
    if known is None or known.value is False or known.value is None:
        return None
    return known.value if isinstance(known.value, str) else ""


def _add_group(
    program: Program,
    metadata: Metadata,
    positions: tuple[str, ...],
    call: CallExpr,
    module: str,
    findings: Findings,
) -> None:
    """Several constraints in one call. `positions` are the kinds of its arguments without a name."""
    for kind, argument in zip(positions, call.args, strict=False):
        _add_value(program, metadata, kind, argument, module, findings)
    for each in call.keywords:
        if each.name in _FIELD_CONSTRAINTS:
            _add_value(program, metadata, str(each.name), each.value, module, findings)


def _add_constraint(
    program: Program, metadata: Metadata, kind: str, call: CallExpr, module: str, findings: Findings
) -> None:
    values = (*call.args, *(each.value for each in call.keywords))
    if values:
        _add_value(program, metadata, kind, values[0], module, findings)


def _add_value(program: Program, metadata: Metadata, kind: str, value: Expr, module: str, findings: Findings) -> None:
    known = constants.evaluate(program, module, value)
    if known is not None and known.value is None:
        return
    if known is None and program.is_broken_import(module, value):
        return
    wanted = str if kind == "pattern" else int | float
    if known is None or isinstance(known.value, bool) or not isinstance(known.value, wanted):
        message = f"`{describe(value)}` cannot be read as the value of `{kind}`"
        findings.report(
            reading.UNREADABLE_EXPRESSION, message, value.place, help="write a literal, or a constant of the module"
        )
        return
    metadata.constraints[kind] = (known.value, value.place)


def _add_field(program: Program, metadata: Metadata, call: CallExpr, module: str, findings: Findings) -> None:
    if call.args:
        metadata.default = call.args[0]
    for each in call.keywords:
        match each.name:
            case "default":
                metadata.default = each.value
            case "default_factory":
                metadata.factory = True
            case "alias":
                metadata.alias = _text(constants.evaluate(program, module, each.value)) or None
                metadata.alias_place = each.value.place
            case "description":
                metadata.doc = _text(constants.evaluate(program, module, each.value))
            case "deprecated":
                metadata.deprecated = _deprecation(program, each.value, module)
            case "validation_alias" | "serialization_alias" | "exclude" | "alias_priority":
                message = f"`{each.name}` would make what is read and what is written differ"
                findings.report(
                    schema.INVALID_FIELD_OPTION, message, each.place, help="use `alias=` for the name on the wire"
                )
            case str(kind) if kind in _FIELD_CONSTRAINTS:
                _add_value(program, metadata, kind, each.value, module, findings)


def constrained(
    base: ir.Type, constraints: Mapping[str, tuple[int | float | str, Place]], findings: Findings
) -> ir.Type:
    """`base` with constraints added to the ones that it may have."""
    if not constraints:
        return base
    inner = base.base if isinstance(base, ir.Constrained) else base
    known = {each.kind: each.value for each in base.constraints} if isinstance(base, ir.Constrained) else {}
    for kind, (value, place) in constraints.items():
        if _applies(kind, inner):
            known[cast("ir.ConstraintKind", kind)] = value
            continue
        message = f"`{kind}` says nothing about this type"
        help_ = "lengths go with strings, bytes, lists and dicts; bounds with numbers; patterns with strings"
        findings.report(schema.MISPLACED_CONSTRAINT, message, place, help=help_)
    kept = tuple([ir.Constraint(kind, known[kind]) for kind in sorted(known, key=_ORDER.index)])
    return ir.Constrained(inner, kept) if kept else inner


def _applies(kind: str, base: ir.Type) -> bool:
    match base:
        case ir.Scalar("any") | ir.Named():
            return True  # of a named type only its own declaration tells; the model itself will object
        case ir.Scalar(scalar):
            if kind in ("min_length", "max_length"):
                return scalar in ("string", "bytes")
            return scalar in _STRING_KINDS if kind == "pattern" else scalar in _NUMBER_KINDS
        case ir.UnionOf(members):
            return any(_applies(kind, member) for member in members)
        case ir.Constrained(inner):
            return _applies(kind, inner)
        case _:
            return kind in ("min_length", "max_length") and isinstance(base, _SIZED)


def _text(known: ir.Constant | None) -> str:
    return known.value if known is not None and isinstance(known.value, str) else ""
