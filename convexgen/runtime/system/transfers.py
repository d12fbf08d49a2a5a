"""How far imports and exports are: what whoever waits for one watches."""

from __future__ import annotations

from typing import cast

from convexgen.runtime.engine.contexts import Run
from convexgen.runtime.system.functions import SystemFunction
from convexgen.runtime.system.requests import Arguments, needed
from convexgen.runtime.transfer import records
from convexgen.runtime.values import Value


def _import(run: Run, arguments: Arguments) -> Value:
    """`{importId}`: the import, null if there is none."""
    return records.import_of(run.transaction.system, needed(arguments, "importId", str))


def _imports(run: Run, arguments: Arguments) -> Value:
    """All that are remembered, the oldest first."""
    del arguments
    return cast("list[Value]", records.imports(run.transaction.system))


def _latest_export(run: Run, arguments: Arguments) -> Value:
    """The export that was asked for last, null if there was none."""
    del arguments
    found = records.exports(run.transaction.system)
    return found[-1] if found else None


FUNCTIONS = (
    SystemFunction("_system/cli/queryImport:default", "query", _import),
    SystemFunction("_system/cli/queryImport:list", "query", _imports),
    SystemFunction("_system/cli/exports:getLatest", "query", _latest_export),
)
