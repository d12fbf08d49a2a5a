"""Command lines of `generate` and `check` that are understood without a parser of command lines, which costs much.

What is not certain to mean here what it means there is left to that parser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_LISTS = ("--select", "--extend-select", "--ignore")
_FLAGS = {"--no-types": "--no-types", "-q": "--quiet", "--quiet": "--quiet"}
_FOLDER = ("-C", "--project")


class PlainWords(NamedTuple):
    """A command line. `lists` has those of rules that it gives, by the names of the settings that they stand for."""

    command: str
    directory: Path
    lists: dict[str, str]
    types: bool = True
    quiet: bool = False


def understood(arguments: Sequence[str]) -> PlainWords | None:
    """What a command line means; None if only the parser can tell."""
    if arguments[:1] not in (["generate"], ["check"]):
        return None
    command = arguments[0]
    given: dict[str, list[str]] = {}
    for word, value in _options(arguments[1:]):
        if word not in (*_FOLDER, *(() if command == "generate" else (*_LISTS, *_FLAGS))) or value is None:
            return None
        given.setdefault(_FLAGS.get(word, "-C" if word in _FOLDER else word), []).append(value)
    directory = Path(given.get("-C", ["."])[-1])
    if not directory.is_dir():
        return None  # the parser has words for that
    lists = {word.removeprefix("--"): ",".join(given[word]) for word in _LISTS if word in given}
    return PlainWords(command, directory, lists, "--no-types" not in given, "--quiet" in given)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """The options with their values: none has `""`, and None stands for what is not certain."""
    rest = iter(words)
    for word in rest:
        name, joined, value = word.partition("=")
        if word in _FLAGS:
            yield word, ""
        elif joined and name.startswith("--"):
            yield name, None if name in _FLAGS else value
        else:
            value = next(rest, "-")
            yield word, None if value.startswith("-") else value
