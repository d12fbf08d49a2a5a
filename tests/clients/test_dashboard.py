"""The dashboard in a real browser, on a server that other clients use meanwhile."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.backend import Backend
from tests.clients.driver import Drive, Driver
from tests.clients.programs import Programs

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60"><circle r="60" fill="teal"/></svg>'

SUCCEEDED = ("Succeeded", "… ms")
FAILED = ("Failed", "… ms")
UNFIT = (
    "ArgumentValidationError: Value is not an integer within ±2^53.",
    "Path: .by",
    "Value: 1.5",
    "Validator: v.float64()",
)
BROKE_AT = "    at break_mutation (../backend/failures.py:38)"


class Look:
    """Starts scenarios of `fixtures/clients/drivers/dashboard.ts`."""

    def __init__(self, drive: Drive, programs: Programs, place: str, backend: Backend, screenshots: Path) -> None:
        self._drive = drive
        self._command = (programs, place, backend, screenshots)

    def at(self, scenario: str) -> Driver:
        programs, place, backend, screenshots = self._command
        arguments = (scenario, place, backend.url, str(screenshots), backend.admin_key)
        return self._drive(programs.command("dashboard", *arguments))


@pytest.fixture(scope="module")
def place(programs: Programs, browser: str) -> Iterator[str]:
    """Where a browser is found that all these tests share, each with a context of its own."""
    with Driver(programs.command("dashboard", "browser", browser)) as driver:
        [told] = driver.until_gate("close")
        yield told.value
        driver.go_on()
        assert driver.until_end() == []


@pytest.fixture
def look(drive: Drive, programs: Programs, place: str, backend: Backend, screenshots: Path) -> Look:
    return Look(drive, programs, place, backend, screenshots)


def count(backend: Backend, name: str, by: int = 1) -> None:
    backend.mutation("counters:increment", {"name": name, "by": by})


def test_documents_are_live_and_can_be_changed(look: Look, backend: Backend) -> None:
    driver = look.at("documents")
    assert driver.until_gate("count seen") == []
    count(backend, "seen")
    driver.go_on()
    assert driver.until_gate("count seen on") == [("a row", ["seen", "1"])]
    count(backend, "seen")
    driver.go_on()
    assert driver.until_gate("count unseen and other") == [
        ("a row", ["seen", "2"]),
        ("filtered", 'name contains "SEE"\n×'),
    ]
    count(backend, "unseen")
    count(backend, "other")
    driver.go_on()
    assert driver.until_gate("count unseen on") == [
        ("filtered names", ["seen", "unseen"]),
        ("editor", '{\n  "count": 1,\n  "name": "unseen"\n}'),
        (
            "unfit",
            'Document with ID "…" in table "counters" does not match the schema: Value does not match validator.\n'
            'Path: .count\nValue: "many"\nValidator: v.float64()',
        ),
        ("unreadable", "Line 1, column 25: there should be a value here."),
    ]
    count(backend, "unseen")
    driver.go_on()
    assert driver.until_gate("read unseen") == [
        ("editor", '{\n  "count": 2,\n  "name": "unseen"\n}'),
        ("dialogs", 0),
    ]
    assert backend.query("counters:read", {"name": "unseen"}) == 40
    driver.go_on()
    assert driver.until_end() == [("asked", "Delete 2 documents?"), ("left", [0, 0, 1])]
    assert backend.query("counters:read", {"name": "unseen"}) == 0


def test_pages_fit_together(look: Look, backend: Backend) -> None:
    shelf = {"shelf": "dashboard"}
    backend.mutation("items:put", {**shelf, "places": list(range(60))})
    driver = look.at("pages")
    assert driver.until_gate("put 1000") == [("places", list(range(59, 9, -1)))]
    backend.mutation("items:put", {**shelf, "places": [1000]})
    driver.go_on()
    assert driver.until_end() == [("so many", 51), ("places", [1000, *range(59, -1, -1)])]


def test_what_looks_like_markup_is_text(look: Look) -> None:
    image = '"<img src=x onerror=\\"document.title = \'hacked\'\\">"'
    others = 'int: 9007199254740993n, key: Bytes("AP8="), not: NaN'
    said = "<script>document.title = 1</script>"
    assert look.at("markup").until_end() == [
        ("template", '{\n  "name": "",\n  "value": null\n}'),
        ("a row", ["<script>document.title = 'hacked'</script>", f"{{<b>: {image}, {others}}}"]),
        (
            "editor",
            '{\n  "name": "<script>document.title = \'hacked\'</script>",\n  "value": {\n'
            f'    "<b>": {image},\n'
            '    "int": 9007199254740993n,\n    "key": Bytes("AP8="),\n    "not": NaN\n  }\n}',
        ),
        ("lines", [f"INFO\n'{said} at length'", f"WARN\n'{said}, perhaps'", f"ERROR\n'{said}!'"]),
        ("title", "Functions · convexgen"),
        ("elements of documents", 0),
    ]


def test_functions_are_run_and_heard(look: Look, backend: Backend) -> None:
    driver = look.at("functions")
    assert driver.until_gate("count run on") == [
        ("template", '{\n  "name": "",\n  "times": 0\n}'),
        (
            "action",
            [*SUCCEEDED, "[", "  0,", "  1,", "  2", "]", "Log", "LOG", "'counted to 1'", "LOG", "'counted to 2'"],
        ),
        ("template", '{\n  "by": 1,\n  "name": ""\n}'),
        ("unfit", [*FAILED, *UNFIT]),
        (
            "unreadable",
            ["Failed", "These are no arguments", "Line 1, column 15: there should be a comma or } here."],
        ),
        ("mutation", [*SUCCEEDED, "7", "Log", "LOG", "'counted to 7'"]),
        ("query", ["Succeeded", "Live: changes with the data", "7"]),
    ]
    count(backend, "run")
    driver.go_on()
    assert driver.until_gate("say logged") == [
        ("query", "8"),
        ("as Ada", [*SUCCEEDED, "{", '  "name": null,', '  "tokenIdentifier": "https://issuer.example|ada"', "}"]),
        (
            "as nobody",
            [
                "Failed",
                "There is nobody to act as",
                "This is nobody to act as: an identity is an object such as "
                "{'subject': 'ann', 'issuer': 'https://example.com'}.",
            ],
        ),
        ("as a visitor", [*SUCCEEDED, "null"]),
        ("badges", ["action", "internal"]),
        ("broken", [*FAILED, "Uncaught ValueError: the mutation broke", BROKE_AT]),
    ]
    backend.mutation("talking:sayInMutation", {"text": "logged"})
    driver.go_on()
    said = ["INFO", "'logged at length'", "WARN", "'logged, perhaps'", "ERROR", "'logged!'"]
    assert driver.until_end() == [("log", ["mutation", "talking:sayInMutation", "…", "…", "", *said])]


def test_schedules_files_variables_and_health(look: Look, backend: Backend) -> None:
    driver = look.at("schedules")
    assert driver.until_gate("schedule") == []
    backend.mutation("later:incrementLater", {"name": "much later", "seconds": 3600})
    driver.go_on()
    assert driver.until_gate("upload") == [("ended", "canceled"), ("waiting", 0)]
    upload(backend.mutation("pictures:uploadUrl", {}))
    driver.go_on()
    assert driver.until_end() == [
        ("file", ["image/svg+xml"]),
        (
            "refused",
            "'1 name' is no name of a variable: it has letters, digits and '_', at most 40, and begins with no digit.",
        ),
        ("hidden", False),
        ("shown", True),
        (
            "counters",
            [
                "Query cache hits",
                "Queries run",
                "Commits",
                "Conflicts",
                "Live subscriptions",
                "Sockets",
                "Query cache",
            ],
        ),
        ("somebody is connected", True),
    ]


def upload(url: str) -> None:
    request = urllib.request.Request(url, PICTURE, {"Content-Type": "image/svg+xml"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        assert answer.status == 200


def test_strangers_are_asked_for_the_key(look: Look) -> None:
    assert look.at("strangers").until_end() == [
        ("links", 0),
        ("refused", "The provided admin key was invalid for this instance"),
        ("kept", [1, 0, ""]),
        ("asked again", 0),
        ("the key, by its own name", "answered 403"),
        ("the key, from another page", "kept from it"),
        ("the key, not even looked at", "answered 0"),
        ("the page in a frame", "refused"),
    ]


def test_it_comes_back(
    drive: Drive, programs: Programs, place: str, mortal_backend: Backend, screenshots: Path
) -> None:
    """After the server was killed: with what has changed since, and what was to be changed meanwhile."""
    count(mortal_backend, "kept")
    driver = Look(drive, programs, place, mortal_backend, screenshots).at("restart")
    assert driver.until_gate("kill") == [("a row", ["kept", "1"])]
    mortal_backend.kill()
    driver.go_on()
    assert driver.until_gate("start") == []
    mortal_backend.start()
    count(mortal_backend, "since")
    driver.go_on()
    assert driver.until_end() == [("rows", 3)]
    assert mortal_backend.query("counters:read", {"name": "meanwhile"}) == 7


def test_it_fits_every_screen(look: Look, screenshots: Path) -> None:
    """Light and dark, wide and narrow: nothing sticks out, and whoever has no mouse gets to it."""
    assert look.at("looks").until_end() == [
        ("colours", "rgb(17, 17, 20)"),
        ("colours", "rgb(246, 246, 248)"),
        ("focused first", "Skip to content"),
        ("then", "main"),
    ]
    assert len({picture.name for picture in screenshots.iterdir()} - {"files.png", "query.png"}) >= 28


def test_pages_of_http_actions_are_of_its_origin_nowhere(backend: Backend) -> None:
    """One of them, in a browser, could ask for the key otherwise: it is given to pages of this origin."""
    site = f"http://127.0.0.1:{backend.site_port}"
    assert policy_of(f"{backend.url}/http/page").startswith("sandbox ")
    assert policy_of(f"{site}/page") == ""


def policy_of(url: str) -> str:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(url, timeout=30)
    with refused.value as answer:
        return answer.headers.get("Content-Security-Policy", "")
