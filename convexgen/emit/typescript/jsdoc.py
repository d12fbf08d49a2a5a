r"""Docstrings, constraints and defaults as JSDoc.

Prose is shown as Markdown by editors, so what would end the comment or begin a tag by accident is escaped the way
Markdown has it (`*\/`, `\@`): the reader sees what the author wrote. In a string or a pattern of a tag the same
backslash changes nothing for JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from convexgen.emit.typescript.layout import COLUMNS
from convexgen.emit.typescript.text import literal, width
from convexgen.ir import (
    ArrayOf,
    Constrained,
    Constraint,
    ConstraintKind,
    Field,
    RecordOf,
    Scalar,
    ScalarKind,
    Type,
    UnionOf,
    without_constraints,
)

_FORMATS: dict[ScalarKind, str] = {"datetime": "date-time", "date": "date", "uuid": "uuid", "decimal": "decimal"}
_TAGS: dict[ConstraintKind, str] = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}
_INLINE_CODE_OR_AT = re.compile(r"`[^`\n]+`|(?<![\w.+-])@(?=\S)")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def block(doc: str, tags: list[str], indent: int) -> str:
    """A JSDoc block on lines of its own, indented; empty if there is nothing to say."""
    margin = " " * indent
    return "".join([f"{margin}{line}\n" for line in comment(doc, tags, indent)])


def comment(doc: str, tags: list[str], indent: int) -> tuple[str, ...]:
    """The lines of a JSDoc block without their indentation. One tag after a short sentence shares its line."""
    if not doc and not tags:
        return ()
    lines = prose(doc) if doc else []
    if len(lines) <= 1 and len(tags) <= 1:
        one_line = f"/** {' '.join(lines + tags)} */"
        if indent + width(one_line) <= COLUMNS or len(lines) + len(tags) == 1:
            return (one_line,)
    return ("/**", *[f" * {line}" if line else " *" for line in lines + tags], " */")


def prose(doc: str) -> list[str]:
    """The lines of a docstring, safe inside a comment."""
    lines = [line.rstrip() for line in _escaped(doc).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def deprecation(reason: str | None) -> list[str]:
    """The `@deprecated` tag, if there is a reason to have one."""
    return [] if reason is None else [f"@deprecated {_in_one_line(reason)}".rstrip()]


def field_comment(field: Field, indent: int) -> tuple[str, ...]:
    """What there is to say about a field or an argument: its docstring, format, constraints and default."""
    if not field.doc and field.deprecated is None and field.default is None and isinstance(field.type, Scalar):
        format_ = _FORMATS.get(field.type.kind)
        return (f"/** @format {format_} */",) if format_ else ()
    tags = deprecation(field.deprecated) + list(_type_tags(field.type))
    if field.default is not None:
        tags.append(f"@default {_escaped(literal(field.default.value))}")
    return comment(field.doc, tags, indent)


def alias_tags(type_: Type) -> list[str]:
    """The tags that a named type has from the type it stands for."""
    return list(_type_tags(type_))


def _type_tags(type_: Type) -> Iterator[str]:
    """Tags for a type or, where it may also be null, for what it is otherwise."""
    type_ = _unless_null(type_)
    base = without_constraints(type_)
    if isinstance(base, Scalar) and base.kind in _FORMATS:
        yield f"@format {_FORMATS[base.kind]}"
    if isinstance(type_, Constrained):
        for constraint in type_.constraints:
            yield _constraint_tag(constraint, base)


def _unless_null(type_: Type) -> Type:
    inner = without_constraints(type_)
    if isinstance(inner, UnionOf):
        others = [member for member in inner.members if member != Scalar("null")]
        if len(others) == 1 and not isinstance(type_, Constrained):
            return others[0]
    return type_


def _constraint_tag(constraint: Constraint, base: Type) -> str:
    tag = _TAGS[constraint.kind]
    if isinstance(base, ArrayOf):
        tag = tag.replace("Length", "Items")
    elif isinstance(base, RecordOf):
        tag = tag.replace("Length", "Properties")
    value = constraint.value if isinstance(constraint.value, str) else literal(constraint.value)
    return f"@{tag} {_in_one_line(value)}"


def _in_one_line(text: str) -> str:
    return " ".join([line.strip() for line in _escaped(text).splitlines()]).strip()


def _escaped(text: str) -> str:
    if "@" in text:
        text = _INLINE_CODE_OR_AT.sub(lambda found: found[0] if found[0][0] == "`" else "\\@", text)
    if "*/" in text:
        text = text.replace("*/", "*\\/")
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)
