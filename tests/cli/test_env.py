"""`convexgen env`: in the data of the project while nothing runs there, and with a backend that does."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.cli.env import read_dotenv, write_dotenv
from convexgen.dev.data_folder import DataFolder
from convexgen.runtime.server.admin_api import AdminApi
from convexgen.runtime.server.app import application
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.function_logs import FunctionLogs
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.server.serving import Serving, Site, take_port
from convexgen.runtime.variables import Changes, changed
from tests.cli.conftest import Command, Ran
from tests.runtime.server.conftest import ABOUT

VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONVEX_SELF_HOSTED_URL", "CONVEX_SELF_HOSTED_ADMIN_KEY", "CONVEXGEN_DATA"):
        monkeypatch.delenv(name, raising=False)


class Kept:
    """The variables of a server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.variables = {"SERVED": "yes"}

    def change(self, changes: Changes) -> None:
        self.variables = changed(self.variables, changes)


@pytest.fixture
def served(project: Path) -> Iterator[Kept]:
    """The variables of a backend that runs on the data folder of the project."""
    folder = DataFolder(project / ".convexgen")
    folder.make()
    runs = FunctionRuns(workers=2)
    listener = take_port("127.0.0.1", 0)
    kept = Kept(f"http://127.0.0.1:{listener.getsockname()[1]}")
    api = AdminApi(Access(folder.admin_key()), runs, FunctionLogs(lambda: 1.0), lambda: kept.variables, kept.change)

    async def leave() -> None:
        pass

    serving = Serving([Site(application(ABOUT, api.routes()), listener)], leave)
    serving.start()
    folder.serving_at(kept.url)
    yield kept
    serving.stop()
    runs.close()


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_they_are_kept_while_nothing_runs(convexgen: Command, project: Path) -> None:
    assert convexgen("env", "list") == Ran(0, "", "No variables are set.\n")
    assert not (project / ".convexgen").exists()
    assert convexgen("env", "set", "B", "it is") == Ran(0, "", "B is set.\n")
    assert convexgen("env", "set", "A", "") == Ran(0, "", "A is set.\n")
    assert convexgen("env", "list") == Ran(0, "A=\nB='it is'\n", "")
    assert convexgen("env", "list", "--names-only") == Ran(0, "A\nB\n", "")
    assert convexgen("env", "get", "B") == Ran(0, "it is\n", "")
    assert convexgen("env", "remove", "B") == Ran(0, "", "B is no longer set.\n")
    assert convexgen("env", "remove", "B") == Ran(0, "", "B was not set.\n")
    assert convexgen("env", "get", "B") == Ran(1, "", "B is not set.\n")


def test_what_no_variable_can_be(convexgen: Command) -> None:
    complaint = "'B-' is no name of a variable: it has letters, digits and '_', at most 40, and begins with no digit"
    assert convexgen("env", "set", "B-", "x") == Ran(2, "", f"Error: {complaint}.\n")


def test_a_value_may_come_on_standard_input(convexgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "two\nlines\n")
    assert convexgen("env", "set", "A") == Ran(0, "", "A is set.\n")
    assert convexgen("env", "get", "A") == Ran(0, "two\nlines\n", "")


def test_several_are_set_at_once(convexgen: Command, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "some.env").write_text("# some\nA=1\nexport B='a b'\nCONVEX_DEPLOYMENT=x\nNOTHING\n")
    left_out = "CONVEX_DEPLOYMENT says how to reach a backend, and is left out.\n"
    assert convexgen("env", "set", "--from-file", "some.env") == Ran(0, "", f"{left_out}A and B are set.\n")
    assert convexgen("env", "list") == Ran(0, "A=1\nB='a b'\n", "")
    typed(monkeypatch, "A=2\nC=3\nB=a b\n")
    refusal = "Error: A is set to another value already; --force sets them anew.\nNothing was set.\n"
    assert convexgen("env", "set") == Ran(1, "", refusal)
    assert convexgen("env", "list", "--names-only").out == "A\nB\n"
    typed(monkeypatch, "A=2\nC=3\nB=a b\n")
    assert convexgen("env", "set", "--force") == Ran(0, "", "A and C are set; 1 variable was so already.\n")
    typed(monkeypatch, "A=2\nC=3\n")
    assert convexgen("env", "set") == Ran(0, "", "Nothing was set; 2 variables were so already.\n")
    assert convexgen("env", "list") == Ran(0, "A=2\nB='a b'\nC=3\n", "")


def test_a_file_that_is_not_there(convexgen: Command) -> None:
    ran = convexgen("env", "set", "--from-file", "no.env")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("Error: no.env cannot be read: ")
    ran = convexgen("env", "set", "A", "--from-file", "no.env")
    assert (ran.code, ran.out) == (2, "")
    assert "a file has names of its own" in ran.err


def test_a_backend_that_runs_is_asked(convexgen: Command, served: Kept) -> None:
    assert convexgen("env", "set", "A", "1") == Ran(0, "", "A is set.\n")
    assert served.variables == {"A": "1", "SERVED": "yes"}
    assert convexgen("env", "list") == Ran(0, "A=1\nSERVED=yes\n", "")
    assert convexgen("env", "remove", "SERVED") == Ran(0, "", "SERVED is no longer set.\n")
    assert served.variables == {"A": "1"}
    complaint = "'1' is no name of a variable: it has letters, digits and '_', at most 40, and begins with no digit"
    assert convexgen("env", "set", "1", "x") == Ran(
        2, "", f"Error: {served.url} refuses: {complaint} (InvalidEnvVarName).\n"
    )


def test_a_backend_may_be_named(convexgen: Command, served: Kept, project: Path) -> None:
    folder = DataFolder(project / ".convexgen")
    folder.serves_no_more()
    assert convexgen("env", "get", "SERVED", "--url", served.url, "--admin-key", folder.admin_key()).out == "yes\n"
    assert convexgen("env", "get", "SERVED", "--url", served.url) == Ran(
        2,
        "",
        f"Error: {served.url} wants the key of an administrator.\n"
        "Name it with --admin-key, or in the environment variable CONVEX_SELF_HOSTED_ADMIN_KEY.\n",
    )
    assert convexgen("env", "get", "SERVED", "--url", served.url, "--admin-key", "a|b") == Ran(
        2, "", f"Error: {served.url} refuses: The provided admin key was invalid for this instance (BadAdminKey).\n"
    )


def test_what_a_killed_backend_has_left_is_used(convexgen: Command, project: Path) -> None:
    folder = DataFolder(project / ".convexgen")
    folder.make()
    folder.admin_key()
    with take_port("127.0.0.1", 0) as unused:
        folder.serving_at(f"http://127.0.0.1:{unused.getsockname()[1]}")
        assert convexgen("env", "set", "A", "1") == Ran(0, "", "A is set.\n")
        assert convexgen("env", "get", "A") == Ran(0, "1\n", "")


@given(st.dictionaries(st.text("ab_", min_size=1, max_size=4), VALUES, max_size=4))
def test_what_is_listed_can_be_set_again(variables: dict[str, str]) -> None:
    assert read_dotenv(write_dotenv(variables)) == variables
