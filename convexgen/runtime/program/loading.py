"""From the modules of a functions folder to a `Program`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

from convexgen import ir
from convexgen.authoring.auth import AuthConfig
from convexgen.authoring.crons import CronJob, Crons
from convexgen.authoring.functions import Function
from convexgen.authoring.system_documents import DEFINITIONS
from convexgen.authoring.system_tables import ScheduledJob, StoredFile
from convexgen.authoring.tables import Table, name_of
from convexgen.naming import Naming, wire_name
from convexgen.runtime.program.checks import Checks
from convexgen.runtime.program.live import LiveFunction, LiveTable, Program
from convexgen.runtime.program.live_functions import LoadedFunction
from convexgen.runtime.program.live_tables import LoadedTable
from convexgen.runtime.program.shapes import Shapes
from convexgen.runtime.reflect import Modules, import_modules, reflect_live

_SYSTEM_TABLES = (StoredFile, ScheduledJob)


def load_program(package: str, names: Iterable[str], naming: Naming) -> Program:
    """The program of a functions folder that can be imported as `package`; `names` are its modules, `""` the folder's.

    Raises whatever the user's code raises, `ReflectionError` for what no Convex value is, `NameError` for an annotation
    that leads nowhere.
    """
    return program_of(import_modules(package, names), naming)


def program_of(modules: Modules, naming: Naming) -> Program:
    """The program of modules that have been imported. Raises `ReflectionError` and `NameError`."""
    reflected, annotations = reflect_live(modules, naming)
    shapes = Shapes.of(reflected)
    checks = Checks(shapes)
    functions: dict[str, LiveFunction] = {}
    tables: dict[str, LiveTable] = {
        name_of(cls): LoadedTable(cls, _system_table(cls), shapes, checks, "camel") for cls in _SYSTEM_TABLES
    }
    paths: dict[int, str] = {}
    for module in reflected.modules:
        live = modules[module.path]
        declared_functions = {each.wire: each for each in module.functions}
        for function in _declared_in(live.__name__, vars(live), Function):
            wire = wire_name(function.__name__, naming)
            path = f"{module.wire}:{wire}"
            functions[path] = LoadedFunction(
                path, function, declared_functions[wire], annotations[id(function)], shapes, checks, naming
            )
            paths[id(function)] = path
        declared_tables = {each.name: each for each in module.tables}
        for cls in _declared_in(live.__name__, vars(live), type):
            if issubclass(cls, Table) and cls.__declaration__.role == "table":
                name = name_of(cls)
                tables[name] = LoadedTable(cls, declared_tables[name], shapes, checks, naming)
    return Program(reflected, functions, tables, paths, _auth(modules), _crons(modules))


def _auth(modules: Modules) -> AuthConfig | None:
    found = getattr(modules.get("auth_config"), "auth", None)
    return found if isinstance(found, AuthConfig) else None


def _crons(modules: Modules) -> tuple[CronJob, ...]:
    found = getattr(modules.get("crons"), "crons", None)
    return found.jobs if isinstance(found, Crons) else ()


def _declared_in(module: str, names: dict[str, Any], kind: type) -> Iterator[Any]:
    return (each for each in list(names.values()) if isinstance(each, kind) and each.__module__ == module)


def _system_table(cls: type[Table]) -> ir.Table:
    name = name_of(cls)
    declared = next(each for each in DEFINITIONS.values() if each.table == name)
    return ir.Table(declared.symbol, name, declared.fields, doc=inspect.cleandoc(cls.__doc__ or ""))
