"""Writes the methods that a module contributes to the clients: the waiting one and the async one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from convexgen.emit.python.annotations import Annotations
from convexgen.emit.python.layout import COLUMNS, Attached, Bracketed, Expression, exploded, flat, laid, opened, width
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
        head = _signatures(own_name, parameters, returns.of(function.returns))
        body = _calls(call, function.deprecated is not None)
        decorator = "" if function.deprecated is None else _decorator(function.deprecated, arguments)
        doc = docstring(function.doc, None, 8)
        waiting.append(f"{decorator}    def {head[0]}{doc}        return {body[0]}\n")
        asynchronous.append(f"{decorator}    async def {head[1]}{doc}        return await {body[1]}\n")
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


def _decorator(reason: str, annotations: Annotations) -> str:
    call = Bracketed(f"@{annotations.name('deprecated')}(", [string_literal(reason)], ")")
    return f"    {laid(call, 4, 4, 0)}\n"


def _calls(call: Bracketed, deprecated: bool) -> tuple[str, str]:
    """The call as it stands behind `return` and behind `return await`."""
    if deprecated:
        # The method mentions itself, in the first line that ends in a comma, and that is no use of it.
        text = exploded(call, 8).replace(",\n", ",  # pyright: ignore[reportDeprecated]\n", 1)
        return text, text
    columns = width(call.flat)
    if columns <= COLUMNS - _RETURN_AWAIT:
        return call.flat, call.flat
    text = opened(call, 8)
    return call.flat if columns <= COLUMNS - _RETURN else text, text


_RETURN = len("        return ")
_RETURN_AWAIT = len("        return await ")


def _signatures(name: str, parameters: Sequence[Expression], returns: Expression) -> tuple[str, str]:
    """What stands behind `def` and behind `async def`."""
    listed = Bracketed(f"{name}(", parameters, ")")
    one_line = f"{listed.flat} -> {flat(returns)}:\n"
    columns = width(one_line) - 1
    if columns <= COLUMNS - _ASYNC_DEF:
        return one_line, one_line
    # The formatter gives a lone parameter a comma.
    broken = opened(listed, 4) if len(parameters) > 1 else exploded(listed, 4)
    several = f"{broken} -> {laid(returns, 4, 9, 1)}:\n"
    return one_line if columns <= COLUMNS - _DEF else several, several


_DEF = len("    def ")
_ASYNC_DEF = len("    async def ")
