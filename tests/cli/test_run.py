"""`convexgen run` against a server of a few functions: what it prints on which stream, and how it ends."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from convexgen.dev.data_folder import DataFolder
from convexgen.runtime.server.app import application
from convexgen.runtime.server.authorization import Access
from convexgen.runtime.server.http_api import HttpApi
from convexgen.runtime.server.runs import FunctionRuns
from convexgen.runtime.server.serving import Serving, Site, take_port
from tests.cli.conftest import Command, Ran
from tests.runtime.server.conftest import ABOUT, FUNCTIONS, REQUEST_ID
from tests.runtime.server.fake_engine import FakeEngine

START = "Start it with `convexgen dev`, or name another with --url and --admin-key.\n"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONVEX_SELF_HOSTED_URL", "CONVEX_SELF_HOSTED_ADMIN_KEY", "CONVEXGEN_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(project: Path) -> DataFolder:
    folder = DataFolder(project / ".convexgen")
    folder.make()
    return folder


@pytest.fixture
def url(folder: DataFolder) -> Iterator[str]:
    """Where a server runs on the data folder of the project."""
    runs = FunctionRuns(workers=2)
    api = HttpApi(FakeEngine(FUNCTIONS), Access(folder.admin_key()), runs, "everything", lambda: REQUEST_ID)
    listener = take_port("127.0.0.1", 0)

    async def leave() -> None:
        pass

    serving = Serving([Site(application(ABOUT, api.routes()), listener)], leave)
    serving.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    folder.serving_at(url)
    yield url
    serving.stop()
    runs.close()


@pytest.mark.usefixtures("url")
@pytest.mark.parametrize(
    ("arguments", "ran"),
    [
        (("counter:read",), Ran(0, "0.0\n", "")),
        (("counter:add", '{"by": 2}'), Ran(0, "2.0\n", "")),
        (("values:act", '{"a": ["é", null]}'), Ran(0, '{\n  "a": [\n    "é",\n    null\n  ]\n}\n', "")),
        (("deep/down/values:hidden", "{}"), Ran(0, '"secret"\n', "")),
        (("values:said",), Ran(0, "null\n", "[LOG] 'one'\n[WARN] 'two'\n")),
        (("values:who",), Ran(0, "[\n  true,\n  null\n]\n", "")),
        (
            ("values:who", "--identity", '{"subject": "ann", "issuer": "https://example.com"}'),
            Ran(0, '[\n  true,\n  "https://example.com|ann"\n]\n', ""),
        ),
        (
            ("values:refuse",),
            Ran(
                1,
                "",
                "[LOG] 'about to'\n[Request ID: 00112233aabbccdd] Server Error\nUncaught ConvexError: no\n"
                'Data: {\n  "code": "7"\n}\n',
            ),
        ),
        (
            ("no:where",),
            Ran(
                1,
                "",
                "[Request ID: 00112233aabbccdd] Server Error\n"
                "Could not find function for 'no:where'. Did you forget to run `npx convex dev`?\n",
            ),
        ),
    ],
)
def test_a_function_of_the_project_is_called(convexgen: Command, arguments: tuple[str, ...], ran: Ran) -> None:
    assert convexgen("run", *arguments) == ran


def test_the_data_folder_may_be_elsewhere(convexgen: Command, url: str, folder: DataFolder, tmp_path: Path) -> None:
    elsewhere = DataFolder(tmp_path / "elsewhere")
    elsewhere.make()
    (elsewhere.path / "admin-key").write_text(folder.admin_key())
    elsewhere.serving_at(url)
    folder.serves_no_more()
    assert convexgen("run", "counter:read", "--data", str(elsewhere.path)) == Ran(0, "0.0\n", "")


def test_a_backend_may_be_named(
    convexgen: Command, url: str, folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = folder.admin_key()
    folder.serves_no_more()
    assert convexgen("run", "counter:read", "--url", url, "--admin-key", key) == Ran(0, "0.0\n", "")
    monkeypatch.setenv("CONVEX_SELF_HOSTED_URL", f"{url}/")
    monkeypatch.setenv("CONVEX_SELF_HOSTED_ADMIN_KEY", key)
    assert convexgen("run", "counter:read") == Ran(0, "0.0\n", "")
    assert convexgen("run", "counter:read", "--admin-key", "a|b") == Ran(
        2, "", f"Error: {url}/ refuses: The provided admin key was invalid for this instance (BadAdminKey).\n"
    )


def test_a_named_backend_wants_a_key_of_its_own(convexgen: Command, url: str) -> None:
    assert convexgen("run", "counter:read", "--url", url) == Ran(
        2,
        "",
        f"Error: {url} wants the key of an administrator.\n"
        "Name it with --admin-key, or in the environment variable CONVEX_SELF_HOSTED_ADMIN_KEY.\n",
    )


def test_nothing_runs(convexgen: Command, project: Path) -> None:
    error = f"Error: no backend is running on {project / '.convexgen'}.\n"
    assert convexgen("run", "counter:read") == Ran(2, "", error + START)


def test_what_ran_was_killed(convexgen: Command, folder: DataFolder) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        folder.admin_key()
        folder.serving_at(url)
        assert convexgen("run", "counter:read") == Ran(
            2,
            "",
            f"Error: {url} cannot be reached: connection refused.\n"
            "Start the backend with `convexgen dev`, or name another with --url and --admin-key.\n",
        )


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1", ""])
def test_what_is_no_url(convexgen: Command, url: str) -> None:
    assert convexgen("run", "counter:read", "--url", url, "--admin-key", "a|b") == Ran(
        2, "", f"Error: {url} is not the URL of a backend, such as http://127.0.0.1:3210.\n"
    )


def test_a_path_that_cannot_be_one(convexgen: Command, url: str) -> None:
    assert convexgen("run", "a b") == Ran(
        2,
        "",
        f"Error: {url} refuses: 'a b' is not a path to a function, such as 'messages:list' "
        "(BadConvexFunctionIdentifier).\n",
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("a:b", "{"), "Invalid value for JSON: this is not JSON"),
        (("a:b", "5"), "Invalid value for JSON: this is not an object, such as '{\"limit\": 10}'"),
        (("a:b", "{}", "--identity", "[]"), "Invalid value for --identity: this is not an object"),
    ],
)
def test_mistakes_in_the_command_line(convexgen: Command, arguments: tuple[str, ...], complaint: str) -> None:
    ran = convexgen("run", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert complaint in ran.err
