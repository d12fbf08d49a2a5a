"""Clients of real-size specs: type checkers accept them, and values come through them as they went in."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convexgen.runtime.values.json_writing import encode
from tests.emit.python.checkers import mypy, pyright
from tests.emit.python.server import serving
from tests.emit.python.test_any_program import IMPORTED_WHOLE, NOT_SHRUNK
from tests.spec_client.clients import NAMES, functions_of, imported, write
from tests.spec_client.validators import values_of

PACKAGES = {name: f"{name}_of_spec" for name in NAMES}
THOROUGHLY = settings(max_examples=50, deadline=None, phases=NOT_SHRUNK, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds a package for each spec."""
    folder = tmp_path_factory.mktemp("specs")
    for name, package in PACKAGES.items():
        write(name, folder, package)
    return folder


@pytest.fixture(scope="module", params=NAMES)
def spec(request: pytest.FixtureRequest) -> str:
    """The name of each spec in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def package(folder: Path, spec: str) -> Iterator[ModuleType]:
    with imported(folder, PACKAGES[spec]) as package:
        yield package


@pytest.fixture(scope="module")
def wired(package: ModuleType) -> dict[str, Any]:
    """What the methods of the client stand for, by wire identifier."""
    module = import_module(f"{package.__name__}.client")
    classes = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]
    found = [method.function for each in classes for method in vars(each).values() if hasattr(method, "function")]
    return {function.path: function for function in found}


def test_type_checkers_find_nothing(folder: Path) -> None:
    assert mypy(folder, *PACKAGES.values()) == []
    assert pyright(folder, *PACKAGES.values()) == []


def test_everything_in_it_can_be_used(folder: Path) -> None:
    script = "".join(IMPORTED_WHOLE.format(package) for package in PACKAGES.values())
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_function_is_there(spec: str, wired: dict[str, Any]) -> None:
    kinds = {each["identifier"].replace(".js:", ":"): each["functionType"].lower() for each in functions_of(spec)}
    assert {path: function.kind for path, function in wired.items()} == kinds


def test_results_come_back_as_they_were(spec: str, wired: dict[str, Any]) -> None:
    @given(st.sampled_from(functions_of(spec)), st.data())
    @THOROUGHLY
    def holds(described: dict[str, Any], data: st.DataObject) -> None:
        path = described["identifier"].replace(".js:", ":")
        given_back = encode(data.draw(values_of(described.get("returns") or {"type": "any"})))
        function = wired[path]
        assert function.codec.show(path, function.receive(given_back)) == given_back

    holds()


def test_arguments_are_sent_as_they_are_meant(package: ModuleType, spec: str, wired: dict[str, Any]) -> None:
    values = import_module(f"{package.__name__}.runtime.values")

    @given(st.sampled_from(functions_of(spec)), st.data())
    @THOROUGHLY
    def holds(described: dict[str, Any], data: st.DataObject) -> None:
        function = wired[described["identifier"].replace(".js:", ":")]
        meant: Any = encode(data.draw(values_of(described.get("args", {"type": "any"}))))
        if not isinstance(meant, dict):
            meant = {"anything": meant}
        read = function.codec.arguments.validate_python(
            values.decode(meant), context=values.Receiving.AS_DECLARED, by_alias=True, by_name=False
        )
        own_names = {wire: own for own, wire in function.renamed.items()}
        arguments = {own_names.get(wire, wire): value for wire, value in read.items()}
        assert function.call((), arguments, None).args == meant

    holds()


def test_what_nobody_has_described(folder: Path) -> None:
    """Arguments of any name go as they are, and come back as they are."""
    with imported(folder, PACKAGES["ai_chat"]) as package, serving() as server:
        with package.Client(package.HttpTransport(server.url)) as client:
            server.succeed({"steps": [1.0, None]})
            assert client.ai.agents.plan(goal="x", maxSteps=3) == {"steps": [1.0, None]}
        assert server.last.args == {"goal": "x", "maxSteps": 3}


def test_documents_and_pages_over_http(folder: Path) -> None:
    with imported(folder, PACKAGES["ai_chat"]) as package, serving() as server:
        with package.Client(package.HttpTransport(server.url)) as client:
            server.succeed(
                {
                    "page": [
                        {
                            "_id": "m1",
                            "_creationTime": 1.5,
                            "threadId": "t1",
                            "role": "tool",
                            "content": [{"type": "tool-call", "toolCallId": "c", "toolName": "n", "args": {"a": 1.0}}],
                            "status": {"kind": "streaming", "since": 2.0},
                        }
                    ],
                    "isDone": True,
                    "continueCursor": "end",
                }
            )
            page = client.messages.list(package.PaginationOptions(num_items=5), thread_id=package.Id("t1"))
        (message,) = page.page
        assert (type(message), page.is_done) == (package.models.MessagesDocument, True)
        assert message.content == [
            package.models.ContentItemToolCall(type="tool-call", tool_call_id="c", tool_name="n", args={"a": 1.0})
        ]
        assert message.status == package.models.MessagesDocumentStatusStreaming(kind="streaming", since=2.0)
        assert (message.creation_time, message.user_id) == (1.5, package.UNSET)
        assert server.last.args == {"threadId": "t1", "paginationOpts": {"numItems": 5, "cursor": None}}
