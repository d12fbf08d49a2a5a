"""`convexgen client --from-spec`: what it writes, what it says, what it refuses and how."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Command, tree
from tests.spec_client.clients import SPECS

FILE = "function_spec.json"
COMMAND = ("client", "--from-spec", FILE, "-o", "clients/api")


@pytest.fixture
def spec(project: Path) -> Path:
    """The spec of a chat, in the current folder."""
    return Path(shutil.copy(SPECS / "ai_chat.json", project / FILE))


def test_writes_once(convexgen: Command, spec: Path, project: Path) -> None:
    del spec
    first = convexgen(*COMMAND)
    files = len(tree(project / "clients/api"))
    said = "66 functions; 4 HTTP actions left out, for any HTTP client can call them.\n"
    assert first == (0, "", f"{said}wrote {files} files, 0 unchanged in N ms.\n")
    assert convexgen(*COMMAND) == (0, "", f"{said}wrote 0 files, {files} unchanged in N ms.\n")
    assert convexgen(*COMMAND, "--check") == (0, "", f"{files} generated files up to date.\n")


def test_internal_functions_if_asked(convexgen: Command, spec: Path, project: Path) -> None:
    del spec
    convexgen(*COMMAND)
    assert "messages:appendChunk" not in (project / "clients/api/client.py").read_text()
    assert convexgen(*COMMAND, "--include-internal").code == 0
    assert "messages:appendChunk" in (project / "clients/api/client.py").read_text()


def test_check_and_previews_write_nothing(convexgen: Command, spec: Path, project: Path) -> None:
    del spec
    before = tree(project)
    checked = convexgen(*COMMAND, "--check")
    assert (checked.code, "clients/api/client.py" in checked.out) == (1, True)
    assert checked.err.endswith("out of date: run the command without `--check`.\n")
    named = convexgen(*COMMAND, "--dry-run")
    assert (named.code, "would create clients/api/models.py\n" in named.out) == (0, True)
    shown = convexgen(*COMMAND, "--diff")
    assert (shown.code, "+class MessagesDocument(CamelDocument):\n" in shown.out) == (0, True)
    assert tree(project) == before


def test_what_it_did_not_write_stays(convexgen: Command, spec: Path, project: Path) -> None:
    del spec
    folder = project / "clients/api"
    folder.mkdir(parents=True)
    (folder / "own.py").write_text("mine\n")
    (folder / "models.py").write_text("mine\n")
    before = tree(project)
    assert convexgen(*COMMAND) == (
        1,
        "clients/api/models.py: CG505 foreign-file: `clients/api/models.py` was not written by convexgen and lies"
        " where a generated file must go\n"
        "  help: move it away, or name another folder with `-o`\n",
        "1 error: nothing was written.\n",
    )
    assert tree(project) == before
    (folder / "models.py").unlink()
    assert convexgen(*COMMAND).code == 0
    assert (folder / "own.py").read_text() == "mine\n"


MALFORMED = [
    ("{", "it is not JSON"),
    ("[]", "there is no `functions` in it"),
    ('{"functions": {}}', "`functions`: this should be a list"),
    ('{"functions": [{"functionType": "Querry"}]}', "did you mean `Query`?"),
    ('{"functions": [{"functionType": "Query"}]}', "`functions[0].identifier`: it is not there"),
    ('{"functions": [{"functionType": "Query", "identifier": ":x"}]}', "`:x` names no function"),
    (
        '{"functions": [{"functionType": "Query", "identifier": "a:x", "returns": {"type": "strng"}}]}',
        "did you mean `string`?",
    ),
    (
        '{"functions": [{"functionType": "Query", "identifier": "a:x", '
        '"returns": {"type": "literal", "value": null}}]}',
        "a literal is a text, a number, `true` or `false`",
    ),
    (
        '{"functions": [{"functionType": "Query", "identifier": "a.js:x"}, '
        '{"functionType": "Query", "identifier": "a:x"}]}',
        "there is a function called `a:x` already",
    ),
]


@pytest.mark.parametrize(("text", "said"), MALFORMED)
def test_what_is_no_spec(convexgen: Command, project: Path, text: str, said: str) -> None:
    (project / FILE).write_text(text)
    before = tree(project)
    ran = convexgen(*COMMAND)
    assert (ran.code, ran.err) == (2, "1 error: nothing was written.\n")
    assert ran.out.startswith(f"{FILE}:1:")
    assert "CG915 invalid-function-spec: " in ran.out
    assert said in ran.out
    assert tree(project) == before


def test_all_that_is_wrong_is_told_at_once(convexgen: Command, project: Path) -> None:
    (project / FILE).write_text('{"functions": [\n  {"functionType": "Querry"},\n  {"functionType": "Query"}\n]}\n')
    ran = convexgen(*COMMAND)
    assert (ran.code, ran.err) == (2, "2 errors: nothing was written.\n")
    assert [line.split(": ")[0] for line in ran.out.splitlines() if line.startswith(FILE)] == [
        f"{FILE}:2:3",
        f"{FILE}:3:3",
    ]


def test_no_such_file(convexgen: Command) -> None:
    ran = convexgen(*COMMAND)
    assert (ran.code, ran.err) == (2, "1 error: nothing was written.\n")
    assert "`function_spec.json` cannot be read: there is no such file" in ran.out
    assert "npx convex function-spec > function_spec.json" in ran.out


def test_nested_too_deep(convexgen: Command, project: Path) -> None:
    returns = '{"type": "array", "value": ' * 250 + '{"type": "any"}' + "}" * 250
    (project / FILE).write_text(
        f'{{"functions": [{{"functionType": "Query", "identifier": "a:x", "returns": {returns}}}]}}'
    )
    ran = convexgen(*COMMAND)
    assert (ran.code, ran.err) == (2, "1 error: nothing was written.\n")
    assert ran.out.startswith(
        f"{FILE}: CG915 invalid-function-spec: it is nested deeper than any value of Convex can be"
    )
