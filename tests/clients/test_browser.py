"""React in a real browser: the chat's own page with two people on it, and all hooks on one page."""

from __future__ import annotations

import shutil
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import httpx
import pytest

from tests.clients.backend import Backend
from tests.clients.driver import Drive
from tests.clients.issuer import Issuer
from tests.clients.programs import CLIENTS, Programs, bundle_page, link_packages, run_tool
from tests.clients.proxy import Proxy
from tests.clients.sites import serving
from tests.fixtures.projects import CHAT, copy_project


def png(width: int, height: int) -> bytes:
    """A picture, all black."""
    rows = (b"\0" + bytes(3 * width)) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def edit(file: Path, before: str, after: str) -> None:
    """Change what a file says, as an editor would."""
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def chat_project(tmp_path: Path, node_modules: Path) -> Path:
    """A copy of the chat, with an entry to its front end for people who are signed in."""
    project = copy_project(CHAT, tmp_path)
    shutil.copy(CLIENTS / "chat" / "signed-in.tsx", project / "web" / "src")
    link_packages(project, node_modules)
    return project


@pytest.fixture
def chat_site(chat_project: Path, tmp_path: Path, node_modules: Path) -> Iterator[str]:
    bundle_page(chat_project / "web" / "src" / "signed-in.tsx", tmp_path / "site", node_modules)
    with serving(tmp_path / "site") as url:
        yield url


@pytest.fixture
def hooks_site(project: Path, programs: Programs, tmp_path: Path, node_modules: Path) -> Iterator[str]:
    bundle_page(project / "page" / "hooks.tsx", tmp_path / "site", node_modules)
    with serving(tmp_path / "site") as url:
        yield url


def test_two_people_chat(
    browser: str,
    chat_project: Path,
    chat_site: str,
    programs: Programs,
    screenshots: Path,
    tmp_path: Path,
    drive: Drive,
    issuer: Issuer,
) -> None:
    """What one says the other sees; what one says shows at once, and goes again if it is refused; a reload keeps it.

    A program in Python listens in.
    """
    arguments = ("chat", browser, chat_site, str(screenshots))
    issuer.let_sign_in("Ada", "Bob")
    signing_in = (issuer.url, issuer.token("ada", "Ada"))
    variables = {"AUTH_DOMAIN": issuer.url}
    with Backend(chat_project, tmp_path, variables) as backend, Proxy(backend.port) as proxy:
        driver = drive(programs.command("browser", *arguments, backend.url, proxy.url, *signing_in))
        assert driver.until_gate("the channel is there") == []
        listener = drive((sys.executable, "-m", "tests.clients.python_driver", backend.url, "chat", "", ""))
        assert listener.until_gate("let others talk") == [("in the channel", [])]
        listener.go_on()
        driver.go_on()

        assert driver.until_gate("hold what Ada sends") == [
            ("Ada sees", ["Bob Hello, Ada!", "Ada Hello, Bob!Delete"]),
            ("Bob sees", ["Bob Hello, Ada!Delete", "Ada Hello, Bob!"]),
        ]
        assert listener.until_end() == [("in the channel", ["Hello, Ada!", "Hello, Bob!"])]

        proxy.hold()
        driver.go_on()
        assert driver.until_gate("let it through") == [
            ("Ada sees", ["Ada On its wayDelete", "Bob Hello, Ada!", "Ada Hello, Bob!Delete"]),
            ("Bob sees", ["Bob Hello, Ada!Delete", "Ada Hello, Bob!"]),
        ]
        proxy.release()
        driver.go_on()
        assert driver.until_gate("hold what Ada sends") == [
            ("Bob sees", ["Ada On its way", "Bob Hello, Ada!Delete", "Ada Hello, Bob!"])
        ]

        proxy.hold()
        driver.go_on()
        assert driver.until_gate("let it through") == [("Ada sees so many", 4)]
        proxy.release()
        driver.go_on()
        sees = ["Ada On its wayDelete", "Bob Hello, Ada!", "Ada Hello, Bob!Delete"]
        assert driver.until_end() == [
            ("Ada's console", "[CONVEX M(messages:send)] [Request ID: …] Server Error"),
            ("Ada's page", "[CONVEX M(messages:send)] [Request ID: …] Server Error"),
            ("Ada sees", sees),
            ("after a reload Ada sees", sees),
            ("Bob sees", ["Bob Hello, Ada!Delete", "Ada Hello, Bob!"]),
            ("digest", "2 messages, most from Bob, Ada. Open:"),
            ("signed out, Ada sees so many", 0),
        ]
    assert {picture.name for picture in screenshots.iterdir()} == {"ada.png", "bob.png", "optimistic.png"}


def test_the_chat_with_everything_that_the_platform_does(
    browser: str,
    chat_project: Path,
    chat_site: str,
    programs: Programs,
    screenshots: Path,
    tmp_path: Path,
    drive: Drive,
    issuer: Issuer,
) -> None:
    """Two people sign in. A picture is uploaded and seen, a message comes when it is due, another program posts one.

    At last all that is old is cleared away, pictures too, by a cron that is edited to run now instead of every day.
    """
    issuer.let_sign_in("Ada", "Bob")
    picture = tmp_path / "picture.png"
    picture.write_bytes(png(3, 2))
    with Backend(chat_project, tmp_path, {"AUTH_DOMAIN": issuer.url}) as backend:
        arguments = (issuer.url, issuer.token("ada", "Ada"), str(picture))
        driver = drive(
            programs.command("browser", "everything", browser, chat_site, str(screenshots), backend.url, *arguments)
        )
        assert driver.until_gate("let another program speak") == [
            ("Bob sees a picture of", [3, 2]),
            ("it lies at", f"{backend.url}/api/storage/…"),
            ("Bob sees", ["Ada Good morning!", "Ada picture.png"]),
        ]
        hook = f"http://127.0.0.1:{backend.site_port}/hooks/messages"
        said = httpx.post(hook, json={"channel": "general", "text": "All tests passed."})
        assert said.status_code == 204
        driver.go_on()
        assert driver.until_gate("make it the time to clean up") == [
            ("Ada sees", ["Bot All tests passed.", "Ada Good morning!Delete", "Ada picture.pngDelete"])
        ]

        edit(chat_project / "backend/messages.py", "KEEP_FOR = timedelta(days=90)", "KEEP_FOR = timedelta(0)")
        crons = chat_project / "backend/crons.py"
        edit(crons, "from datetime import time", "from datetime import timedelta")
        edit(crons, 'crons.daily("clear old messages", time(3, 17),', 'crons.interval("clear", timedelta(seconds=1),')
        driver.go_on()
        assert driver.until_end() == [("Bob sees", []), ("the picture answers", 404)]


def test_hooks(
    browser: str,
    hooks_site: str,
    programs: Programs,
    backend: Backend,
    proxy: Proxy,
    drive: Drive,
    screenshots: Path,
) -> None:
    """`useQuery`, `useMutation` with an optimistic update, `useAction`, `usePaginatedQuery`, the connection's state."""
    shelf = {"shelf": "hooks"}
    backend.mutation("items:put", {**shelf, "places": [10, 20, 30, 40, 50, 60, 70]})
    driver = drive(programs.command("browser", "hooks", browser, hooks_site, str(screenshots), proxy.url, "hooks"))

    assert driver.until_gate("hold what the page sends") == [
        ("count", "0"),
        ("connection", "connected 1"),
        ("said", "1"),
        ("count", "1"),
    ]
    proxy.hold()
    driver.go_on()
    assert driver.until_gate("let it through") == [("count", "1001")]
    proxy.release()
    driver.go_on()
    assert driver.until_gate("put 5, 35 and 65") == [
        ("page's console", "[CONVEX M(counters:incrementUpToLimit)] [Request ID: …] Server Error"),
        ("count", "1"),
        ("said", 'refused: {"code":"limit","count":1001,"limit":100}'),
        ("said", "[1,2,3]"),
        ("count", "3"),
        ("places", "10 20 30"),
        ("status", "CanLoadMore"),
        ("places", "10 20 30 40 50 60"),
    ]
    backend.mutation("items:put", {**shelf, "places": [5, 35, 65]})
    driver.go_on()
    assert driver.until_gate("cut the network, put 15, 45 and 80, and mend it") == [
        ("places", "5 10 20 30 35 40 50 60"),
        ("places", "5 10 20 30 35 40 50 60 65 70"),
        ("status", "Exhausted"),
    ]
    proxy.close()
    backend.mutation("items:put", {**shelf, "places": [15, 45, 80]})
    proxy.open()
    driver.go_on()
    assert driver.until_end() == [
        ("places", "5 10 15 20 30 35 40 45 50 60 65 70 80"),
        ("connection", "connected 2"),
    ]


def test_the_drivers_and_pages_are_typed(
    project: Path, programs: Programs, chat_project: Path, node_modules: Path
) -> None:
    """Against the types of the npm packages, and those that were generated for their servers."""
    compiler = node_modules / "typescript7" / "bin" / "tsc"
    for configuration in (project / "tsconfig.json", chat_project / "web" / "tsconfig.json"):
        run_tool("node", compiler, "--project", configuration, "--pretty", "false", cwd=configuration.parent)
