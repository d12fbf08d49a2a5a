"""The `Ir` of a program that has been imported: the second opinion on what the reader made of its text.

Reading and reflecting share no code that understands Python, only names and symbols; where the two agree, neither has
guessed. Some facts are gone at run time, and reflection leaves them out: strings that stand after a field, an enum
member or an alias as its documentation, and the names of aliases other than `NewType` and `type X = …`, which Python
itself replaces by what they stand for.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from typing_extensions import get_type_hints

from convexgen import ir
from convexgen.authoring.crons import Crons
from convexgen.authoring.functions import Function
from convexgen.authoring.http import HttpRouter
from convexgen.authoring.tables import Table, table_of
from convexgen.naming import Naming, exported_name, wire_name
from convexgen.runtime.checker_names import names_for_checkers
from convexgen.runtime.reflected_objects import ReflectedObjects, deprecation, docstring
from convexgen.runtime.reflected_types import ReflectedTypes, ReflectionError

Modules = Mapping[str, ModuleType]
"""The modules of the functions folder by their dotted names in it; `""` for its `__init__.py`."""


def import_modules(package: str, names: Iterable[str]) -> Modules:
    """Import the modules called `names` of the functions folder, which can be imported as `package`.

    Raises whatever the user's code raises.
    """
    return {name: import_module(f"{package}.{name}" if name else package) for name in sorted(names)}


def reflect(modules: Modules, naming: Naming) -> ir.Ir:
    """The program that `modules` make.

    Raises `ReflectionError` for what no Convex value is, `NameError` for an annotation that leads nowhere.
    """
    return reflect_live(modules, naming).ir


class Reflected(NamedTuple):
    """A program, and the annotations of its functions by their `id()`: of arguments by name, and of the `return`."""

    ir: ir.Ir
    annotations: Mapping[int, Mapping[str, Any]]


def reflect_live(modules: Modules, naming: Naming) -> Reflected:
    """The same as `reflect`, with what it takes to call the functions."""
    reflection = _Reflection(modules, naming)
    return Reflected(reflection.program(), reflection.annotations)


class _Reflection:
    def __init__(self, modules: Modules, naming: Naming) -> None:
        self._modules = modules
        self._naming: Naming = naming
        self._names = {module.__name__: name for name, module in modules.items()}
        self._types = ReflectedTypes(self._symbol)
        self._objects = ReflectedObjects(self._types, naming)
        self._variants = self._all_variants()
        self.annotations: dict[int, Mapping[str, Any]] = {}

    def program(self) -> ir.Ir:
        wires = {name: "/".join(wire_name(part, self._naming) for part in name.split(".")) for name in self._modules}
        bare = [
            ir.Module(
                name,
                wires[name],
                self._functions(self._modules[name]),
                tables=self._tables(self._modules[name]),
                doc=docstring(self._modules[name]),
            )
            for name in sorted(self._modules, key=lambda name: (wires[name], name))
        ]
        types = self._types_by_module(bare)
        return ir.Ir(
            tuple(replace(module, types=tuple(types.get(module.path, ()))) for module in bare),
            tuple(self._routes()),
            tuple(self._crons()),
        )

    def _symbol(self, declared: Any) -> str:
        """The symbol of a class, function or alias. Raises `ReflectionError` for one from elsewhere."""
        name = self._names.get(declared.__module__)
        if name is None:
            raise ReflectionError(f"{declared!r} comes from outside of the functions folder")
        return f"{name}.{declared.__name__}" if name else str(declared.__name__)

    def _declared_in(self, module: ModuleType, kind: type) -> Iterator[Any]:
        """What `module` itself declares of a kind, each once, in the order in which the names were first bound."""
        found = {id(each): each for each in vars(module).values() if isinstance(each, kind)}
        return (each for each in found.values() if each.__module__ == module.__name__)

    def _functions(self, module: ModuleType) -> tuple[ir.Function, ...]:
        found = map(self._function, self._declared_in(module, Function))
        return tuple(sorted(found, key=lambda each: (each.wire, each.name)))

    def _function(self, function: Function[Any, Any, Any]) -> ir.Function:
        handler = inspect.unwrap(function.handler)
        _, *parameters = inspect.signature(handler).parameters.values()
        annotations = {name: each for name, each in handler.__annotations__.items() if name in _named(parameters)}
        hints = self.annotations[id(function)] = _resolved(annotations, handler)
        return ir.Function(
            exported_name(function.__name__),
            wire_name(function.__name__, self._naming),
            function.kind,  # type: ignore[arg-type]  # HTTP actions are another class
            function.visibility,
            tuple(self._objects.parameter(each.name, hints[each.name], each.default) for each in parameters),
            self._types.read(hints.get("return", Any)),
            docstring(handler),
            deprecation(getattr(function.handler, "__deprecated__", None)),
        )

    def _tables(self, module: ModuleType) -> tuple[ir.Table, ...]:
        found = (
            self._objects.table(cls, self._symbol(cls), self._variants.get(cls, ()))
            for cls in self._declared_in(module, type)
            if issubclass(cls, Table) and cls.__declaration__.role == "table"
        )
        return tuple(sorted(found, key=lambda table: table.name))

    def _all_variants(self) -> Mapping[type[Table], tuple[str, ...]]:
        """The variants of each table in the order of the modules and of the text, not of the imports."""
        found: dict[type[Table], tuple[str, ...]] = {}
        for name in sorted(self._modules):
            for cls in self._declared_in(self._modules[name], type):
                if issubclass(cls, Table) and cls.__declaration__.role == "variant":
                    self._types.read(cls)
                    table = table_of(cls)
                    found[table] = (*found.get(table, ()), self._symbol(cls))
        return found

    def _types_by_module(self, modules: list[ir.Module]) -> dict[str, list[ir.TypeDef]]:
        """The types that functions and tables reach, by the module that declares them or, if none does, uses them."""
        homes: dict[str, str] = {}
        definitions: dict[str, ir.TypeDef] = {}
        for module in modules:
            for symbol, definition in self._reached(module).items():
                definitions[symbol] = definition
                home = self._home(symbol)
                homes.setdefault(symbol, module.path if home is None else home)
        types: dict[str, list[ir.TypeDef]] = {}
        for symbol in sorted(definitions):
            types.setdefault(homes[symbol], []).append(definitions[symbol])
        return types

    def _home(self, symbol: str) -> str | None:
        """The module that declares a type; none does for instances of generic types and for types of ours."""
        mentioned = self._types.mentioned.get(symbol)
        if mentioned is None or symbol.endswith("]"):
            return None
        return self._names.get(mentioned.source.__module__)

    def _reached(self, module: ir.Module) -> dict[str, ir.TypeDef]:
        found: dict[str, ir.TypeDef] = {}
        waiting = [
            each for function in module.functions for each in (function.returns, *(f.type for f in function.args))
        ]
        for table in module.tables:
            waiting.extend((*ir.types_of(table), *map(ir.Named, table.variants)))
        while waiting:
            for type_ in ir.walk(waiting.pop()):
                if isinstance(type_, ir.Named) and type_.symbol not in found:
                    found[type_.symbol] = self._objects.definition(type_.symbol)
                    waiting.extend(ir.types_of(found[type_.symbol]))
        return found

    def _routes(self) -> Iterator[ir.HttpRoute]:
        router = getattr(self._modules.get("http"), "http", None)
        if isinstance(router, HttpRouter):
            for route in router.routes:
                yield ir.HttpRoute(route.method, route.path, self._symbol(route.handler))

    def _crons(self) -> Iterator[ir.Cron]:
        crons = getattr(self._modules.get("crons"), "crons", None)
        if isinstance(crons, Crons):
            for job in crons.jobs:
                yield ir.Cron(job.name, job.schedule, self._symbol(job.function))


def _named(parameters: Iterable[inspect.Parameter]) -> set[str]:
    """The annotations that count: not the context's, whose class may be imported for type checkers only."""
    return {"return", *(each.name for each in parameters)}


def _resolved(annotations: Mapping[str, Any], handler: FunctionType) -> dict[str, Any]:
    """Annotations of `handler` with their strings evaluated."""
    holder = SimpleNamespace(__annotations__=annotations)
    try:
        return get_type_hints(holder, globalns=handler.__globals__, include_extras=True)
    except NameError:
        known = names_for_checkers(sys.modules[handler.__module__])
        return get_type_hints(holder, globalns={**known, **handler.__globals__}, include_extras=True)
