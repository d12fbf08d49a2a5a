"""Writes the methods that a module contributes to the clients: the waiting one and the async one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from convexgen.emit.python.annotations import Annotations
from convexgen.emit.python.layout import COLUMNS, Attached, Bracketed, Expression, flat, laid, width
from convexgen.emit.python.names import argument_names, method_names, module_class
from convexgen.emit.python.text import docstring, string_literal
from convexgen.ir import Field, Function, Module, TypeNames


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods of one module's class: their names, their source for either client, and the imports they need."""

    names: tuple[str, ...]
    waiting: str
    asynchronous: str
    used: frozenset[str]


def methods(module: Module, functions: Sequence[Function], names: TypeNames) -> Methods:
    """What the `functions` of `module` become."""
    own_names = method_names([function.name for function in functions])
    shadowed = frozenset(own_names)
    arguments = Annotations(names, "input", shadowed, prefix="models.", borrowed=True)
    returns = Annotations(names, "output", shadowed, prefix="models.", limited=False, used=arguments.used)
    waiting, asynchronous = [], []
    for own_name, function in zip(own_names, functions, strict=True):
        parameters, call = _arguments(own_name, module, function, arguments)
        result = returns.of(function.returns)
        decorator = _decorator(function, arguments)
        doc = docstring(function.doc, None, 8)
        waiting.append(
            f"{decorator}{_signature(f'    def {own_name}', parameters, result)}{doc}"
            f"        return {_call(call, function, 15)}\n"
        )
        asynchronous.append(
            f"{decorator}{_signature(f'    async def {own_name}', parameters, result)}{doc}"
            f"        return await {_call(call, function, 21)}\n"
        )
    return Methods(tuple(own_names), "\n".join(waiting), "\n".join(asynchronous), frozenset(arguments.used))


def _arguments(
    own_name: str, module: Module, function: Function, annotations: Annotations
) -> tuple[list[Expression], Bracketed]:
    """The parameters of the method, and the call in its body that hands them on under their wire names."""
    class_name = module_class(module.path)
    own_arguments = argument_names([field.name for field in function.args], class_name)
    parameters: list[Expression] = ["self", "*"] if own_arguments else ["self"]
    handed: list[Expression] = []
    for own_argument, field in zip(own_arguments, function.args, strict=True):
        parameters.append(_parameter(own_argument, field, annotations))
        handed.append(f"{string_literal(field.wire)}: {own_argument}")
    path = string_literal(f"{module.wire}:{function.wire}")
    method = f"{class_name}.{own_name}"
    return parameters, Bracketed("self._call(", [method, f'"{function.kind}"', path, Bracketed("{", handed, "}")], ")")


def _parameter(own_name: str, field: Field, annotations: Annotations) -> Expression:
    annotation = annotations.of(field.type)
    if field.presence == "required":
        return Attached(f"{own_name}: ", annotation)
    return Attached(f"{own_name}: ", annotations.or_unset(annotation), f" = {annotations.name('UNSET')}")


def _decorator(function: Function, annotations: Annotations) -> str:
    if function.deprecated is None:
        return ""
    call = Bracketed(f"@{annotations.name('deprecated')}(", [string_literal(function.deprecated)], ")")
    return f"    {laid(call, 4, 4, 0)}\n"


def _call(call: Bracketed, function: Function, before: int) -> str:
    if function.deprecated is None:
        return laid(call, 8, before, 0)
    # The method mentions itself, on the first of the lines, and that is no use of something deprecated.
    return laid(call, 8, COLUMNS, 0).replace(",\n", ",  # pyright: ignore[reportDeprecated]\n", 1)


def _signature(head: str, parameters: Sequence[Expression], returns: Expression) -> str:
    listed = Bracketed(f"{head}(", parameters, ")")
    one_line = f"{listed.flat} -> {flat(returns)}:\n"
    if width(one_line) - 1 <= COLUMNS:
        return one_line
    exploded = laid(listed, 4, COLUMNS + 1, 0)
    return f"{exploded} -> {laid(returns, 4, 9, 1)}:\n"
