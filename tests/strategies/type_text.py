"""Annotations, fields and defaults of generated programs, as source text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tests.strategies.module_text import Choices, ModuleText

FIELD_NAMES = (
    "title", "author_name", "created_at", "count", "is_open", "x1", "type_", "from_", "class_", "rank", "git_hub_url",
    "o_auth2_token", "default", "delete", "kind", "meta", "url_of_the_page", "n",
)  # fmt: skip
"""Names that no two of are one name on the wire, in either naming, and that pydantic has no use for itself."""

TEXTS = (
    "", "a", "card", "it's", 'say "hi"', "both ' and \"", "C:\\temp", "a\nb", "\x07", "*/", "</script>", "${x}", "`",
    "ünïcödé", "日本語", "🦜", "e\u0301", "\u2028", "\ufeff", "#", "very long " * 12,
)  # fmt: skip
DOCS = (
    "",
    "",
    "Plain words.",
    "\n    Plain words.\n\n        More of them.\n    ",
    "Ends */ early, ünïcödé 🦜.",
    " \t",
)


@dataclass(frozen=True, slots=True)
class TypeText:
    """An annotation. `kind` tells what constraints it takes, `defaults` are expressions that are values of it."""

    text: str
    kind: str = "other"
    defaults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """Something declared in some module, for others to refer to.

    `kind` is `object`, `model` (an object that others may extend), `typeddict`, `enum`, `alias` or `newtype` (of a
    type of kind `of`), `table`, `variant`, `view` or `constant`. `parameters` counts type variables, `fields` are names
    of fields. Extending one that is `sealed` gives a warning at run time; pydantic cannot extend one that `waits` for
    names of its module elsewhere. An alias that is `sealed` describes the fields annotated with it; as the argument of
    a generic model it would do so to pydantic, which the reader does not go into.
    """

    module: str
    name: str
    kind: str
    of: str = "other"
    parameters: int = 0
    defaults: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    sealed: bool = False
    waits: bool = False


@dataclass(slots=True)
class Position:
    """Where annotations are written: what they may mention, and when they are looked at."""

    known: list[Declared] = field(default_factory=list)
    variables: tuple[str, ...] = ()
    documents: bool = False
    later: bool = False
    checked: bool = False


_SCALARS: Sequence[tuple[str, str, str, tuple[str, ...]]] = (
    ("", "str", "str", ("'plain'", '""', repr("it's \\ */ 🦜"))),
    ("", "int", "int", ("0", "-1", "7")),
    ("", "float", "float", ("0", "1.5", "-2.0", "1e300", "3")),
    ("", "bool", "bool", ("True", "False")),
    ("", "bytes", "bytes", ("b'x'",)),
    ("typing", "Any", "other", ("None", "1", "'any'", "[]")),
    ("convexgen", "Int64", "int", ()),
    ("datetime", "datetime", "other", ()),
    ("datetime", "date", "other", ()),
    ("uuid", "UUID", "other", ()),
    ("decimal", "Decimal", "other", ()),
)
_CONSTRAINTS = {
    "str": (
        "MinLen(1)",
        "MaxLen(80)",
        "Field(pattern=r'^[a-z\\\\]+$')",
        "Len(1, 9)",
        "Field(min_length=2, max_length=5)",
    ),
    "int": ("Ge(1)", "Gt(0)", "Le(10)", "Lt(9)", "MultipleOf(2)", "Interval(ge=1, lt=5)", "Field(ge=-3)"),
    "float": ("Ge(0)", "Gt(0.5)", "Le(100)", "Lt(1e3)", "Field(multiple_of=0.25)", "Interval(gt=-1.5)"),
    "bytes": ("MinLen(1)", "MaxLen(4)"),
    "array": ("MinLen(1)", "MaxLen(3)", "Len(2)"),
    "record": ("MinLen(1)", "MaxLen(3)"),
}
_FROM_ANNOTATED_TYPES = ("Len", "Interval")


class TypeWriter:
    """Writes annotations of one module."""

    def __init__(self, module: ModuleText) -> None:
        self.module = module
        self.choices: Choices = module.choices

    def annotation(self, position: Position) -> str:
        """A type, now and then in quotes."""
        quoted = self.quotes()
        text = self._type(self.written(position, quoted=quoted), 2).text
        return repr(text) if quoted else text

    def quotes(self) -> bool:
        """Whether the next annotation is to be written in quotes."""
        return self.choices.seldom(5)

    def written(self, position: Position, *, quoted: bool) -> Position:
        """`position` as it is for an annotation in quotes, or without."""
        return replace(position, later=quoted or position.later or self.module.postponed)

    def type(self, position: Position) -> TypeText:
        """A type, for an annotation that more is to be added to."""
        return self._type(position, 2)

    def eager(self, position: Position) -> TypeText:
        """A type for an expression that Python evaluates at once, such as an alias."""
        return self._type(replace(position, later=False, checked=False), 1)

    def constant(self, constant: Declared) -> str:
        """A constant, where its value is needed at once."""
        return self.module.refer(constant.module, constant.name)

    def outside(self, module: str, name: str) -> str:
        return self.module.outside(module, name)

    def _type(self, position: Position, depth: int) -> TypeText:
        if depth == 0 or self.choices.seldom(2):
            return self._leaf(position, depth)
        make: Callable[[Position, int], TypeText] = self.choices.one(
            (self._union, self._array, self._record, self._constrained, self._optional)
        )
        return make(position, depth - 1)

    def _leaf(self, position: Position, depth: int) -> TypeText:
        sources: list[Callable[[], TypeText]] = [lambda: self._scalar(position)] * 2 + [self._literal]
        if position.variables:
            sources.append(lambda: TypeText(self.choices.one(position.variables)))
        hidden = ("constant",) if position.documents else ("constant", "table", "variant", "view")
        known = [each for each in position.known if each.kind not in hidden]
        if known:
            sources.extend([lambda: self._named(self.choices.one(known), position, depth)] * 3)
        if any(each.kind == "table" for each in position.known):
            sources.append(lambda: self._id(position))
        return self.choices.one(sources)()

    def _scalar(self, position: Position) -> TypeText:
        module, name, kind, defaults = self.choices.one(_SCALARS)
        constants = [each for each in position.known if each.kind == "constant" and each.of == kind]
        if constants and self.choices.seldom(2):
            defaults = (self.constant(self.choices.one(constants)),)
        return TypeText(self.outside(module, name) if module else name, kind, defaults)

    def _literal(self) -> TypeText:
        values = self.choices.some([*map(repr, TEXTS), "1", "-3", "0", "True", "False"], 1, 3)
        nested = f", {self.outside('typing', 'Literal')}['nested']" if self.choices.seldom(6) else ""
        text = f"{self.outside('typing', 'Literal')}[{', '.join(values)}{nested}]"
        return TypeText(text, "literal", tuple(values))

    def _named(self, declared: Declared, position: Position, depth: int) -> TypeText:
        text = self.module.refer(declared.module, declared.name, later=position.later, checked=position.checked)
        if declared.parameters:
            fillings = replace(position, known=[each for each in position.known if can_fill(each)])
            inner = [self._type(fillings, min(depth, 1)).text for _ in range(declared.parameters)]
            text += f"[{', '.join(inner)}]"
        defaults = declared.defaults
        if declared.kind == "enum":
            owner = self.module.refer(declared.module, declared.name) if defaults else ""
            defaults = tuple(f"{owner}.{member}" for member in defaults)
        return TypeText(text, declared.of, defaults)

    def _id(self, position: Position) -> TypeText:
        tables = [each for each in position.known if each.kind == "table"]
        id_ = self.outside("convexgen", "Id")
        if self.choices.seldom(6):
            return TypeText(f"{id_}[{self.outside('convexgen', 'StoredFile')}]", "id")
        return TypeText(f"{id_}[{self._named(self.choices.one(tables), position, 0).text}]", "id")

    def _union(self, position: Position, depth: int) -> TypeText:
        members = [self._type(position, depth) for _ in range(self.choices.number(2, 3))]
        # To `typing` two unions of the same members are one, in the order that it saw first: keep to one order.
        unique = sorted({each.text: each for each in members}.values(), key=lambda each: each.text)
        texts = [each.text for each in unique]
        defaults = tuple(value for each in unique for value in each.defaults if each.kind == "literal")
        if self.choices.seldom():
            return TypeText(f"{self.outside('typing', 'Union')}[{', '.join(texts)}]", defaults=defaults)
        return TypeText(" | ".join(texts), defaults=defaults)

    def _optional(self, position: Position, depth: int) -> TypeText:
        inner = self._type(position, depth)
        if self.choices.seldom():
            text = f"{self.outside('typing', 'Optional')}[{inner.text}]"
        else:
            text = f"{inner.text} | None"
        return TypeText(text, inner.kind, ("None", *inner.defaults))

    def _array(self, position: Position, depth: int) -> TypeText:
        inner = self._type(position, depth).text
        match self.choices.one(("list", "list", "List", "Sequence", "tuple", "Sequence")):
            case "list":
                return TypeText(f"list[{inner}]", "array", ("[]",))
            case "tuple":
                return TypeText(f"tuple[{inner}, ...]", "other", ("()",))
            case "List":
                return TypeText(f"{self.outside('typing', 'List')}[{inner}]", "array", ("[]",))
            case name:
                return TypeText(f"{self.outside('collections.abc', name)}[{inner}]", "other", ("()",))

    def _record(self, position: Position, depth: int) -> TypeText:
        key = "str"
        if self.choices.seldom() and any(each.kind == "table" for each in position.known):
            key = self._id(position).text
        return TypeText(f"dict[{key}, {self._type(position, depth).text}]", "record", ("{}",))

    def _constrained(self, position: Position, depth: int) -> TypeText:
        inner = self._type(position, depth)
        found = self.constraints(inner.kind)
        if not found:
            return inner
        annotated = self.outside("typing", "Annotated")
        return TypeText(f"{annotated}[{inner.text}, {', '.join(found)}]", inner.kind, inner.defaults)

    def constraints(self, kind: str) -> list[str]:
        """Some constraints that a type of this kind may have."""
        found = []
        for each in self.choices.some(_CONSTRAINTS.get(kind, ()), 0, 2):
            name, bracket, rest = each.partition("(")
            owner = "annotated_types" if name in _FROM_ANNOTATED_TYPES or self.choices.seldom() else "convexgen"
            owner = self.choices.one(("pydantic", "convexgen")) if name == "Field" else owner
            owner = "pydantic" if name == "StringConstraints" else owner
            found.append(f"{self.outside(owner, name)}{bracket}{rest}")
        return found


def can_fill(declared: Declared) -> bool:
    """Whether what it stands for may be an argument of a generic class.

    Of an alias that Python replaces, the symbol of the instance must still be found.
    """
    is_plain = declared.of in ("str", "int", "float", "bool", "literal")
    return declared.kind != "alias" or declared.parameters > 0 or (is_plain and not declared.sealed)
