"""`convexgen serve` and `convexgen deploy`, whole: a real process, deployed to by real command lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from convexgen.cli.app import run
from tests.clients.backend import Backend

SCHEMA = "from convexgen import Table\n\n\nclass Note(Table, name='notes'):\n    text: str\n"
NOTES = """from convexgen import ConvexError, MutationCtx, QueryCtx, mutation, query

from backend.schema import Note


@query
async def texts(ctx: QueryCtx) -> list[str]:
    from backend import shown

    return [shown.shown(note.text) for note in await ctx.db.query(Note).take(10)]


@query
async def collects_garbage(ctx: QueryCtx) -> bool:
    import gc

    return gc.isenabled()


@mutation
async def add(ctx: MutationCtx, text: str) -> None:
    if text == "secret":
        print("the password is swordfish")
        raise ValueError("swordfish")
    if text == "":
        raise ConvexError({"empty": True})
    await ctx.db.insert(Note(text=text))
"""
SHOWN = "def shown(text: str) -> str:\n    return text{}\n"
FIRST = {"schema": SCHEMA, "notes": NOTES, "shown": SHOWN.format("")}
STRICTER = SCHEMA.replace("text: str", "text: str\n    rank: int")
RANKED = NOTES.replace("Note(text=text)", "Note(text=text, rank=1)")


class Served(Backend):
    """`convexgen serve`, with nothing but a data folder."""

    ends_with = 0

    def command(self) -> tuple[str, ...]:
        return ("serve",)


class Deployed(NamedTuple):
    """How `convexgen deploy` ended and what it said. `URL` stands for the server's."""

    code: int
    out: str
    err: str


class Site:
    """A server, and a project that is deployed to it."""

    def __init__(self, folder: Path, server: Served, capfd: pytest.CaptureFixture[str]) -> None:
        self.project = folder / "project"
        self.server = server
        self._capfd = capfd

    def write(self, **modules: str) -> None:
        (self.project / "backend").mkdir(parents=True, exist_ok=True)
        for name, text in modules.items():
            (self.project / f"backend/{name}.py").write_text(text)

    def deploy(self, *options: str, key: str | None = None, to: Served | None = None) -> Deployed:
        self._capfd.readouterr()
        server = to or self.server
        target = ("--url", server.url, "--admin-key", key or server.admin_key)
        code = run(["deploy", "-C", str(self.project), *target, *options])
        out, err = self._capfd.readouterr()
        return Deployed(code, out.replace(server.url, "URL"), err.replace(server.url, "URL"))

    def ask(self, kind: str, path: str, **arguments: object) -> dict[str, object]:
        answer = httpx.post(f"{self.server.url}/api/{kind}", json={"path": path, "args": arguments}, timeout=30)
        assert answer.status_code == 200
        said: dict[str, object] = json.loads(re.sub(r"Request ID: \w+", "Request ID: …", answer.text))
        return said

    def texts(self) -> object:
        return self.ask("query", "notes:texts").get("value")


@pytest.fixture
def site(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Site]:
    (tmp_path / "project").mkdir()
    (tmp_path / "project/pyproject.toml").write_text("[tool.convexgen]\n")
    with Served(tmp_path, tmp_path) as server:
        made = Site(tmp_path, server, capfd)
        made.write(**FIRST)
        yield made


def test_from_the_first_deployment_to_the_last_and_across_a_restart(site: Site) -> None:
    redacted = {"status": "error", "errorMessage": "[Request ID: …] Server Error"}
    assert site.ask("query", "notes:texts") == redacted

    rehearsed = site.deploy("--dry-run")
    assert rehearsed == Deployed(0, "", "Nothing was deployed to URL before.\n3 functions would be live at URL.\n")
    assert site.ask("query", "notes:texts") == redacted

    assert site.deploy() == Deployed(0, "", "Nothing was deployed to URL before.\n3 functions live at URL.\n")
    assert site.ask("mutation", "notes:add", text="one") == {"status": "success", "value": None}
    assert site.texts() == ["one"]

    site.write(shown=SHOWN.format(".upper()"))
    rehearsed = site.deploy("--dry-run")
    assert rehearsed == Deployed(0, "", "no changes since `URL`.\n3 functions would be live at URL.\n")
    assert site.texts() == ["one"]
    assert site.ask("query", "notes:collectsGarbage") == {"status": "success", "value": True}
    site.server.kill()
    site.server.start()
    assert site.texts() == ["one"]

    assert site.deploy() == Deployed(0, "", "no changes since `URL`.\n3 functions live at URL.\n")
    assert site.texts() == ["ONE"]
    site.server.stop()
    site.server.start()
    assert site.texts() == ["ONE"]


def test_what_documents_do_not_fit_does_not_go_live_and_says_which(site: Site) -> None:
    site.deploy()
    site.ask("mutation", "notes:add", text="one")
    site.write(schema=STRICTER, notes=RANKED)

    for options, end in ((("--dry-run",), "Nothing would go live.\n"), ((), "Nothing went live.\n")):
        refused = site.deploy(*options)

        assert refused.code == 1
        assert refused.out.startswith("backend/schema.py:6:5: CG711 ")
        told = refused.err.splitlines(keepends=True)
        assert (told[0], told[-1]) == ("1 breaking change since `URL`.\n", end)
        assert told[1] == "There are documents that the new schema does not allow:\n"
        assert "notes" in told[2]
        assert "rank" in "".join(told[2:-1])
        assert site.texts() == ["one"]

    unchecked = site.deploy("--fail-on", "breaking")
    assert (unchecked.code, unchecked.err) == (1, "1 breaking change since `URL`.\nNothing was deployed.\n")


def test_what_cannot_be_loaded_leaves_what_was_live_with_its_own_modules(site: Site) -> None:
    site.deploy()
    site.ask("mutation", "notes:add", text="one")
    site.write(shown=SHOWN.format("[::-1]") + "import nothing_there\n")

    refused = site.deploy()

    assert refused == Deployed(
        1,
        "",
        "no changes since `URL`.\n"
        "backend/shown.py:3: ModuleNotFoundError: No module named 'nothing_there'\n"
        "    at <module> (../backend/shown.py:3)\n"
        "Nothing went live.\n",
    )
    assert site.texts() == ["one"]


def test_what_the_sources_say_wrong_is_found_before_anything_is_sent(site: Site) -> None:
    site.write(notes="from convexgen import query\n\n\n@query\ndef texts(ctx) -> None: ...\n")

    refused = site.deploy("--cmd", "echo never")

    assert refused.code == 1
    assert refused.out.startswith("backend/notes.py:5:")
    assert refused.err.endswith(": nothing was deployed.\n")
    assert "POST" not in site.server.output


def test_a_build_runs_first_with_the_url(site: Site) -> None:
    failed = site.deploy("--cmd", 'echo "built for $CONVEX_URL"; exit 3')
    assert failed == Deployed(
        1, "built for URL\n", 'Error: `echo "built for $CONVEX_URL"; exit 3` ended with 3; nothing was deployed.\n'
    )

    built = site.deploy("--cmd", 'echo "built for $VITE_URL"', "--cmd-url-env-var-name", "VITE_URL")
    assert built == Deployed(0, "built for URL\n", "Nothing was deployed to URL before.\n3 functions live at URL.\n")


def test_nobody_deploys_without_the_key(site: Site) -> None:
    said = "Error: URL refuses: The provided admin key was invalid for this instance (BadAdminKey).\n"
    assert site.deploy(key="local|guess") == Deployed(2, "", said)
    for method, path in (("GET", "/api/convexgen/program"), ("POST", "/api/convexgen/deploy"), ("GET", "/metrics")):
        assert httpx.request(method, f"{site.server.url}{path}").status_code == 403

    assert site.texts() is None


def test_clients_learn_of_errors_only_what_is_meant_for_them_and_administrators_everything(site: Site) -> None:
    site.deploy()

    redacted = {"status": "error", "errorMessage": "[Request ID: …] Server Error"}
    assert site.ask("mutation", "notes:add", text="secret") == redacted
    assert site.ask("mutation", "notes:add", text="") == {**redacted, "errorData": {"empty": True}}

    key = {"Authorization": f"Convex {site.server.admin_key}"}
    call = {"path": "notes:add", "args": {"text": "secret"}}
    told = httpx.post(f"{site.server.url}/api/mutation", json=call, headers=key).json()
    assert "Uncaught ValueError: swordfish" in told["errorMessage"]
    assert told["logLines"] == ["[LOG] 'the password is swordfish'"]

    assert "ValueError: swordfish" in site.server.output
    assert "the password is swordfish" in site.server.output


def test_requests_are_told_and_counted(site: Site) -> None:
    site.deploy()
    site.ask("mutation", "notes:add", text="one")
    site.ask("mutation", "notes:add", text="")
    site.ask("query", "made:up")

    told = [re.sub(r"^\S+ (.*) \d+ ms$", r"\1", line) for line in site.server.output.splitlines() if "/api/" in line]
    key = {"Authorization": f"Convex {site.server.admin_key}"}
    metrics = httpx.get(f"{site.server.url}/metrics", headers=key).text

    assert told[-3].startswith("127.0.0.1 POST '/api/mutation' 200 ")
    calls = [line for line in metrics.splitlines() if line.startswith("convexgen_function_calls_total")]
    assert calls == [
        'convexgen_function_calls_total{function="notes:add",kind="mutation",outcome="success"} 1.0',
        'convexgen_function_calls_total{function="notes:add",kind="mutation",outcome="failure"} 1.0',
        'convexgen_function_calls_total{function="",kind="query",outcome="failure"} 1.0',
    ]
    engine = dict(line.split() for line in metrics.splitlines() if re.match(r"convexgen_[a-z_]+ ", line))
    assert engine["convexgen_subscriptions"] == "0.0"
    assert float(engine["convexgen_commits_total"]) >= 2  # the deployment, and the mutation that went well


def test_a_server_that_is_not_there_is_told_of(site: Site) -> None:
    site.server.kill()

    gone = site.deploy()
    site.server.start()

    assert (gone.code, gone.out) == (2, "")
    assert gone.err.startswith("Error: URL cannot be reached: ")


def test_the_dashboard_gives_nobody_the_key(site: Site) -> None:
    """Not even a browser of the same machine, which is where a proxy would be."""
    own = {"Origin": site.server.url, "Sec-Fetch-Site": "same-origin"}

    answer = httpx.post(f"{site.server.url}/dashboard/key", headers=own)

    assert (answer.status_code, answer.json()["code"]) == (403, "KeyNeeded")
    assert site.server.admin_key.partition("|")[2] not in answer.text
    assert httpx.get(f"{site.server.url}/dashboard").status_code == 200
