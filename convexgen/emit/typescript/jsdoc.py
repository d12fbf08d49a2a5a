r"""Docstrings, constraints and defaults as JSDoc.

Prose is shown as Markdown by editors, so what would end the comment or begin a tag by accident is escaped the way
Markdown has it (`*\/`, `\@`): the reader sees what the author wrote. In a string or a pattern of a tag the same
backslash changes nothing for JavaScript.
"""

from __future__ import annotations

import re

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
)

_COLUMNS = 120
"""Comments may be wider than code: a line for each tag would make the file half as large again."""

_FORMATS: dict[ScalarKind, str] = {
    "datetime": "@format date-time",
    "date": "@format date",
    "uuid": "@format uuid",
    "decimal": "@format decimal",
}
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
    """The lines of a JSDoc block without their indentation; a single line where all fits on it."""
    lines = prose(doc) if doc else []
    if not lines and not tags:
        return ()
    if len(lines) <= 1:
        one_line = f"/** {' '.join(lines + tags)} */"
        if indent + width(one_line) <= _COLUMNS or len(lines) + len(tags) == 1:
            return (one_line,)
    return ("/**", *[f" * {line}" if line else " *" for line in lines + tags], " */")


def summary(doc: str) -> str:
    """The first paragraph of a docstring."""
    return doc.strip().partition("\n\n")[0]


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
    tags = type_tags(field.type)
    if field.deprecated is not None:
        tags = deprecation(field.deprecated) + tags
    if field.default is not None:
        tags.append(f"@default {_escaped(literal(field.default.value))}")
    return comment(field.doc, tags, indent) if tags or field.doc else ()


def type_tags(type_: Type) -> list[str]:
    """Tags for a type or, where it may also be null, for what it is otherwise."""
    match type_:
        case Scalar():
            return [_FORMATS[type_.kind]] if type_.kind in _FORMATS else []
        case Constrained():
            tags = [_constraint_tag(constraint, type_.base) for constraint in type_.constraints]
            return type_tags(type_.base) + tags
        case UnionOf():
            return _tags_unless_null(type_)
        case _:
            return []


def _tags_unless_null(type_: UnionOf) -> list[str]:
    others = [member for member in type_.members if member != Scalar("null")]
    return type_tags(others[0]) if len(others) == 1 else []


def _constraint_tag(constraint: Constraint, base: Type) -> str:
    tag = _TAGS[constraint.kind]
    if isinstance(base, ArrayOf):
        tag = tag.replace("Length", "Items")
    elif isinstance(base, RecordOf):
        tag = tag.replace("Length", "Properties")
    value = constraint.value
    return f"@{tag} {_in_one_line(value) if isinstance(value, str) else literal(value)}".rstrip()


def _in_one_line(text: str) -> str:
    return " ".join([line.strip() for line in _escaped(text).splitlines()]).strip()


def _escaped(text: str) -> str:
    if "@" in text:
        text = _INLINE_CODE_OR_AT.sub(lambda found: found[0] if found[0][0] == "`" else "\\@", text)
    if "*/" in text:
        text = text.replace("*/", "*\\/")
    return text if text.isascii() and text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)
