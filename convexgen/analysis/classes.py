"""What kind of thing a class is, and which classes it inherits its fields from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from convexgen.analysis.resolve import Declared, External, Meaning, Program
from convexgen.analysis.syntax import (
    AttributeExpr,
    CallExpr,
    ClassSyntax,
    ConstantExpr,
    Expr,
    KeywordArgument,
    NameExpr,
    OrExpr,
    Place,
    SubscriptExpr,
)

ClassKind = Literal["table", "view", "variant", "model", "dataclass", "typeddict", "enum", "plain", "foreign"]
"""`plain` is a class without a base that matters (a mixin); `foreign` has a base that we do not know."""

_ROOTS: Mapping[str, ClassKind] = {
    "convexgen.Table": "table",
    "convexgen.View": "view",
    "pydantic.BaseModel": "model",
    "typing.TypedDict": "typeddict",
    "enum.Enum": "enum",
    "enum.StrEnum": "enum",
    "enum.IntEnum": "enum",
}
_NEUTRAL = frozenset(
    {"builtins.object", "builtins.str", "builtins.int", "typing.Generic", "typing.Protocol", "abc.ABC"}
)


@dataclass(frozen=True, slots=True)
class ClassRef:
    """A class of the functions folder."""

    module: str
    syntax: ClassSyntax

    @property
    def symbol(self) -> str:
        return f"{self.module}.{self.syntax.name}" if self.module else self.syntax.name


Ancestor: TypeAlias = tuple[ClassRef, tuple[Expr, ...], str]
"""A class, the type arguments that it is given, and the module in whose scope they are to be read."""


def class_of(meaning: Meaning | None) -> ClassRef | None:
    """The class that a name means, if it means one of the functions folder."""
    if isinstance(meaning, Declared) and isinstance(meaning.syntax, ClassSyntax):
        return ClassRef(meaning.module, meaning.syntax)
    return None


def base_of(expression: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """A base without its type arguments, and these."""
    if isinstance(expression, SubscriptExpr):
        return expression.value, expression.items
    return expression, ()


def kind_of(program: Program, ref: ClassRef) -> ClassKind:
    """What `ref` is, by its bases and decorators."""
    known = program.class_kinds.get(ref.symbol)
    if known is None:
        known = program.class_kinds[ref.symbol] = _kind_of(program, ref, frozenset())
    return known  # type: ignore[return-value]


def _kind_of(program: Program, ref: ClassRef, seen: frozenset[str]) -> ClassKind:
    if ref.symbol in seen:
        return "foreign"
    kinds = [_kind_of_base(program, ref, base, seen | {ref.symbol}) for base in ref.syntax.bases]
    found: set[ClassKind] = {kind for kind in kinds if kind != "plain"}
    if not found:
        return "dataclass" if _is_dataclass(program, ref) else "plain"
    if found & {"table", "view", "variant"}:
        return _kind_of_document(ref, found)
    for kind in ("typeddict", "enum", "foreign", "model", "dataclass"):
        if kind in found:
            return kind
    return "foreign"


def _kind_of_document(ref: ClassRef, found: set[ClassKind]) -> ClassKind:
    """What a class is whose bases are documents of the kinds `found`: what it says itself, or what they are."""
    if flag(ref, "view"):
        return "view"
    if flag(ref, "variant"):
        return "variant"
    if keyword(ref, "name") is not None:
        return "table"
    return next((kind for kind in ("view", "variant") if kind in found), "table")


def _kind_of_base(program: Program, ref: ClassRef, base: Expr, seen: frozenset[str]) -> ClassKind:
    expression, _ = base_of(base)
    meaning = program.meaning(ref.module, expression)
    inherited = class_of(meaning)
    if inherited is not None:
        return _kind_of(program, inherited, seen)
    if isinstance(meaning, External):
        return "plain" if meaning.name in _NEUTRAL else _ROOTS.get(meaning.name, "foreign")
    return "foreign"


def dataclass_decorator(program: Program, ref: ClassRef) -> Expr | None:
    """The decorator that makes a dataclass of `ref` itself."""
    for decorator in ref.syntax.decorators:
        expression = decorator.function if isinstance(decorator, CallExpr) else decorator
        if program.meaning(ref.module, expression) == External("dataclasses.dataclass"):
            return decorator
    return None


def _is_dataclass(program: Program, ref: ClassRef) -> bool:
    if dataclass_decorator(program, ref) is not None:
        return True
    return any(_is_dataclass(program, base) for base, _, _ in direct_bases(program, ref) if base.symbol != ref.symbol)


def is_view_of(program: Program, ref: ClassRef) -> bool:
    """Whether `ref` is a view by extending `View[…]`, itself or through another class."""
    bases = ((owner.module, base_of(base)[0]) for owner in linearised(program, ref) for base in owner.syntax.bases)
    return any(program.meaning(module, base) == External("convexgen.View") for module, base in bases)


def has_broken_base(program: Program, ref: ClassRef) -> bool:
    """Whether `ref` extends something by a broken import, itself or through another class: nobody knows its kind."""
    bases = ((owner.module, base_of(base)) for owner in linearised(program, ref) for base in owner.syntax.bases)
    return any(program.is_broken_import(module, each) for module, (base, items) in bases for each in (base, *items))


def direct_bases(program: Program, ref: ClassRef) -> Iterator[Ancestor]:
    """The bases of `ref` that are classes of the functions folder."""
    for base in ref.syntax.bases:
        expression, arguments = base_of(base)
        inherited = class_of(program.meaning(ref.module, expression))
        if inherited is not None:
            yield inherited, arguments, ref.module


def linearised(program: Program, ref: ClassRef) -> list[ClassRef]:
    """`ref` and its ancestors in the folder, in Python's method resolution order as far as it has one."""
    return _linearised(program, ref, frozenset())


def _linearised(program: Program, ref: ClassRef, seen: frozenset[str]) -> list[ClassRef]:
    if ref.symbol in seen:
        return []
    parents = [base for base, _, _ in direct_bases(program, ref)]
    sequences = [_linearised(program, parent, seen | {ref.symbol}) for parent in parents]
    sequences.append(parents)
    return [ref, *_merged([list(sequence) for sequence in sequences if sequence])]


def _merged(sequences: list[list[ClassRef]]) -> Iterator[ClassRef]:
    """The C3 merge; where no order is consistent, the first candidate is taken rather than none."""
    while sequences:
        heads = [sequence[0] for sequence in sequences]
        in_tails = {ref.symbol for sequence in sequences for ref in sequence[1:]}
        chosen = next((head for head in heads if head.symbol not in in_tails), heads[0])
        yield chosen
        sequences = [[ref for ref in sequence if ref.symbol != chosen.symbol] for sequence in sequences]
        sequences = [sequence for sequence in sequences if sequence]


def field_owners(program: Program, ref: ClassRef) -> Iterator[ClassRef]:
    """`ref` and its ancestors, as far as their annotations are fields of `ref`, in the order in which Python does it.

    A dataclass has no fields of classes that are none. A `TypedDict` takes its bases from left to right.
    """
    kind = kind_of(program, ref)
    if kind == "typeddict":
        yield from _bases_first(program, ref, frozenset())
        return
    for owner in reversed(linearised(program, ref)):
        if kind != "dataclass" or dataclass_decorator(program, owner) is not None:
            yield owner


def field_giver(program: Program, ref: ClassRef, name: str) -> ClassRef:
    """The class whose declaration of the field `name` counts for `ref`, of several that it inherits from.

    Each base gives the field as it has it itself: where two bases share an ancestor and the second declares a field of
    it again, the first one's, which is the ancestor's, comes before.
    """
    if not _declares(ref, name):
        for ancestor in linearised(program, ref)[1:]:
            if any(_declares(each, name) for each in linearised(program, ancestor)):
                return field_giver(program, ancestor, name)
    return ref


def _declares(ref: ClassRef, name: str) -> bool:
    return any(each.target == name and each.annotation is not None for each in ref.syntax.body)


def _bases_first(program: Program, ref: ClassRef, seen: frozenset[str]) -> Iterator[ClassRef]:
    if ref.symbol not in seen:
        for base, _, _ in direct_bases(program, ref):
            yield from _bases_first(program, base, seen | {ref.symbol})
        yield ref


def keyword(ref: ClassRef, name: str) -> KeywordArgument | None:
    """The class keyword `name`, as in `class User(Table, name="users")`."""
    return next((each for each in ref.syntax.keywords if each.name == name), None)


def flag(ref: ClassRef, name: str) -> bool:
    """Whether the class keyword `name` is literally `True`."""
    found = keyword(ref, name)
    return found is not None and isinstance(found.value, ConstantExpr) and found.value.value is True


def type_parameters(program: Program, ref: ClassRef) -> tuple[str, ...]:
    """The names of the type variables of a generic class, in order."""
    if ref.syntax.type_params:
        return ref.syntax.type_params
    names: dict[str, None] = {}
    for base in ref.syntax.bases:
        expression, arguments = base_of(base)
        if program.meaning(ref.module, expression) == External("typing.Generic"):
            return tuple(argument.name for argument in arguments if isinstance(argument, NameExpr))
        names.update(dict.fromkeys(_type_variables(program, ref.module, arguments)))
    return tuple(names)


def _type_variables(program: Program, module: str, expressions: tuple[Expr, ...]) -> Iterator[str]:
    for expression in expressions:
        if isinstance(expression, NameExpr) and is_type_variable(program, program.lookup(module, expression.name)):
            yield expression.name
        elif isinstance(expression, SubscriptExpr):
            yield from _type_variables(program, module, expression.items)


def is_type_variable(program: Program, meaning: Meaning | None) -> bool:
    """Whether a name was bound by `T = TypeVar("T")`."""
    if isinstance(meaning, Declared) and not isinstance(meaning.syntax, ClassSyntax):
        value = getattr(meaning.syntax, "value", None)
        if isinstance(value, CallExpr):
            return program.meaning(meaning.module, value.function) == External("typing.TypeVar")
    return False


def place_of_base(ref: ClassRef) -> Place:
    """Where to point when something is wrong with what a class extends."""
    return ref.syntax.bases[0].place if ref.syntax.bases else ref.syntax.place


def describe(expression: Expr) -> str:
    """An expression as a person would write it, as far as names go."""
    match expression:
        case NameExpr(name):
            return name
        case AttributeExpr(value, name):
            return f"{describe(value)}.{name}"
        case SubscriptExpr(value, items):
            return f"{describe(value)}[{', '.join(map(describe, items))}]"
        case ConstantExpr(value):
            return "..." if value is ... else repr(value)
        case OrExpr(left, right):
            return f"{describe(left)} | {describe(right)}"
        case CallExpr(function):
            return f"{describe(function)}(…)"
        case _:
            return "…"
