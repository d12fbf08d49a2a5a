"""Clients of the specs in `fixtures/specs`, generated once and imported."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from convexgen.snapshot import FileChange
from convexgen.spec_client import Client, plan_client, read_spec

SPECS = Path(__file__).parents[2] / "fixtures/specs"
NAMES = ("adversarial", "ai_chat", "crm_shop")


def functions_of(name: str) -> list[dict[str, Any]]:
    """What the spec says of functions, HTTP actions left out."""
    listed = json.loads((SPECS / f"{name}.json").read_text(encoding="utf-8"))["functions"]
    return [each for each in listed if each["functionType"] != "HttpAction"]


def planned(name: str, package: str, outputs: Mapping[str, bytes] | None = None) -> tuple[FileChange, ...]:
    """All files of the client of a spec, internal functions with it, as files to be made."""
    spec, found = read_spec((SPECS / f"{name}.json").read_bytes(), f"{name}.json")
    assert spec is not None, found
    plan = plan_client(spec, Client(package, outputs or {}, internal=True))
    assert plan.diagnostics == ()
    return plan.changes


def write(name: str, folder: Path, package: str) -> None:
    """The client of a spec as a package in `folder`."""
    for change in planned(name, package):
        assert change.after is not None
        path = folder / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(change.after, encoding="utf-8")


@contextmanager
def imported(folder: Path, package: str) -> Iterator[ModuleType]:
    """The package in `folder`, forgotten afterwards."""
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(package)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == package]:
            del sys.modules[name]
