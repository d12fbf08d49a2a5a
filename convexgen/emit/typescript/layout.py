"""Breaks types over lines exactly as Prettier 3 does at 80 columns, so that no formatter need ever run.

A node carries the text it has on one line; only a node that does not fit is taken apart. A node that is a plain string
never breaks. What follows a node on its line up to the next possible break is its `tail`, in columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from convexgen.emit.typescript.text import width

COLUMNS = 80


@dataclass(slots=True, eq=False)
class Applied:
    """A generic type with its arguments: `Record<string, number>`."""

    head: str
    arguments: tuple[Node, ...]
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        self.flat = f"{self.head}<{', '.join(map(flat, self.arguments))}>"


@dataclass(slots=True, eq=False)
class Alternatives:
    """A union of two or more members."""

    members: tuple[Node, ...]
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        self.flat = " | ".join(map(flat, self.members))


@dataclass(slots=True, eq=False)
class TupleType:
    """A tuple of literals: `["author", "_creationTime"]`. `operator` stands in front of it (`readonly `)."""

    elements: tuple[str, ...]
    operator: str = ""
    flat: str = field(init=False)

    def __post_init__(self) -> None:
        self.flat = f"{self.operator}[{', '.join(self.elements)}]"


@dataclass(slots=True, eq=False)
class Member:
    """A property of an object type. `comments` are the lines of its JSDoc block, without indentation."""

    key: str
    type: Node
    optional: bool = False
    comments: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class ObjectType:
    """An object type with its properties. With comments it always stands on several lines and has no `flat` text."""

    members: tuple[Member, ...]
    expanded: bool = field(init=False, default=False)
    flat: str = field(init=False, default="")

    def __post_init__(self) -> None:
        for member in self.members:
            if member.comments:
                self.expanded = True
                return
        properties = "; ".join([member_head(member) + flat(member.type) for member in self.members])
        self.flat = f"{{ {properties} }}" if properties else "{}"


Node: TypeAlias = str | Applied | Alternatives | TupleType | ObjectType


def flat(node: Node) -> str:
    """The text of `node` on one line."""
    return node if isinstance(node, str) else node.flat


def member_head(member: Member) -> str:
    return f"{member.key}?: " if member.optional else f"{member.key}: "


def member_lines(member: Member, indent: int) -> str:
    """A property with its comments on lines of its own, the last one ended by `;` and a line end."""
    line = property_line(member_head(member), member.type, indent)
    if not member.comments:
        return line
    margin = " " * indent
    return "".join([f"{margin}{comment}\n" for comment in member.comments]) + line


def property_line(head: str, node: Node, indent: int) -> str:
    """`head` (`name: ` or `name?: `), its type, `;` and a line end, indented."""
    margin = " " * indent
    if isinstance(node, str):
        return f"{margin}{head}{node};\n"
    column = indent + width(head)
    if _moves(node, column):
        return f"{margin}{head.rstrip()}\n{margin}  {broken(node, indent + 2, indent + 2, 1)};\n"
    return f"{margin}{head}{broken(node, indent, column, 1)};\n"


def alias_line(head: str, node: Node) -> str:
    """`head` (`export type X =`), the type, `;` and a line end. The type may move to a line of its own as a whole."""
    column = width(head) + 1
    if _moves(node, column) or (not _fits(node, column, 1) and column + _to_first_break(node, 1) > COLUMNS):
        return f"{head}\n  {broken(node, 2, 2, 1)};\n"
    return f"{head} {broken(node, 0, column, 1)};\n"


def alias_object(head: str, members: tuple[Member, ...]) -> str:
    """`head` (`export type X =`), an object type on several lines, `;` and a line end."""
    if not members:
        return alias_line(head, "{}")
    if width(head) + 2 > COLUMNS:
        return f"{head}\n  {expanded_object(members, 2)};\n"
    return f"{head} {expanded_object(members, 0)};\n"


def expanded_object(members: tuple[Member, ...], indent: int) -> str:
    """An object type on several lines, the first of which starts where the caller stands."""
    if not members:
        return "{}"
    return "{\n" + "".join([member_lines(m, indent + 2) for m in members]) + " " * indent + "}"


def array_line(head: str, elements: tuple[str, ...], suffix: str) -> str:
    """`head` (`export const X =`), an array of literals, `suffix`, `;` and a line end."""
    one_line = f"[{', '.join(elements)}]{suffix};\n"
    if width(head) + width(one_line) <= COLUMNS:
        return f"{head} {one_line}"
    if width(head) + 2 > COLUMNS:
        return f"{head}\n  {_array(elements, suffix, 2)}"
    return f"{head} {_array(elements, suffix, 0)}"


def broken(node: Node, indent: int, column: int, tail: int) -> str:
    """`node` starting at `column`, its further lines relative to `indent`; on one line if that fits."""
    if isinstance(node, str):
        return node
    if _fits(node, column, tail):
        return node.flat
    match node:
        case Applied():
            return _broken_arguments(node, indent, column, tail)
        case Alternatives():
            return _broken_alternatives(node, indent, column, tail)
        case TupleType():
            inner = " " * (indent + 2)
            elements = "".join([f"{inner}{element},\n" for element in node.elements])
            return f"{node.operator}[\n{elements}{' ' * indent}]"
        case ObjectType():
            return expanded_object(node.members, indent)


def _fits(node: Node, column: int, tail: int) -> bool:
    text = node if isinstance(node, str) else node.flat
    return column + width(text) + tail <= COLUMNS and not _holds_comments(node)


def _holds_comments(node: Node) -> bool:
    """Whether `node` is an object with comments or a reference to a function with such arguments."""
    if isinstance(node, Applied):
        node = node.arguments[0]
    return isinstance(node, ObjectType) and node.expanded


def _moves(node: Node, column: int) -> bool:
    """Whether a union that does not fit after its name goes to the next line as a whole."""
    return isinstance(node, Alternatives) and not _hugs(node) and not _fits(node, column, 1)


def _broken_arguments(node: Applied, indent: int, column: int, tail: int) -> str:
    first = node.arguments[0]
    if len(node.arguments) == 1 and _hugs(first):
        inside = column + width(node.head) + 1
        return f"{node.head}<{broken(first, indent, inside, tail + 1)}>"
    inner = indent + 2
    lines = [broken(argument, inner, inner, 1) for argument in node.arguments[:-1]]
    lines.append(broken(node.arguments[-1], inner, inner, 0))
    margin = "\n" + " " * inner
    return f"{node.head}<{margin}{f',{margin}'.join(lines)}\n{' ' * indent}>"


def _broken_alternatives(node: Alternatives, indent: int, column: int, tail: int) -> str:
    last = len(node.members) - 1
    if not _hugs(node):
        inner = indent + 2
        parts = [broken(m, inner, inner, tail if i == last else 0) for i, m in enumerate(node.members)]
        return "| " + f"\n{' ' * indent}| ".join(parts)
    text = ""
    for index, member in enumerate(node.members):
        rest = sum(3 + width(flat(m)) for m in node.members[index + 1 :])
        text += (" | " if index else "") + broken(member, indent, column + width(text) + 3 * bool(index), tail + rest)
    return text


def _hugs(node: Node) -> bool:
    """Whether Prettier keeps `node` on the line of what holds it: names, literals, objects, `Reference | null`."""
    if isinstance(node, Alternatives):
        references = [m for m in node.members if isinstance(m, Applied) or _is_reference(m)]
        return bool(references) and all(m is references[0] or m == "null" for m in node.members)
    return isinstance(node, str | ObjectType)


_KEYWORDS = frozenset({"any", "bigint", "boolean", "false", "never", "null", "number", "string", "true"})


def _is_reference(node: Node) -> bool:
    return isinstance(node, str) and node not in _KEYWORDS and (node[0].isalpha() or node[0] in "_$")


def _to_first_break(node: Node, tail: int) -> int:
    """The columns up to the first place where `node` could break, or to the end of its tail if it cannot."""
    match node:
        case Applied(arguments=(only,)) if _hugs(only):
            return width(node.head) + 1 + _to_first_break(only, tail + 1)
        case Applied():
            return width(node.head) + 1
        case TupleType():
            return width(node.operator) + 1
        case ObjectType(members=(_, *_)):
            return 1
        case Alternatives(members=(first, *others)):
            rest = sum(3 + width(flat(member)) for member in others)
            if not isinstance(first, str) or not others:
                return _to_first_break(first, tail + rest)
            return width(first) + 3 + _to_first_break(Alternatives(tuple(others)), tail)
        case _:
            return width(flat(node)) + tail


def _array(elements: tuple[str, ...], suffix: str, indent: int) -> str:
    margin = " " * (indent + 2)
    if indent and width(one_line := f"[{', '.join(elements)}]{suffix};") + indent <= COLUMNS:
        return f"{one_line}\n"
    is_numbers = len(elements) > 1 and all(e[0] in "-0123456789" for e in elements)
    lines = _filled(elements, margin) if is_numbers else [f"{margin}{element}," for element in elements]
    return "[\n" + "\n".join(lines) + f"\n{' ' * indent}]{suffix};\n"


def _filled(elements: tuple[str, ...], margin: str) -> list[str]:
    """Numbers, as many on each line as fit."""
    lines = [f"{margin}{elements[0]},"]
    for element in elements[1:]:
        if width(lines[-1]) + 1 + len(element) + 1 <= COLUMNS:
            lines[-1] += f" {element},"
        else:
            lines.append(f"{margin}{element},")
    return lines
