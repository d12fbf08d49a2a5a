"""Fields of classes and parameters of functions in generated programs, as source text."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tests.strategies.type_text import DOCS, FIELD_NAMES, Position, TypeText, TypeWriter

Flavour = Literal["model", "dataclass", "typeddict", "parameter"]


class FieldText(NamedTuple):
    """A field or parameter."""

    text: str
    has_default: bool


class FieldWriter:
    """Writes fields of one module."""

    def __init__(self, types: TypeWriter) -> None:
        self.types = types
        self.choices = types.choices

    def class_body(self, position: Position, flavour: Flavour, names: list[str]) -> list[str]:
        """The lines of fields called `names`; those without a default stand first."""
        written = [self._field(name, position, flavour) for name in names]
        if flavour == "dataclass":
            written.sort(key=lambda each: each.has_default)
        lines: list[str] = []
        for each in written:
            lines.append(each.text)
            if self.choices.seldom():
                lines.append(repr(self.choices.one(DOCS)))
        return lines

    def parameters(self, position: Position, names: list[str]) -> list[str]:
        """Parameters after the context; a `*` among them now and then, and always where Python would want it."""
        written = [self._field(name, position, "parameter") for name in names]
        texts = [each.text for each in written]
        has_default = [each.has_default for each in written]
        if texts and (self.choices.seldom() or has_default != sorted(has_default)):
            return ["*", *texts]
        return texts

    def names(self, most: int = 4, taken: tuple[str, ...] = ()) -> list[str]:
        """Names of fields, none of which is among `taken`."""
        return self.choices.some([each for each in FIELD_NAMES if each not in taken], 0, most)

    def _field(self, name: str, position: Position, flavour: Flavour) -> FieldText:
        quoted = self.types.quotes()
        type_ = self.types.type(self.types.written(position, quoted=quoted))
        text, value = self._annotation(name, type_, flavour)
        annotated = f"{name}: {repr(text) if quoted else text}"
        return FieldText(f"{annotated} = {value}" if value else annotated, bool(value))

    def _annotation(self, name: str, type_: TypeText, flavour: Flavour) -> tuple[str, str]:
        """The annotation of a field, and its default if it has one."""
        text = type_.text
        if flavour == "typeddict":
            return self._typed_dict(name, text), ""
        if self.choices.seldom(5):
            text = f"{text} | {self.types.outside('convexgen', 'Unset')}"
            return self._annotated(name, text), self.types.outside("convexgen", "UNSET")
        value = self.choices.one(type_.defaults) if type_.defaults and self.choices.seldom(2) else ""
        if flavour == "dataclass" and value in ("[]", "{}"):
            value = ""
        if flavour == "model" and self.choices.seldom(3):
            return text, self._field_call(name, value, type_.kind)
        if flavour == "dataclass" and self.choices.seldom(3):
            return self._annotated(name, text), self._dataclass_field(value, type_.kind)
        return self._annotated(name, text), value

    def _typed_dict(self, name: str, text: str) -> str:
        text = self._annotated(name, text)
        mark = self.choices.one(("", "", "NotRequired", "Required"))
        return f"{self.types.outside('typing_extensions', mark)}[{text}]" if mark else text

    def _annotated(self, name: str, text: str) -> str:
        if not self.choices.seldom():
            return text
        options = ", ".join(self._options(name))
        field = f"{self.types.outside(self.choices.one(('convexgen', 'pydantic')), 'Field')}({options})"
        return f"{self.types.outside('typing', 'Annotated')}[{text}, {field}]"

    def _options(self, name: str) -> list[str]:
        plain = "".join(part.title() for part in name.split("_") if part.isascii())
        return self.choices.some(
            (
                f"alias='wire{plain}'",
                f"description={self.choices.one(DOCS)!r}",
                self.choices.one(
                    (
                        "deprecated='Not any more.'",
                        "deprecated=True",
                        "deprecated=False",
                        f"deprecated={self.types.outside('typing_extensions', 'deprecated')}('Gone.')",
                    )
                ),
            ),
            0,
            2,
        )

    def _field_call(self, name: str, value: str, kind: str) -> str:
        field = self.types.outside(self.choices.one(("convexgen", "pydantic")), "Field")
        options = self._options(name)
        if value:
            options.insert(0, self.choices.one((value, f"default={value}")))
        elif kind in ("array", "record") and self.choices.seldom(2):
            options.append("default_factory=" + ("list" if kind == "array" else "dict"))
        elif self.choices.seldom():
            options.insert(0, "...")
        return f"{field}({', '.join(sorted(options, key=lambda each: '=' in each))})"

    def _dataclass_field(self, value: str, kind: str) -> str:
        field = self.types.outside("dataclasses", "field")
        if kind in ("array", "record"):
            return f"{field}(default_factory={'list' if kind == 'array' else 'dict'})"
        return f"{field}(default={value})" if value else ""
