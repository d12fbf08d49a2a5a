"""Reads the pages of rules (`convexgen/rules/NAME.md`), so that their examples can be run.

A page has a title, the rule's summary as a sentence, and four sections:

    # missing-table-name (CG202)

    A table has no name.

    ## What it does
    ## Why it matters
    ## Example
    ## Instead

**Files.** In the last two sections, a fenced block with a title is a file of the project:

    ```python title="backend/schema.py"

Only these files make up the project, so they import what they use. Blocks without a title are only to be read. Words
after the title:

- `later`: the file came to be like this after clients had been generated from the other files. In an example with such
  a file, findings about outputs that are out of date are told too; on a page of CG7xx, those of `convexgen breaking`
  instead. `deleted` is a file that is gone since, `appended` one that had the lines added at its end.
- `typed`: mypy looks at the project too, if any of its files says so.
- `tested-in="tests/…"`: the example is not run, and the named test shows that the rule fires.

Files of the example that have no mark, and that *Instead* does not show again, are the same there. Of a file that
*Instead* shows as `later`, that goes for what it was before.

**Marks.** A comment line with carets is not part of the file. It says that the characters above the carets are the
primary span of a finding:

        name: str
    #   ^^^^ system-field

`ruff format` has a `#` stand where a comment stands in Python, with a space behind it. Where that leaves no room, the
carets stand without a `#`. An empty span, where something is missing, has one caret. Where a span goes on for more
lines, `…` follows the carets, and only its beginning is compared.

A finding about a whole file is marked on the first line of its block: `# stale-output: this file` (`//` where that
begins a comment). A block with such marks and nothing else leaves the file as it is, or absent. A title that ends in
`/` names a folder, with the mark `# missing-source: this folder`.

**Numbers.** A line that ends in `# … to 1025` stands for itself, in which everything is numbered 1, and for the same
line with 2, 3 and so on up to 1025.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import convexgen.rules
from convexgen.source import Span

FOLDER = Path(convexgen.rules.__file__).parent
SECTIONS = ["What it does", "Why it matters", "Example", "Instead"]
LATER = {"later", "deleted", "appended"}
WORDS = {*LATER, "typed"}

_FENCE = re.compile(r"^```(?P<language>[a-z]+)(?P<words>.*)\n(?P<text>(?:.*\n)*?)```$", re.MULTILINE)
_SPAN_MARK = re.compile(r"^\s*(?:#\s*)?(?P<carets>\^+)(?P<open>…?) (?P<rule>[a-z-]+)$")
_FILE_MARK = re.compile(r"^(?:#|//) (?P<rule>[a-z-]+): this (?:file|folder)$")
_NUMBERED = re.compile(r"^(?P<line>.*)  # … to (?P<last>\d+)$")


class PageError(Exception):
    """A page is not in the form that this module's docstring describes."""


class Mark(NamedTuple):
    """A finding that is expected: its rule and its primary span, the end left out where that is on another line."""

    rule: str
    span: Span


@dataclass(frozen=True, slots=True)
class File:
    """A file of an example. `text` is None where the block says nothing of its content."""

    path: str
    text: str | None
    marks: tuple[Mark, ...]
    words: frozenset[str]
    tested_in: str | None

    @property
    def is_later(self) -> bool:
        """Whether it only came to be like this after something had been generated."""
        return not self.words.isdisjoint(LATER)

    def is_replaced_by(self, other: File) -> bool:
        """Whether nothing of this file is left where `other` is."""
        return self.path == other.path and (self.is_later or not other.is_later)


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    code: str
    summary: str
    example: tuple[File, ...]
    instead: tuple[File, ...]

    @property
    def tested_in(self) -> str | None:
        """The test that stands for the example."""
        return next((file.tested_in for file in self.example if file.tested_in), None)


def page_names() -> list[str]:
    """The names of all pages."""
    return sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")


def read_page(name: str) -> Page:
    return parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def parse(text: str) -> Page:
    """The page that `text` is. Raises `PageError` for one in another form."""
    head, *sections = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    title = re.fullmatch(r"# ([a-z-]+) \((CG\d{3})\)\n\n(.+)\n\n", head)
    if title is None:
        raise PageError(f"the page does not begin with `# name (CODE)` and one sentence: {head!r}")
    if sections[::2] != SECTIONS:
        raise PageError(f"the sections are {sections[::2]}, not {SECTIONS}")
    if not all(body.strip() for body in sections[1::2]):
        raise PageError("a section is empty")
    example, instead = (tuple(_files(body)) for body in sections[5::2])
    if any(file.marks for file in instead):
        raise PageError("a finding is marked in *Instead*")
    kept = tuple(file for file in example if not file.marks and not any(file.is_replaced_by(each) for each in instead))
    return Page(title[1], title[2], title[3], example, (*kept, *instead))


def _files(section: str) -> Iterator[File]:
    fences = list(_FENCE.finditer(section))
    if len(re.findall(r"^```", section, re.MULTILINE)) != 2 * len(fences):
        raise PageError("a fenced block does not say its language, or does not end")
    for fence in fences:
        words = shlex.split(fence["words"])
        attributes = dict(word.split("=", 1) for word in words if "=" in word)
        plain = frozenset(word for word in words if "=" not in word)
        if not plain <= WORDS or not attributes.keys() <= {"title", "tested-in"}:
            raise PageError(f"unknown words after ```: {fence['words']}")
        if "title" in attributes:
            path = attributes["title"]
            text, marks = _without_marks(path.rstrip("/"), fence["text"])
            yield File(path, None if marks and not text else text, marks, plain, attributes.get("tested-in"))


def _without_marks(path: str, text: str) -> tuple[str, tuple[Mark, ...]]:
    """The content of a file, and what is expected of it."""
    lines: list[str] = []
    marks: list[Mark] = []
    for line in text.splitlines():
        if found := _SPAN_MARK.match(line):
            marks.append(_span_mark(path, len(lines), found))
        elif not lines and (found := _FILE_MARK.match(line)):
            marks.append(Mark(found["rule"], Span(path)))
        elif "^^" in line or ": this f" in line:
            raise PageError(f"a mark that cannot be read: {line}")
        else:
            lines.extend(_numbered(line))
    return "".join(f"{line}\n" for line in lines), tuple(marks)


def _span_mark(path: str, line: int, found: re.Match[str]) -> Mark:
    column = found.start("carets") + 1
    span = Span(path, line, column) if found["open"] else Span(path, line, column, line, found.end("carets") + 1)
    return Mark(found["rule"], span)


def _numbered(line: str) -> Iterator[str]:
    found = _NUMBERED.match(line)
    if found is None:
        yield line
        return
    for number in range(1, int(found["last"]) + 1):
        yield re.sub(r"(?<!\d)1(?!\d)", str(number), found["line"])
