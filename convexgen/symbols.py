"""Types put together, and told apart: unions, and the symbols and names of generic instances (`Box[str]`, `Box[int]`).

Shared by all who find out what a program means, so that they come to the same symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from convexgen import ir
from convexgen.naming import pascal_case

_ANY = ir.Scalar("any")


def instance_symbol(symbol: str, arguments: tuple[ir.Type, ...]) -> str:
    """The symbol of a generic class filled with `arguments`: `boxes.Box[messages.Card]`."""
    return f"{symbol}[{', '.join(map(type_symbol, arguments))}]" if arguments else symbol


def type_symbol(type_: ir.Type) -> str:
    """A type as part of the symbol of a generic instance: unique for the type, and readable."""
    match type_:
        case ir.Scalar(kind):
            return kind
        case ir.IdOf(table):
            return f"Id[{table}]"
        case ir.LiteralOf(value):
            return repr(value)
        case ir.ArrayOf(element):
            return f"list[{type_symbol(element)}]"
        case ir.RecordOf(key, value):
            return f"dict[{type_symbol(key)}, {type_symbol(value)}]"
        case ir.UnionOf(members):
            return " | ".join(map(type_symbol, members))
        case ir.Document(table):
            return f"Doc[{table}]"
        case ir.Named(symbol):
            return symbol
        case ir.PaginationOptions():
            return "PaginationOptions"
        case ir.Page(element):
            return f"Page[{type_symbol(element)}]"
        case ir.Constrained(base, constraints):
            inner = f"({type_symbol(base)})" if isinstance(base, ir.UnionOf) else type_symbol(base)
            return f"{inner}({', '.join(f'{each.kind}={each.value!r}' for each in constraints)})"


def type_word(type_: ir.Type, name_of: Callable[[str], str]) -> str:
    """A type as part of the name of a generic instance: `Box[list[str]]` is called `BoxStringList`.

    `name_of` gives the own name of a named type by its symbol.
    """
    match type_:
        case ir.Scalar(kind):
            return pascal_case(kind)
        case ir.IdOf(table):
            return f"{pascal_case(table)}Id"
        case ir.LiteralOf(value):
            return pascal_case(str(value)) or "Literal"
        case ir.ArrayOf(element):
            return f"{type_word(element, name_of)}List"
        case ir.RecordOf(_, value):
            return f"{type_word(value, name_of)}Record"
        case ir.UnionOf(members):
            return "Or".join(type_word(member, name_of) for member in members)
        case ir.Document(table):
            return pascal_case(table)
        case ir.Named(symbol):
            return name_of(symbol)
        case ir.PaginationOptions():
            return "PaginationOptions"
        case ir.Page(element):
            return f"{type_word(element, name_of)}Page"
        case ir.Constrained(base):
            return type_word(base, name_of)


def union_of(members: Iterable[ir.Type]) -> ir.Type:
    """The union of `members`, flat and without repetition; the member itself where there is one.

    `any` takes in all others, as it does in pydantic's generic models and in TypeScript.
    """
    flat: dict[ir.Type, None] = {}
    for member in members:
        flat.update(dict.fromkeys(member.members if isinstance(member, ir.UnionOf) else (member,)))
    if _ANY in flat:
        return _ANY
    return next(iter(flat)) if len(flat) == 1 else ir.UnionOf(tuple(flat))
