"""`convexgen init`: into nothing, beside something, twice."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Ran, tree

NEXT = "Next: `convexgen generate` writes the clients, `convexgen watch` keeps them up to date.\n"
SECTION = '[tool.convexgen]\nsource = "backend"\nnaming = "camel"\n'


def test_into_a_new_folder_and_once_more(project: Path, convexgen: Command) -> None:
    ran = convexgen("init", "-C", "Ein neues/Projekt 1")
    assert ran == Ran(
        0,
        "",
        "wrote pyproject.toml\nwrote backend/schema.py\nwrote backend/messages.py\nwrote .gitattributes\n" + NEXT,
    )
    root = project / "Ein neues/Projekt 1"
    assert (root / "pyproject.toml").read_text() == (
        '[project]\nname = "projekt-1"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
        'dependencies = ["convexgen"]\n\n' + SECTION
    )
    assert (root / ".gitattributes").read_text() == "backend/_generated/** text eol=lf linguist-generated=true\n"
    before = tree(root)
    assert convexgen("init", "-C", str(root)) == Ran(
        0,
        "",
        "kept pyproject.toml (it has settings already)\n"
        "kept backend/schema.py\nkept backend/messages.py\nkept .gitattributes\n" + NEXT,
    )
    assert tree(root) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[project]\nname = "x"\n', '[project]\nname = "x"\n\n' + SECTION),
        ('[project]\nname = "x"', '[project]\nname = "x"\n\n' + SECTION),
        ("", SECTION),
        ("[tool.other]\r\nx = 1\r\n", "[tool.other]\r\nx = 1\r\n\r\n" + SECTION.replace("\n", "\r\n")),
    ],
)
def test_settings_are_added_to_what_is_there(project: Path, convexgen: Command, before: str, after: str) -> None:
    (project / "pyproject.toml").write_bytes(before.encode())
    ran = convexgen("init")
    assert ran.code == 0
    assert ran.err.startswith("added to pyproject.toml\n")
    assert (project / "pyproject.toml").read_bytes() == after.encode()
    tomllib.loads(after)


def test_the_example_goes_where_the_settings_say(project: Path, convexgen: Command) -> None:
    (project / "pyproject.toml").write_text('[tool.convexgen]\nsource = "src/functions"\n')
    assert convexgen("init").err.startswith(
        "kept pyproject.toml (it has settings already)\n"
        "wrote src/functions/schema.py\nwrote src/functions/messages.py\n"
    )


def test_no_example_is_added_to_functions_of_the_users_own(project: Path, convexgen: Command) -> None:
    (project / "backend").mkdir()
    (project / "backend/schema.py").write_text("# mine\n")
    (project / ".gitattributes").write_text("* text=auto\n")
    before = tree(project)
    assert convexgen("init") == Ran(
        0,
        "",
        "kept pyproject.toml (it has settings already)\n"
        "kept backend/ (it has functions already: no example was added)\n"
        "kept .gitattributes (you may want to add `backend/_generated/** text eol=lf linguist-generated=true`)\n"
        + NEXT,
    )
    assert tree(project) == before


def test_every_output_is_marked_as_generated(project: Path, convexgen: Command) -> None:
    outputs = {
        "web/the api": "typescript",
        "web/the api/client": "python",
        "py": "python",
        "spec.json": "spec",
        "web/a.json": "spec",
    }
    sections = [f'[[tool.convexgen.outputs]]\nkind = "{kind}"\npath = "{path}"\n' for path, kind in outputs.items()]
    (project / "pyproject.toml").write_text("".join(sections))
    assert convexgen("init").code == 0
    assert (project / ".gitattributes").read_text().splitlines() == [
        f"{pattern} text eol=lf linguist-generated=true"
        for pattern in ("py/**", '"web/the api/**"', "spec.json", "web/a.json")
    ]
    (project / ".gitattributes").write_text("py/** text eol=lf linguist-generated=true\nspec.json -text\n")
    assert convexgen("init").err.count(" text eol=lf linguist-generated=true`") == 3


def test_settings_that_cannot_be_appended_are_shown_instead(project: Path, convexgen: Command) -> None:
    (project / "pyproject.toml").write_text("tool = { other = 1 }\n")
    before = tree(project)
    assert convexgen("init") == Ran(
        2,
        "pyproject.toml: CG901 invalid-toml: a section `[tool.convexgen]` cannot be added at the end of this file\n"
        "  help: add these lines yourself, in the form that this file needs:\n"
        "        [tool.convexgen]\n"
        '        source = "backend"\n'
        '        naming = "camel"\n',
        "1 error: nothing was written.\n",
    )
    assert tree(project) == before


def test_broken_settings_are_not_made_worse(project: Path, convexgen: Command) -> None:
    (project / "pyproject.toml").write_text("[tool\n")
    before = tree(project)
    ran = convexgen("init")
    assert (ran.code, ran.err) == (2, "1 error: nothing was written.\n")
    assert "CG901 invalid-toml" in ran.out
    assert tree(project) == before
