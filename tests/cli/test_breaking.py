"""`convexgen breaking`, whole: with real git, with files, and with a server that answers as a deployment does."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, Ran

HEAD = "from convexgen import *\n\n\n"
SEND = f"{HEAD}@mutation\nasync def send(ctx: MutationCtx, text: str{{more}}) -> None: ...\n"
UNCOMPARED = "The program could not be compared with `{}`.\n"
REMOVED = (
    "backend/messages.py:5:11: CG710 field-removed: breaking for callers: argument `loud` of `messages.send` is gone; "
    "it was `loud: bool` in `{}`\n"
    "  |\n"
    "5 | async def send(ctx: MutationCtx, text: str) -> None: ...\n"
    "  |           ^^^^\n"
    "  help: keep it until no client sends it any more: arguments that a function does not know are rejected\n"
    "        or allow it in pyproject.toml, with a reason:\n"
    "        [[tool.convexgen.breaking.allow]]\n"
    '        rule = "field-removed"\n'
    '        change = "messages.send args loud"\n'
    "        until = 2026-01-31\n"
    '        reason = "…"\n'
)


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same day everywhere, and a git that knows nothing of this machine."""
    monkeypatch.setattr("convexgen.cli.breaking.today", lambda: date(2026, 1, 1))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("CONVEX_DEPLOY_KEY", "CONVEX_SELF_HOSTED_ADMIN_KEY", "GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    ran = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def send(project: Path, more: str = "") -> None:
    (project / "backend").mkdir(exist_ok=True)
    (project / "backend/messages.py").write_text(SEND.format(more=more))


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


@pytest.fixture
def changed(project: Path) -> Path:
    """A project in which an argument has gone since the last commit."""
    git(project, "init", "-q", "-b", "main")
    send(project, ", loud: bool")
    commit(project, "first")
    send(project)
    return project


@pytest.mark.parametrize("ref", ["main", "HEAD", "v1.0", "refs/heads/main"])
def test_any_ref_will_do(changed: Path, convexgen: Command, ref: str) -> None:
    git(changed, "tag", "-a", "v1.0", "-m", "the first")
    assert convexgen("breaking", "--against", ref) == Ran(1, REMOVED.format(ref), f"1 breaking change since `{ref}`.\n")


def test_commits_by_number_and_by_distance(changed: Path, convexgen: Command) -> None:
    first = git(changed, "rev-parse", "HEAD")
    commit(changed, "second")
    for ref in (first, first[:8], "HEAD~1"):
        assert convexgen("breaking", "--against", ref).out == REMOVED.format(ref)
    assert convexgen("breaking", "--against", "HEAD") == Ran(0, "", "no changes since `HEAD`.\n")


@pytest.fixture
def diverged(changed: Path) -> Path:
    """On a branch an argument has gone; on `main`, from which it parted, a function has come."""
    git(changed, "checkout", "-q", "-b", "branch")
    commit(changed, "second")
    git(changed, "checkout", "-q", "main")
    (changed / "backend/others.py").write_text(SEND.format(more="").replace("send", "shout"))
    commit(changed, "of others")
    git(changed, "checkout", "-q", "branch")
    return changed


@pytest.mark.parametrize("against", ["main", "main..."])
def test_what_others_have_added_since_is_not_removed_here(diverged: Path, convexgen: Command, against: str) -> None:
    ran = convexgen("breaking", "--against", against)
    assert ran == Ran(1, REMOVED.format("main"), "1 breaking change since `main`.\n")
    assert not (diverged / "backend/others.py").exists()


def test_with_two_dots_it_is_the_branch_itself(diverged: Path, convexgen: Command) -> None:
    ran = convexgen("breaking", "--against", "main..")
    assert (ran.code, ran.err) == (1, "2 breaking changes since `main`.\n")
    assert "`others.shout`" in ran.out
    assert git(diverged, "status", "--short") == ""


def test_a_clone_without_the_commit_at_which_they_parted(
    diverged: Path, convexgen: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-single-branch", diverged.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    ran = convexgen("breaking", "--against", "origin/main")
    assert (ran.code, ran.err) == (2, UNCOMPARED.format("origin/main"))
    assert "shallow, does not go back to where `origin/main` and HEAD part\n  help: fetch more of the hist" in ran.out


def test_a_branch_with_nothing_in_common(diverged: Path, convexgen: Command) -> None:
    git(diverged, "checkout", "-q", "--orphan", "apart")
    commit(diverged, "anew")
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (2, UNCOMPARED.format("main"))
    assert "`main` and HEAD have no commit in common\n  help: to compare with it all the same" in ran.out
    assert convexgen("breaking", "--against", "main..").err == "2 breaking changes since `main`.\n"


def test_a_tree_is_taken_as_it_is(diverged: Path, convexgen: Command) -> None:
    tree = git(diverged, "rev-parse", "main^{tree}")
    assert convexgen("breaking", "--against", tree).err == f"2 breaking changes since `{tree}`.\n"


def test_a_project_in_a_folder_with_a_space(project: Path, convexgen: Command) -> None:
    top = project.parent
    git(top, "init", "-q", "-b", "main")
    send(project, ", loud: bool")
    commit(top, "first")
    send(project)
    assert convexgen("breaking", "--against", "main", "-C", str(project / "backend")).out == REMOVED.format("main")


def test_the_settings_of_that_time_hold_for_that_time(changed: Path, convexgen: Command) -> None:
    (changed / "backend").rename(changed / "functions")
    (changed / "pyproject.toml").write_text('[tool.convexgen]\nsource = "functions"\nnaming = "preserve"\n')
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (1, "1 breaking change since `main`.\n")
    assert ran.out.startswith("functions/messages.py:5:11: CG710 ")


def test_safe_and_dangerous_changes_fail_only_when_asked_to(changed: Path, convexgen: Command) -> None:
    commit(changed, "second")
    send(changed, ", quiet: bool = False")
    assert convexgen("breaking", "--against", "HEAD") == Ran(0, "", "1 safe change since `HEAD`.\n")
    assert convexgen("breaking", "--against", "HEAD", "--fail-on", "dangerous").code == 0
    ran = convexgen("breaking", "--against", "HEAD", "--fail-on", "any")
    assert ran.code == 1
    assert ran.out.splitlines()[0].endswith(
        "CG712 field-added: safe for callers: argument `quiet` of `messages.send` is new"
    )
    commit(changed, "third")
    send(changed, ", quiet: bool = True")
    ran = convexgen("breaking", "--against", "HEAD")
    assert (ran.code, ran.err) == (0, "1 dangerous change since `HEAD`.\n")
    assert "CG715 default-changed (warning): dangerous for callers" in ran.out
    assert convexgen("breaking", "--against", "HEAD", "--fail-on", "dangerous").code == 1


def test_every_format_has_the_same_verdict(changed: Path, convexgen: Command) -> None:
    for form in ("json", "github", "sarif"):
        ran = convexgen("breaking", "--against", "main", "--output-format", form)
        assert (ran.code, ran.err) == (1, "1 breaking change since `main`.\n")
        assert "CG710" in ran.out
    found = json.loads(convexgen("breaking", "--against", "main", "--output-format", "json").out)["diagnostics"]
    assert [(each["rule"], each["severity"], each["facts"]) for each in found] == [
        (
            "field-removed",
            "error",
            {
                "change": "messages.send args loud",
                "functions": "messages.send",
                "old": "loud: bool",
                "severity": "breaking",
            },
        )
    ]
    assert changed


def test_a_change_is_allowed_until_its_day_and_no_longer(changed: Path, convexgen: Command) -> None:
    settings = (
        '[tool.convexgen]\n[[tool.convexgen.breaking.allow]]\nrule = "field-removed"\n'
        'change = "messages.send args loud"\nuntil = {}\nreason = "nobody sends it"\n'
    )
    (changed / "pyproject.toml").write_text(settings.format("2026-01-01"))
    assert convexgen("breaking", "--against", "main") == Ran(0, "", "no changes since `main`; 1 allowed.\n")
    (changed / "pyproject.toml").write_text(settings.format("2025-12-31"))
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (1, "1 breaking change since `main`.\n")
    assert "CG751 expired-allowance: this allowance ran out on 2025-12-31: nobody sends it\n" in ran.out
    commit(changed, "second")
    ran = convexgen("breaking", "--against", "HEAD")
    assert (ran.code, ran.err) == (0, "no changes since `HEAD`.\n")
    assert "pyproject.toml:4:1: CG750 unused-allowance (warning): there is no change `field-removed` of " in ran.out


def test_settings_say_how_bad_a_change_is(changed: Path, convexgen: Command) -> None:
    (changed / "pyproject.toml").write_text('[tool.convexgen.breaking]\nseverities = { field-removed = "dangerous" }\n')
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (0, "1 dangerous change since `main`.\n")


@pytest.mark.parametrize(
    ("against", "said"),
    [
        ("mian", "git-failed: there is no `mian` in this repository\n  help: did you mean `main`?\n"),
        ("--help", "git-failed: there is no `--help` in this repository"),
        ("spec.json", "baseline-unreadable: `spec.json` cannot be read: there is no such file"),
        ("pyproject.toml", "baseline-unreadable: `pyproject.toml` is not JSON: "),
        ("list.json", "baseline-unreadable: `list.json` is neither a convexgen IR nor a function spec"),
        ("ir.json", "baseline-unreadable: `ir.json` is not what it should be: format: this convexgen reads format 1"),
        ("functions.json", "baseline-unreadable: `functions.json` is not what it should be: functions[0]"),
        ("http://127.0.0.1:9", "baseline-unreadable: only an administrator may ask `http://127.0.0.1:9`"),
    ],
)
def test_nothing_to_compare_with_is_never_no_change(changed: Path, convexgen: Command, against: str, said: str) -> None:
    (changed / "list.json").write_text("[]")
    (changed / "ir.json").write_text('{"format": 99, "modules": []}')
    (changed / "functions.json").write_text('{"functions": [{"functionType": "Query"}]}')
    ran = convexgen("breaking", f"--against={against}")
    assert (ran.code, ran.err) == (2, UNCOMPARED.format(against))
    assert said in ran.out


def test_outside_of_a_repository(project: Path, convexgen: Command) -> None:
    send(project)
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (2, UNCOMPARED.format("main"))
    assert "this project is not in a git repository" in ran.out


def test_without_git(changed: Path, convexgen: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (2, UNCOMPARED.format("main"))
    assert "git is not installed" in ran.out
    assert changed


def test_a_shallow_clone_says_how_to_deepen_it(
    changed: Path, convexgen: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = git(changed, "rev-parse", "HEAD")
    commit(changed, "second")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", changed.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    ran = convexgen("breaking", "--against", first)
    assert (ran.code, ran.err) == (2, UNCOMPARED.format(first))
    assert "is not in this clone, which is shallow" in ran.out
    assert "`fetch-depth: 0`" in ran.out


def test_a_commit_without_the_project(project: Path, convexgen: Command) -> None:
    top = project.parent
    git(top, "init", "-q", "-b", "main")
    (top / "README").write_text("nothing yet\n")
    git(top, "add", "README")
    git(top, "commit", "-q", "-m", "first")
    send(project)
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (2, UNCOMPARED.format("main"))
    assert "the folder of this project, `my app`, is not in `main`" in ran.out


def test_a_commit_with_mistakes(changed: Path, convexgen: Command) -> None:
    (changed / "backend/messages.py").write_text("def f(:\n")
    commit(changed, "broken")
    send(changed)
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (2, UNCOMPARED.format("main"))
    assert "the program in `main` cannot be understood: backend/messages.py:1: " in ran.out
    (changed / "pyproject.toml").write_text("[tool.convexgen]\nnamin = 1\n")
    commit(changed, "broken too")
    (changed / "pyproject.toml").write_text("[tool.convexgen]\n")
    ran = convexgen("breaking", "--against", "main")
    assert "the settings in `main` cannot be read: pyproject.toml:2: there is no setting `namin`" in ran.out


def test_mistakes_of_the_working_tree_are_told_as_such(changed: Path, convexgen: Command) -> None:
    (changed / "backend/messages.py").write_text(SEND.format(more=", x: Nothing"))
    ran = convexgen("breaking", "--against", "main")
    assert (ran.code, ran.err) == (2, UNCOMPARED.format("main"))
    assert "CG104 unknown-name" in ran.out


def test_against_our_own_specifications(changed: Path, convexgen: Command) -> None:
    send(changed, ", loud: bool")
    for form, rest in (("ir", ""), ("function-spec", _ONLY_FUNCTIONS)):
        (changed / "old.json").write_text(convexgen("spec", "--format", form).out)
        assert convexgen("breaking", "--against", "old.json") == Ran(0, "", f"no changes since `old.json`{rest}.\n")
    send(changed)
    ran = convexgen("breaking", "--against", "old.json")
    assert ran == Ran(1, REMOVED.format("old.json"), f"1 breaking change since `old.json`{_ONLY_FUNCTIONS}.\n")


_ONLY_FUNCTIONS = ". Only functions and routes were compared: tables, limits and defaults are not known of it"


class Deployment(BaseHTTPRequestHandler):
    """Answers as the server's `answers` say, by path; keeps what it was asked."""

    answers: dict[str, tuple[int, Any]]
    asked: list[tuple[str, str | None, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["Authorization"], body))
        status, answer = self.answers.get(self.path, (404, {}))
        self.send_response(status)
        if status == 307:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def deployment() -> Iterator[HTTPServer]:
    Deployment.answers, Deployment.asked = {}, []
    server = HTTPServer(("127.0.0.1", 0), Deployment)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_against_a_deployment(
    changed: Path, convexgen: Command, deployment: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{deployment.server_port}"
    send(changed, ", loud: bool")
    functions = json.loads(convexgen("spec", "--format", "function-spec").out)["functions"]
    send(changed)
    monkeypatch.setenv("CONVEX_DEPLOY_KEY", "prod:happy|secret")
    Deployment.answers["/api/query"] = (200, {"status": "success", "value": functions})
    ran = convexgen("breaking", "--against", f"{url}/")
    assert ran == Ran(1, REMOVED.format(f"{url}/"), f"1 breaking change since `{url}/`{_ONLY_FUNCTIONS}.\n")
    question = {"path": "_system/cli/modules:apiSpec", "args": {}, "format": "json"}
    assert Deployment.asked == [("/api/query", "Convex prod:happy|secret", question)]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {}), "does not accept the key (status 401)"),
        ((307, {}), "answers with status 307"),
        ((500, {}), "answers with status 500"),
        ((200, []), "does not tell its functions: no reason given"),
        ((200, {"status": "error", "errorMessage": "no such thing"}), "does not tell its functions: no such thing"),
        ((200, {"status": "success", "value": 3}), "tells of its functions in an unknown form: functions: "),
    ],
)
def test_a_deployment_that_does_not_answer_is_not_unchanged(
    changed: Path,
    convexgen: Command,
    deployment: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    answer: tuple[int, Any],
    said: str,
) -> None:
    url = f"http://127.0.0.1:{deployment.server_port}"
    monkeypatch.setenv("CONVEX_SELF_HOSTED_ADMIN_KEY", "secret")
    Deployment.answers["/api/query"] = answer
    ran = convexgen("breaking", "--against", url)
    assert (ran.code, ran.err) == (2, UNCOMPARED.format(url))
    assert said in ran.out
    assert "secret" not in ran.out
    assert [path for path, _, _ in Deployment.asked] == ["/api/query"]
    assert changed
