"""Writes the methods that a module contributes to the clients. Both have the same: what differs is what they import."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from convexgen.emit.python.annotations import Annotations
from convexgen.emit.python.layout import COLUMNS, Attached, Bracketed, Expression, exploded, flat, laid, opened, width
from convexgen.emit.python.names import PAGE_ARGUMENT, argument_names, list_argument_names, method_names
from convexgen.emit.python.text import docstring, string_literal
from convexgen.ir import Field, Function, Module, Page, PaginationOptions, TypeNames, without_constraints

_DECORATORS = {"query": "WireQuery", "mutation": "WireMutation", "action": "WireAction"}
_LIST = "WirePaginatedQuery"
_PAGE = "paginationOpts"
"""What the argument that chooses the page is called on the wire, by all clients."""


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods of one module's class: their names, their source, and the imports they need."""

    names: tuple[str, ...]
    source: str
    used: frozenset[str]


def methods(module: Module, functions: Sequence[Function], names: TypeNames, untyped: Collection[str] = ()) -> Methods:
    """What the `functions` of `module` become. `untyped` are the wire identifiers of those that take anything."""
    own_names = method_names([function.name for function in functions], module.path)
    shadowed = frozenset(own_names)
    arguments = Annotations(names, "input", shadowed, prefix="models.", borrowed=True)
    returns = Annotations(names, "output", shadowed, prefix="models.", limited=False, used=arguments.used)
    sources = []
    for own_name, function in zip(own_names, functions, strict=True):
        parameters, renamed = _arguments(function, arguments)
        if f"{module.wire}:{function.wire}" in untyped:
            parameters += ["/", f"**arguments: {arguments.name('Any')}"]
        decorators = _decorator(_wire(module, function, renamed, arguments))
        if function.deprecated is not None:
            decorators += _decorator(_deprecation(function.deprecated, arguments))
        head = _signature(own_name, parameters, returns.of(function.returns))
        doc = docstring(function.doc, None, 8)
        sources.append(f"{decorators}    def {head}{doc}        raise NotImplementedError\n")
    return Methods(tuple(own_names), "\n".join(sources), frozenset(arguments.used))


def _page_argument(function: Function) -> Field | None:
    """The argument that chooses the page, if the function gives a list by pages as clients know how to follow."""
    if function.kind != "query" or not isinstance(without_constraints(function.returns), Page):
        return None
    for field in function.args:
        if field.wire == _PAGE and field.presence == "required":
            return field if isinstance(without_constraints(field.type), PaginationOptions) else None
    return None


def _arguments(function: Function, annotations: Annotations) -> tuple[list[Expression], list[Expression]]:
    """The parameters of the method, and those that are called otherwise on the wire."""
    chooser = _page_argument(function)
    others = [field for field in function.args if field is not chooser]
    named = argument_names if chooser is None else list_argument_names
    own_names = dict(zip(named([field.name for field in others]), others, strict=True))
    parameters: list[Expression] = ["self"]
    if chooser is not None:
        # It comes first, and may be given by its place: so the types of `paginate` can leave it out.
        parameters.append(_parameter(PAGE_ARGUMENT, chooser, annotations))
        own_names = {PAGE_ARGUMENT: chooser} | own_names
    if others:
        parameters.append("*")
    parameters += [_parameter(own, field, annotations) for own, field in own_names.items() if field is not chooser]
    renamed: list[Expression] = [
        f"{string_literal(own)}: {string_literal(field.wire)}" for own, field in own_names.items() if own != field.wire
    ]
    return parameters, renamed


def _parameter(own_name: str, field: Field, annotations: Annotations) -> Expression:
    annotation = annotations.of(field.type)
    if field.presence == "required":
        return Attached(f"{own_name}: ", annotation)
    return Attached(f"{own_name}: ", annotations.or_unset(annotation), f" = {annotations.name('UNSET')}")


def _wire(module: Module, function: Function, renamed: list[Expression], annotations: Annotations) -> Bracketed:
    """What the method is on the wire."""
    name = _DECORATORS[function.kind] if _page_argument(function) is None else _LIST
    annotations.used.add(name)
    parts: list[Expression] = [string_literal(f"{module.wire}:{function.wire}")]
    if renamed:
        parts.append(Bracketed("{", renamed, "}"))
    return Bracketed(f"@{name}(", parts, ")")


def _deprecation(reason: str, annotations: Annotations) -> Bracketed:
    return Bracketed(f"@{annotations.name('deprecated')}(", [string_literal(reason)], ")")


def _decorator(call: Bracketed) -> str:
    return f"    {laid(call, 4, 4, 0)}\n"


def _signature(name: str, parameters: Sequence[Expression], returns: Expression) -> str:
    """What stands behind `def`."""
    listed = Bracketed(f"{name}(", parameters, ")")
    one_line = f"{listed.flat} -> {flat(returns)}:\n"
    if width(one_line) - 1 <= COLUMNS - len("    def "):
        return one_line
    # The formatter gives a lone parameter a comma.
    broken = opened(listed, 4) if len(parameters) > 1 else exploded(listed, 4)
    return f"{broken} -> {laid(returns, 4, 9, 1)}:\n"
