"""Values that can be known without running anything: literals, module constants, members of enums."""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.analysis.classes import ClassRef, class_of, kind_of, linearised
from convexgen.analysis.resolve import Declared, External, Meaning, Program
from convexgen.analysis.syntax import (
    AssignmentSyntax,
    AttributeExpr,
    CallExpr,
    ConstantExpr,
    Expr,
    NameExpr,
    SequenceExpr,
)
from convexgen.ir import Constant

_STR_ENUM = External("enum.StrEnum")
_SCALARS = (str, bool, int, float, type(None))


def evaluate(program: Program, module: str, expression: Expr, depth: int = 16) -> Constant | None:
    """The value of `expression` if it is a string, number, bool or None that can be read; otherwise None."""
    if isinstance(expression, ConstantExpr):
        value = expression.value
        return Constant(value) if isinstance(value, _SCALARS) else None
    if depth == 0:
        return None
    if isinstance(expression, AttributeExpr):
        owner = class_of(program.meaning(module, expression.value))
        if owner is not None and kind_of(program, owner) == "enum":
            return enum_members(program, owner).get(expression.name)
        if expression.name == "value":  # `Color.RED.value`
            return evaluate(program, module, expression.value, depth - 1)
    if isinstance(expression, CallExpr):  # `EURO = Currency("EUR")`: a `NewType` gives back what it is given
        is_new_type = len(expression.args) == 1 and _is_new_type(program, module, expression.function)
        return evaluate(program, module, expression.args[0], depth - 1) if is_new_type else None
    target = assigned(program, module, expression)
    return None if target is None else evaluate(program, target[0], target[1], depth - 1)


def _is_new_type(program: Program, module: str, expression: Expr) -> bool:
    target = assigned(program, module, expression)
    if target is None or not isinstance(target[1], CallExpr):
        return False
    return program.meaning(target[0], target[1].function) == External("typing.NewType")


def sequence(program: Program, module: str, expression: Expr, depth: int = 16) -> tuple[Expr, ...] | None:
    """The items of a list or tuple, also of one that a module constant holds."""
    if isinstance(expression, SequenceExpr):
        return expression.items
    target = assigned(program, module, expression) if depth else None
    return None if target is None else sequence(program, target[0], target[1], depth - 1)


def assigned(program: Program, module: str, expression: Expr) -> tuple[str, Expr] | None:
    """What a name was bound to by an assignment, with the module in whose scope that is to be read."""
    meaning = program.meaning(module, expression)
    if isinstance(meaning, Declared) and isinstance(meaning.syntax, AssignmentSyntax) and meaning.syntax.value:
        return meaning.module, meaning.syntax.value
    return None


def enum_members(program: Program, ref: ClassRef) -> dict[str, Constant | None]:
    """The members of an enum and their values; None for a value that cannot be read."""
    members: dict[str, Constant | None] = {}
    bases = {program.meaning(each.module, base) for each in linearised(program, ref) for base in each.syntax.bases}
    number = 0
    for syntax in member_syntax(ref):
        value = syntax.value
        if isinstance(value, CallExpr) and program.meaning(ref.module, value.function) == External("enum.auto"):
            known: Constant | None = Constant(syntax.target.lower() if _STR_ENUM in bases else number + 1)
        elif isinstance(value, NameExpr) and value.name in members:
            known = members[value.name]  # another name for a member
        else:
            known = evaluate(program, ref.module, value) if value is not None else None
        if known is not None and isinstance(known.value, int):
            number = max(number, known.value)
        members[syntax.target] = known if known is None else _as_member(known, bases)
    return members


def _as_member(value: Constant, bases: set[Meaning | None]) -> Constant | None:
    """The value as the enum's other base makes it; None if Python would raise, or if it is too odd to be meant."""
    if _STR_ENUM in bases:
        return value if isinstance(value.value, str) else None
    if External("builtins.str") in bases:
        return None if isinstance(value.value, bool) else Constant(str(value.value))
    if bases & {External("enum.IntEnum"), External("builtins.int")}:
        return value if isinstance(value.value, int) else None
    return value


def member_syntax(ref: ClassRef) -> Iterator[AssignmentSyntax]:
    """The assignments in an enum's body that make members. Python heeds no annotation there."""
    for syntax in ref.syntax.body:
        name = syntax.target
        if syntax.value is not None and not name.startswith("__") and not (name[0] == "_" == name[-1]):
            yield syntax
