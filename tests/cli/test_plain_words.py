"""A command line that is understood without the parser means what it means to the parser."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, NoReturn
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convexgen.cli.app import app
from convexgen.cli.check import Wishes
from convexgen.cli.plain_check import check_plainly
from convexgen.cli.plain_words import PlainWords, understood

WORDS = st.sampled_from(
    [
        *("--no-types", "-q", "--quiet", "--select", "--extend-select", "--ignore", "-C", "--project", "--diff"),
        *("--select=ALL", "--ignore=", "--ignore=a=b", "--quiet=1", "-C=.", "--project=.", "--projec", "--sel=A"),
        *("ALL", "CG6,naming", ".", "nowhere", "", "-", "--", "-qq", "-qC", "-C.", "--against-index", "--dry-run"),
    ]
)
LINES = st.tuples(st.sampled_from(["generate", "check"]), st.lists(WORDS, max_size=6)).map(lambda it: [it[0], *it[1]])


class Understood(NamedTuple):
    """What a command is called with."""

    directory: Path
    overrides: dict[str, str]
    wishes: Wishes | None


def _by_the_parser(arguments: list[str]) -> Understood | None:
    """What the parser makes of a command line; None if it refuses it or asks for more than we know."""
    called: list[Understood] = []

    def check(directory: Path, overrides: dict[str, str], wishes: Wishes) -> NoReturn:
        called.append(Understood(directory, overrides, wishes))
        raise SystemExit

    def generate(directory: Path, overrides: dict[str, str], *, diff: bool, dry_run: bool) -> NoReturn:
        if not diff and not dry_run:
            called.append(Understood(directory, overrides, None))
        raise SystemExit

    with (
        patch("convexgen.cli.check.check", check),
        patch("convexgen.cli.generate.generate", generate),
        pytest.raises(SystemExit),
    ):
        app(args=arguments, prog_name="convexgen")
    return called[0] if called else None


def _by_us(words: PlainWords) -> Understood:
    """The same, as it is called without the parser."""
    called: list[Understood] = []

    def check(directory: Path, overrides: dict[str, str], wishes: Wishes, early: object) -> int:
        del early
        called.append(Understood(directory, overrides, wishes))
        return 0

    with patch("convexgen.cli.check.check", check), patch("convexgen.typecheck.mypy_process.TypeCheck.start"):
        if words.command == "generate":
            return Understood(words.directory, {}, None)
        check_plainly(words)
    return called[0]


@given(LINES)
@example(["check", "--no-types", "--select", "ALL", "--ignore", "no-identity-check,public-call"])
@example(["check", "--select", "CG1", "--extend-select", "CG2", "--select", "CG3", "--ignore", "CG4", "-q", "-C", "."])
@example(["check", "--select=", "--quiet", "--quiet"])
@example(["generate", "-C", "."])
def test_the_parser_would_say_the_same(arguments: list[str]) -> None:
    words = understood(arguments)
    if words is not None:
        assert _by_us(words) == _by_the_parser(arguments)


@pytest.mark.parametrize(
    ("arguments", "lists", "types", "quiet"),
    [
        (["check"], {}, True, False),
        (["check", "--no-types", "-q"], {}, False, True),
        (["check", "--select", "ALL", "--ignore=CG601"], {"select": "ALL", "ignore": "CG601"}, True, False),
        (["check", "--ignore", "CG601", "--ignore", "CG602"], {"ignore": "CG601,CG602"}, True, False),
    ],
)
def test_what_nearly_everybody_writes_is_understood(
    arguments: list[str], lists: dict[str, str], types: bool, quiet: bool
) -> None:
    assert understood(arguments) == PlainWords("check", Path(), lists, types, quiet)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["watch"],
        ["check", "--help"],
        ["check", "--select"],
        ["check", "--select", "--no-types"],
        ["check", "--output-format", "json"],
        ["check", "backend"],
        ["check", "-C", "nowhere"],
        ["generate", "--no-types"],
        ["generate", "--select", "ALL"],
    ],
)
def test_what_is_not_certain_is_left_to_the_parser(arguments: list[str]) -> None:
    assert understood(arguments) is None
