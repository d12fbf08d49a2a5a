"""Classes, aliases and constants of generated programs, as source text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from tests.strategies.field_text import FieldWriter, Flavour
from tests.strategies.module_text import Choices, ModuleText
from tests.strategies.type_text import DOCS, TEXTS, Declared, Position, TypeWriter, can_fill

_MEMBERS = ("RED", "DARK_BLUE", "low", "Größe")


class DeclarationWriter:
    """Writes declarations of one module. What it has written is in `declared`, `known` is that of other modules too."""

    def __init__(self, module: ModuleText, known: list[Declared]) -> None:
        self.module = module
        self.choices: Choices = module.choices
        self.types = TypeWriter(module)
        self.fields = FieldWriter(self.types)
        self.known = list(known)
        self.declared: list[Declared] = []

    def any(self, name: str) -> None:
        """A declaration of some sort that is called `name`."""
        write: Callable[[str], None] = self.choices.one(
            (
                self.model,
                self.model,
                self.dataclass,
                self.typed_dict,
                self.enum,
                self.constant,
                self.alias,
                self.new_type,
                self.generic_model,
                self.generic_dataclass,
                self.generic_alias,
            )
        )
        write(name)

    def position(self, *variables: str) -> Position:
        return Position(self.known, variables)

    def declare(self, declared: Declared) -> None:
        self.declared.append(declared)
        self.known.append(declared)

    def class_(self, head: str, lines: list[str], name: str, *, decorators: tuple[str, ...] = ()) -> None:
        """Add a class with a docstring, if there is one, and these lines."""
        doc = self.choices.one(DOCS)
        body = [*([repr(doc)] if doc else []), *lines]
        text = "\n".join([*decorators, f"class {head}:", *(f"    {line}" for line in body or ["pass"])])
        self.module.add(text, name)

    def deprecated(self) -> tuple[str, ...]:
        """A decorator, now and then."""
        if not self.choices.seldom(5):
            return ()
        module = self.choices.one(
            ("typing_extensions", "warnings") if sys.version_info >= (3, 13) else ("typing_extensions",)
        )
        return (f"@{self.types.outside(module, 'deprecated')}({self.choices.one(('Old.', TEXTS[4]))!r})",)

    def model(self, name: str) -> None:
        base = self.types.outside("pydantic", "BaseModel")
        # Of classes that extend nothing any two have an order of resolution.
        parents = (
            self.choices.some([each for each in self.known if each.kind == "model"], 0, 2)
            if self.choices.seldom()
            else []
        )
        bases = [self.module.refer(each.module, each.name) for each in parents] or [base]
        names = self.fields.names()
        lines = self.fields.class_body(self.position(), "model", names)
        lines.extend(self._asides())
        deprecated = self.deprecated()
        self.class_(f"{name}({', '.join(bases)})", lines, name, decorators=deprecated)
        inherited = [field for each in parents for field in each.fields]
        fields = tuple(dict.fromkeys([*inherited, *names]))
        kind = "object" if parents or deprecated else "model"
        self.declare(Declared(self.module.name, name, kind, fields=fields, waits=self.module.postponed))

    def models(self) -> list[Declared]:
        """The models that a class of this module may extend."""
        return [
            each for each in self.known if each.kind == "model" and (not each.waits or each.module == self.module.name)
        ]

    def _asides(self) -> list[str]:
        """What stands in the body of a model and is no field."""
        return self.choices.some(
            (
                f"limit: {self.types.outside('typing', 'ClassVar')}[int] = 3",
                f"_cache: int = {self.types.outside('pydantic', 'PrivateAttr')}(0)",
                f"model_config = {self.types.outside('pydantic', 'ConfigDict')}(frozen=True)",
                "def method(self, x: int) -> int: return x",
            ),
            0,
            1,
        )

    def dataclass(self, name: str) -> None:
        decorator = self.types.outside(self.choices.one(("dataclasses", "dataclasses")), "dataclass")
        options = self.choices.some(("frozen=True", "kw_only=True", "slots=True", "order=True"))
        names = self.fields.names()
        lines = self.fields.class_body(self.position(), "dataclass", names)
        if self.choices.seldom(5):
            lines.insert(0, f"_: {self.types.outside('dataclasses', 'KW_ONLY')}")
        if self.choices.seldom(5):
            lines.append(f"made: int = {self.types.outside('dataclasses', 'field')}(init=False, default=3)")
        call = f"({', '.join(options)})" if options else ""
        deprecated = self.deprecated()
        self.class_(name, lines, name, decorators=(*deprecated, f"@{decorator}{call}"))
        self.declare(Declared(self.module.name, name, "object", fields=tuple(names)))
        if not deprecated and self.choices.seldom():
            self._dataclass_extending(name, names, "frozen=True" in options)

    def _dataclass_extending(self, parent: str, taken: list[str], is_frozen: bool) -> None:
        decorator = self.types.outside("dataclasses", "dataclass")
        names = self.fields.names(2)
        base = self.module.refer(self.module.name, parent)
        lines = self.fields.class_body(self.position(), "dataclass", names)
        name = f"{parent}More"
        self.class_(f"{name}({base})", lines, name, decorators=(f"@{decorator}(kw_only=True, frozen={is_frozen})",))
        self.declare(Declared(self.module.name, name, "object", fields=(*taken, *names)))

    def typed_dict(self, name: str) -> None:
        base = self.types.outside("typing_extensions", "TypedDict")
        parents: list[Declared] = []
        taken: tuple[str, ...] = ()
        for each in [each for each in self.known if each.kind == "typeddict"]:
            if self.choices.seldom(2) and not set(taken) & set(each.fields):
                parents.append(each)
                taken += each.fields
        bases = [self.module.refer(each.module, each.name) for each in parents] or [base]
        names = self.fields.names(3, taken)
        lines = self.fields.class_body(self.position(), "typeddict", names)
        total = self.choices.one(("", "", ", total=False", ", total=True"))
        self.class_(f"{name}({', '.join(bases)}{total})", lines, name)
        self.declare(Declared(self.module.name, name, "typeddict", fields=(*taken, *names)))

    def enum(self, name: str) -> None:
        base, values = self.choices.one(
            (
                ("Enum", "text"),
                ("StrEnum", "text"),
                ("IntEnum", "number"),
                ("Enum", "auto"),
                ("StrEnum", "auto"),
                ("str, Enum", "text"),
                ("int, Enum", "number"),
            )
        )
        members = self.choices.some(_MEMBERS, 1)
        lines: list[str] = []
        for number, member in enumerate(members):
            value = {"text": repr(TEXTS[number + 2]), "number": str(number * 3 - 1)}.get(values) or (
                f"{self.types.outside('enum', 'auto')}()"
            )
            lines.append(f"{member} = {value}")
        if self.choices.seldom():
            lines.append(f"ALSO = {members[0]}")
        if self.choices.seldom(6) and values != "auto":
            lines[0] = lines[0].replace(" = ", f": {'int' if values == 'number' else 'str'} = ")
        *mixins, last = base.split(", ")
        bases = ", ".join([*mixins, self.types.outside("enum", last)])
        self.class_(f"{name}({bases})", lines, name, decorators=())
        self.declare(Declared(self.module.name, name, "enum", defaults=tuple(members)))

    def constant(self, name: str) -> None:
        kind, values = self.choices.one(
            (
                ("int", ("0", "-3", "4096")),
                ("str", tuple(map(repr, TEXTS[1:]))),
                ("float", ("0.5", "1")),
                ("bool", ("True",)),
            )
        )
        annotation = self.choices.one(("", f": {self.types.outside('typing', 'Final')}", f": {kind}"))
        name = name.upper()
        self.module.add(f"{name}{annotation} = {self.choices.one(values)}", name)
        self.declare(Declared(self.module.name, name, "constant", kind))

    def alias(self, name: str) -> None:
        type_ = self.types.eager(self.position())
        described = self.choices.seldom()
        if described:
            field = f"{self.types.outside('convexgen', 'Field')}(description='Of the alias.')"
            type_ = replace(type_, text=f"{self.types.outside('typing', 'Annotated')}[{type_.text}, {field}]")
        doc = f"\n{self.choices.one(DOCS)!r}" if self.choices.seldom() else ""
        if sys.version_info >= (3, 12) and self.choices.seldom(3):
            self.module.add(f"type {name} = {type_.text}{doc}", name)
        else:
            annotation = f": {self.types.outside('typing', 'TypeAlias')}" if self.choices.seldom(2) else ""
            self.module.add(f"{name}{annotation} = {type_.text}{doc}", name)
        self.declare(
            Declared(self.module.name, name, "alias", type_.kind, defaults=_literals(type_.defaults), sealed=described)
        )

    def new_type(self, name: str) -> None:
        type_ = self.types.eager(self.position())
        self.module.add(f"{name} = {self.types.outside('typing', 'NewType')}({name!r}, {type_.text})", name)
        self.declare(Declared(self.module.name, name, "newtype", type_.kind, defaults=_literals(type_.defaults)))

    def _variables(self, name: str, count: int) -> tuple[str, ...]:
        names = tuple(f"{name}{letter}" for letter in "TU"[:count])
        for each in names:
            module = self.choices.one(("typing", "typing", "typing_extensions"))
            self.module.add(f"{each} = {self.types.outside(module, 'TypeVar')}({each!r})", each)
        return names

    def generic_model(self, name: str) -> None:
        self._generic(name, "model", self.types.outside("pydantic", "BaseModel"), ())

    def generic_dataclass(self, name: str) -> None:
        self._generic(name, "dataclass", "", (f"@{self.types.outside('dataclasses', 'dataclass')}",))

    def _generic(self, name: str, flavour: Flavour, base: str, decorators: tuple[str, ...]) -> None:
        variables = self._variables(name, self.choices.number(1, 2))
        own = [self.module.refer(self.module.name, each) for each in variables]
        bases = ", ".join([*filter(None, [base]), f"{self.types.outside('typing', 'Generic')}[{', '.join(own)}]"])
        lines = self.fields.class_body(self.position(*own), flavour, self.fields.names(3))
        lines.insert(0, f"value: {own[0]}")
        self.class_(f"{name}({bases})", lines, name, decorators=decorators)
        generic = Declared(self.module.name, name, "object", parameters=len(variables))
        if self.choices.seldom(3):
            self._filled(generic, flavour, variables, decorators)
        self.declare(generic)

    def _filled(
        self, generic: Declared, flavour: Flavour, variables: tuple[str, ...], decorators: tuple[str, ...]
    ) -> None:
        """A class that extends the generic one with its first parameter filled."""
        name = f"{generic.name}Filled"
        _, *rest = (self.module.refer(self.module.name, each) for each in variables)
        first = self.types.eager(Position([each for each in self.known if can_fill(each)])).text
        base = f"{self.module.refer(self.module.name, generic.name)}[{', '.join([first, *rest])}]"
        lines = self.fields.class_body(self.position(*rest), flavour, [])
        still = [f"{self.types.outside('typing', 'Generic')}[{', '.join(rest)}]"] if rest else []
        self.class_(f"{name}({', '.join([base, *still])})", lines, name, decorators=decorators)
        self.declare(replace(generic, name=name, parameters=len(rest)))

    def generic_alias(self, name: str) -> None:
        (variable,) = self._variables(name, 1)
        variable = self.module.refer(self.module.name, variable)
        text = self.choices.one(
            (
                f"list[{variable}]",
                f"dict[str, list[{variable}]]",
                f"{self.types.outside('typing', 'Optional')}[{variable}]",
                f"{variable} | list[{variable}]",
            )
        )
        annotation = f": {self.types.outside('typing', 'TypeAlias')}" if self.choices.seldom(2) else ""
        self.module.add(f"{name}{annotation} = {text}", name)
        self.declare(Declared(self.module.name, name, "alias", parameters=1))


def _literals(defaults: tuple[str, ...]) -> tuple[str, ...]:
    """The defaults that mean the same in every module."""
    return tuple(each for each in defaults if each in ("None", "True", "False") or not each[:1].isalpha())
