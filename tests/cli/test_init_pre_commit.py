"""`convexgen init --pre-commit`: our hooks come to those that are there, and nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from convexgen.cli import VERSION
from convexgen.cli.pre_commit import CONFIG, entry, has_hooks, with_hooks
from tests.cli.conftest import Command, tree

NEXT = "Next: `convexgen generate` writes the clients, `convexgen watch` keeps them up to date.\n"
PUBLISHED = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"


def entries(text: str) -> Any:
    return yaml.safe_load(text)["repos"]


def test_the_hooks_are_those_that_are_published() -> None:
    published = {hook["id"]: hook for hook in yaml.safe_load(PUBLISHED.read_text(encoding="utf-8"))}
    ((repo),) = yaml.safe_load(entry(""))
    assert repo["repo"] == "local"
    for hook in repo["hooks"]:
        assert hook.pop("additional_dependencies") == [f"convexgen=={VERSION}"]
        same = published[hook["id"]]
        assert hook == {key: value for key, value in same.items() if key != "description"}
    assert [hook["id"] for hook in repo["hooks"]] == ["convexgen-generate", "convexgen-check"]


CONFIGS = {
    "indented": "repos:\n  - repo: a\n    hooks:\n      - id: b\n",
    "not indented": "# mine\nrepos:\n- repo: a\n  hooks:\n  - id: b\n",
    "more keys": "repos:  # all\n  - repo: a\n    hooks: []\n\n# about what follows\nci:\n  skip: [b]\n",
    "keys before": "fail_fast: true\nrepos:\n  - {repo: a, hooks: []}\nexclude: |\n  repos:\n    - x\n",
    "no end of line": "repos:\n- repo: a\n  hooks: []",
    "comment at the end": "repos:\n  - repo: a\n    hooks: []\n  # - repo: b\n",
    "windows": "repos:\r\n  - repo: a\r\n    hooks:\r\n      - id: b\r\n\r\nci: {}\r\n",
    "empty list": "repos: []\n",
    "empty list, more": "a: 1\nrepos: [ ]  # none yet\nci: {}\n",
    "nothing in it": "repos:\n",
    "nothing in it, no end of line": "repos:",
    "document": "---\nrepos:\n  - repo: a\n    hooks: []\n...\n",
    "block text": "repos:\n  - repo: a\n    exclude: |\n      (?x)^(\n        c\n      )$\n",
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_hooks_come_to_the_end_of_the_list(config: str) -> None:
    changed = with_hooks(config, "")
    assert changed is not None
    assert entries(changed) == [*(entries(config) or []), *yaml.safe_load(entry(""))]
    assert {**yaml.safe_load(changed), "repos": 0} == {**yaml.safe_load(config), "repos": 0}
    assert ("\r\n" in config) == ("\r\n" in changed)
    assert "\r\n" not in config or changed.count("\n") == changed.count("\r\n")
    assert has_hooks(changed, "")
    assert not has_hooks(config, "")


@pytest.mark.parametrize("config", [text for text in CONFIGS.values() if "[]" not in text and "[ ]" not in text])
def test_every_line_that_was_there_stays(config: str) -> None:
    changed = with_hooks(config, "")
    assert changed is not None
    kept = iter(changed.splitlines())
    assert all(line in kept for line in config.splitlines())


@pytest.mark.parametrize(
    "config",
    [
        "",
        "ci: {}\n",
        "repos: [{repo: a, hooks: []}]\n",
        "{repos: []}\n",
        "repos: &all\n  - repo: a\n",
        "repos:\n  - repo: [\n",
        "- repo: a\n  hooks: []\n",
        "repos: text\n",
        "text: |\n x\nrepos:\n  a: 1\n",
        "repos:\n  - repo: a\n    exclude: |\n      b\n      # c\n",
    ],
)
def test_what_is_not_certain_is_not_done(config: str) -> None:
    assert with_hooks(config, "") is None


def test_a_new_configuration(project: Path, convexgen: Command) -> None:
    ran = convexgen("init", "--pre-commit")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.endswith(f"wrote {CONFIG} (`pre-commit install` turns it on)\n{NEXT}")
    assert entries((project / CONFIG).read_text()) == yaml.safe_load(entry(""))
    before = tree(project)
    assert convexgen("init", "--pre-commit").err.endswith(f"kept {CONFIG} (it has our hooks already)\n{NEXT}")
    assert convexgen("init").code == 0
    assert tree(project) == before


def test_a_configuration_that_is_there(project: Path, convexgen: Command) -> None:
    (project / CONFIG).write_text(CONFIGS["more keys"])
    assert f"added to {CONFIG} (`pre-commit install` turns it on)\n" in convexgen("init", "--pre-commit").err
    assert (project / CONFIG).read_text() == (
        "repos:  # all\n  - repo: a\n    hooks: []\n"
        + "".join(f"  {line}\n" for line in entry("").splitlines())
        + "\n# about what follows\nci:\n  skip: [b]\n"
    )


@pytest.mark.parametrize("config", [b"repos: [{repo: a}]\n", b"repos: # \xff\n  - repo: a\n"])
def test_lines_to_add_by_hand(project: Path, convexgen: Command, config: bytes) -> None:
    (project / CONFIG).write_bytes(config)
    ran = convexgen("init", "--pre-commit")
    assert (ran.code, ran.out) == (1, entry(""))
    assert ran.err.endswith(
        f"kept {CONFIG} (our hooks cannot be added to it for certain: add the lines below to `repos` yourself)\n{NEXT}"
    )
    assert (project / CONFIG).read_bytes() == config


def test_a_configuration_that_cannot_be_read_is_not_overwritten(project: Path, convexgen: Command) -> None:
    (project / CONFIG).symlink_to("nowhere.yaml")
    assert convexgen("init", "--pre-commit").out == entry("")
    assert (project / CONFIG).is_symlink()


def test_in_a_folder_of_a_repository_it_goes_to_the_top(project: Path, convexgen: Command) -> None:
    (project / ".git").mkdir()
    ran = convexgen("init", "--pre-commit", "-C", 'services/chat "app"')
    assert f"wrote ../../{CONFIG} (" in ran.err
    ((repo),) = entries((project / CONFIG).read_text())
    assert [hook["name"] for hook in repo["hooks"]] == [
        'convexgen generate in services/chat "app"',
        'convexgen check in services/chat "app"',
    ]
    assert [hook["args"] for hook in repo["hooks"]] == [
        ["-C", 'services/chat "app"'],
        ["--no-types", "-C", 'services/chat "app"'],
    ]
    assert "kept ../../" in convexgen("init", "--pre-commit", "-C", 'services/chat "app"').err
    assert "added to ../" in convexgen("init", "--pre-commit", "-C", "another").err
    assert len(entries((project / CONFIG).read_text())) == 2
