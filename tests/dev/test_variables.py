"""Variables of a backend: set while it serves, they are seen at once by all who look; and they outlive it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from convexgen.dev.backend import Backend
from convexgen.dev.calling import CallError
from convexgen.dev.data_folder import DataFolder, RunningBackend
from convexgen.dev.reloading import Reloading
from convexgen.dev.variables import KeptVariables, ServedVariables
from convexgen.discover import discover
from convexgen.runtime.server.serving import take_port
from convexgen.runtime.variables import InvalidVariableError
from convexgen.settings import Settings

READING = """
import os

from convexgen import ActionCtx, MutationCtx, QueryCtx, action, mutation, query

runs: list[str] = []


@query
async def seen(ctx: QueryCtx) -> str | None:
    runs.append("run")
    return os.environ.get("SEEN_BY_TESTS")


@query
async def count(ctx: QueryCtx) -> int:
    return len(runs)


@action
async def acted(ctx: ActionCtx) -> str | None:
    return os.environ.get("SEEN_BY_TESTS")


@mutation
async def changed(ctx: MutationCtx) -> str | None:
    return os.environ.get("SEEN_BY_TESTS")
"""
CONFIG = """
from convexgen import AuthConfig, OidcProvider, env

auth = AuthConfig(providers=[OidcProvider(domain=env("ISSUER_OF_TESTS"), application_id="app")])
"""
MISSING = (
    "auth_config.py needs the variable ISSUER_OF_TESTS, which is not set: set it with "
    "`convexgen env set ISSUER_OF_TESTS …`"
)


class Project:
    """A program that looks at variables, and a backend that it is brought to and that serves."""

    def __init__(self, root: Path) -> None:
        self.settings = Settings("with_variables")
        self.root = root
        self.folder = root / "with_variables"
        self.folder.mkdir(exist_ok=True)
        self.write("reading", READING)
        self.data = DataFolder(root / "data")
        self.open()

    def open(self) -> None:
        self.backend = Backend(self.data, "test", lambda call: None)
        self.said: list[str] = []
        self.reloading = Reloading(self.root, self.backend, self.said.append)
        self.backend.on_variables = self.reloading.try_again

    def close(self) -> None:
        self.backend.close()
        self.reloading.close()

    def write(self, module: str, text: str) -> None:
        (self.folder / f"{module}.py").write_text(text)

    def go_live(self) -> bool | None:
        return self.reloading.go_live(self.settings, discover(self.root, self.settings))

    def serve(self) -> Served:
        with take_port("127.0.0.1", 0) as listener, take_port("127.0.0.1", 0) as site:
            self.backend.serve(listener.dup(), site.dup())
            return Served(f"http://127.0.0.1:{listener.getsockname()[1]}", self.backend.admin_key)


class Served:
    """What clients and administrators see of the backend."""

    def __init__(self, url: str, key: str) -> None:
        self.variables = ServedVariables(RunningBackend(url, key))
        self._url = url
        self._key = key

    def call(self, path: str, **arguments: object) -> Any:
        headers = {"Authorization": f"Convex {self._key}"}
        body = {"path": path, "args": arguments}
        return httpx.post(f"{self._url}/api/function", json=body, headers=headers, trust_env=False).json()

    def value(self, path: str, **arguments: object) -> Any:
        return self.call(path, **arguments)["value"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    for name in ("SEEN_BY_TESTS", "ISSUER_OF_TESTS"):
        monkeypatch.delenv(name, raising=False)
    path = list(sys.path)
    project = Project(tmp_path)
    yield project
    project.close()
    sys.path[:] = path


def test_functions_of_all_kinds_see_them_at_once(project: Project) -> None:
    assert project.go_live() is True
    served = project.serve()
    functions = ("reading:seen", "reading:acted", "reading:changed")
    assert [served.value(each) for each in functions] == [None, None, None]

    served.variables.change({"SEEN_BY_TESTS": "first"})
    assert [served.value(each) for each in functions] == ["first", "first", "first"]
    served.variables.change({"SEEN_BY_TESTS": "second"})
    assert [served.value(each) for each in functions] == ["second", "second", "second"]
    assert served.value("reading:seen") == "second"
    assert served.value("reading:count") == 3  # what changes nothing is not run again
    served.variables.change({"SEEN_BY_TESTS": None})
    assert [served.value(each) for each in functions] == [None, None, None]


def test_they_win_over_those_of_the_process_which_come_back(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEN_BY_TESTS", "the process's")
    assert project.go_live() is True
    served = project.serve()
    assert served.value("reading:seen") == "the process's"

    served.variables.change({"SEEN_BY_TESTS": "set"})
    assert served.value("reading:seen") == "set"
    served.variables.change({"SEEN_BY_TESTS": None})
    assert served.value("reading:seen") == "the process's"
    served.variables.change({"SEEN_BY_TESTS": "set"})
    project.close()
    assert os.environ["SEEN_BY_TESTS"] == "the process's"
    project.open()
    assert os.environ["SEEN_BY_TESTS"] == "set"


def test_they_are_kept(project: Project) -> None:
    assert project.go_live() is True
    project.serve().variables.change({"SEEN_BY_TESTS": "kept", "OTHER": "x"})
    project.close()

    kept = KeptVariables(project.data, {})
    assert kept.read() == {"OTHER": "x", "SEEN_BY_TESTS": "kept"}
    kept.change({"SEEN_BY_TESTS": "changed", "OTHER": None})
    with pytest.raises(InvalidVariableError):
        kept.change({"SEEN_BY_TESTS": "lost", "no name": "x"})

    project.open()
    assert project.go_live() is True
    served = project.serve()
    assert served.value("reading:seen") == "changed"
    assert served.variables.read() == {"SEEN_BY_TESTS": "changed"}


def test_a_folder_without_data_has_none_and_takes_some(tmp_path: Path) -> None:
    kept = KeptVariables(DataFolder(tmp_path / "new"), {})
    assert kept.read() == {}
    assert list(tmp_path.iterdir()) == []
    kept.change({"A": "1"})
    assert kept.read() == {"A": "1"}


def test_functions_of_the_system_tell_of_them(project: Project) -> None:
    assert project.go_live() is True
    served = project.serve()
    listed = "_system/cli/queryEnvironmentVariables"
    assert served.value(listed) == []
    served.variables.change({"B": "2", "A": "1"})
    assert served.value(listed) == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    assert served.value(f"{listed}:get", name="B") == {"name": "B", "value": "2"}
    assert served.value(f"{listed}:get", name="C") is None
    assert served.call(f"{listed}:get")["errorMessage"].endswith("The argument 'name' is missing, or no string.")


def test_what_only_lacks_a_variable_goes_live_when_it_is_set(project: Project) -> None:
    project.write("auth_config", CONFIG)
    assert project.go_live() is False
    assert project.reloading.lacks_variables
    served = project.serve()
    assert served.variables.read() == {}
    assert served.call("reading:seen") == {"code": "NotDeployed", "message": "No functions have been deployed yet."}

    served.variables.change({"SEEN_BY_TESTS": "first"})
    assert served.call("reading:seen")["code"] == "NotDeployed"
    served.variables.change({"ISSUER_OF_TESTS": "https://issuer.example"})

    assert project.backend.is_live
    assert served.value("reading:seen") == "first"
    assert project.said == [MISSING, MISSING, "the functions are live"]


def test_what_the_program_needs_is_not_removed(project: Project) -> None:
    project.write("auth_config", CONFIG)
    KeptVariables(DataFolder(project.root / "elsewhere"), {}).change({"A": "1"})
    project.backend.change_variables({"ISSUER_OF_TESTS": "https://issuer.example"})
    assert project.go_live() is True
    served = project.serve()

    with pytest.raises(CallError) as refused:
        served.variables.change({"ISSUER_OF_TESTS": None, "SEEN_BY_TESTS": "x"})

    assert str(refused.value).endswith(f" refuses: {MISSING} (InvalidAuthConfig)")
    assert served.variables.read() == {"ISSUER_OF_TESTS": "https://issuer.example"}
    assert served.value("reading:seen") is None
    with pytest.raises(CallError, match="URL belongs"):
        served.variables.change({"ISSUER_OF_TESTS": "ftp://issuer.example"})


def test_the_function_spec_and_addresses_are_told(project: Project) -> None:
    assert project.go_live() is True
    served = project.serve()
    functions = served.value("_system/cli/modules:apiSpec")
    names = ["acted", "changed", "count", "seen"]
    assert [each["identifier"] for each in functions] == [f"reading.js:{name}" for name in names]
    assert functions[-1] == {
        "args": {"type": "object", "value": {}},
        "functionType": "Query",
        "identifier": "reading.js:seen",
        "returns": {"type": "union", "value": [{"type": "string"}, {"type": "null"}]},
        "visibility": {"kind": "public"},
    }
    assert served.value("_system/cli/convexUrl:cloudUrl") == served.variables.backend.url
    assert served.value("_system/cli/convexUrl:siteUrl").startswith("http://127.0.0.1:")
