"""How pages are read: what is a file, what is a mark, and what a page must not look like."""

from __future__ import annotations

import pytest

from convexgen.source import Span
from tests.rules.pages import File, Mark, Page, PageError, parse

HEAD = "# some-rule (CG999)\n\nSomething is wrong.\n\n"
FENCE = "```"


def page(example: str, instead: str = "Nothing.\n") -> str:
    return (
        f"{HEAD}## What it does\n\nIt.\n\n## Why it matters\n\nSo.\n\n## Example\n\n{example}\n## Instead\n\n{instead}"
    )


def block(title: str, text: str, words: str = "") -> str:
    return f'{FENCE}python title="{title}"{words}\n{text}{FENCE}\n'


def example(text: str, title: str = "backend/a.py", words: str = "") -> File:
    (file,) = parse(page(block(title, text, words))).example
    return file


def span(line: int, column: int, end_column: int) -> Span:
    return Span("backend/a.py", line, column, line, end_column)


def test_a_page_has_a_title_a_sentence_and_files() -> None:
    files = block("backend/a.py", "x = 1\n")
    text = page(f"Before.\n\n{files}\n{FENCE}console\n$ ls\n{FENCE}\n", block("b.py", ""))
    a, b = (File(path, text, (), frozenset(), None) for path, text in (("backend/a.py", "x = 1\n"), ("b.py", "")))
    assert parse(text) == Page("some-rule", "CG999", "Something is wrong.", (a,), (a, b))


@pytest.mark.parametrize(
    ("mark", "marked"),
    [
        ("#   ^^ some-rule", span(1, 5, 7)),
        ("    # ^ some-rule", span(1, 7, 8)),
        ("^^^^ some-rule", span(1, 1, 5)),
        (" ^^^ some-rule", span(1, 2, 5)),
        ("#   ^^… some-rule", Span("backend/a.py", 1, 5)),
    ],
)
def test_carets_mark_a_span_of_the_line_above(mark: str, marked: Span) -> None:
    file = example(f"x = 12345\n{mark}\n# a comment\n")
    assert (file.text, file.marks) == ("x = 12345\n# a comment\n", (Mark("some-rule", marked),))


def test_marks_below_one_another_are_about_one_line() -> None:
    file = example("x = 1\n^ some-rule\n#   ^ other-rule\ny = 2\n^ some-rule\n")
    assert [(mark.rule, mark.span.line) for mark in file.marks] == [
        ("some-rule", 1),
        ("other-rule", 1),
        ("some-rule", 2),
    ]


@pytest.mark.parametrize(
    ("comment", "path"), [("# some-rule: this file", "a.toml"), ("// some-rule: this file", "a.js")]
)
def test_the_first_line_marks_the_whole_file(comment: str, path: str) -> None:
    whole = (Mark("some-rule", Span(path)),)
    assert example(f"{comment}\nx\n", path) == File(path, "x\n", whole, frozenset(), None)
    assert example(f"{comment}\n", path) == File(path, None, whole, frozenset(), None)


def test_a_folder_is_marked_without_its_slash() -> None:
    assert example("# some-rule: this folder\n", "backend/").marks == (Mark("some-rule", Span("backend")),)


def test_words_after_the_title_say_when_and_where() -> None:
    assert example("", words=" later").is_later
    assert not example("", words=" typed").is_later
    text = page(block("a.py", "", ' tested-in="tests/a.py"'))
    assert parse(text).tested_in == "tests/a.py"


def test_a_numbered_line_stands_for_many() -> None:
    assert example("    f_1: T1 = 11  # … to 3\n").text == "".join(f"    f_{n}: T{n} = 11\n" for n in (1, 2, 3))


def test_instead_keeps_the_files_that_were_right() -> None:
    files = block("a.py", "x\n") + block("b.py", "y\n# ^ some-rule\n") + block("c.py", "z\n# ^ some-rule\n")
    instead = parse(page(files, block("c.py", "w\n"))).instead
    assert [(file.path, file.text) for file in instead] == [("a.py", "x\n"), ("c.py", "w\n")]


@pytest.mark.parametrize(
    ("words", "kept"), [("", ["new"]), (" later", ["old", "new"])], ids=["from the first", "later"]
)
def test_instead_may_change_what_comes_later(words: str, kept: list[str]) -> None:
    files = block("a.py", "old\n") + block("a.py", "wrong\n", " later")
    instead = parse(page(files, block("a.py", "new\n", words))).instead
    assert [file.text for file in instead] == [f"{text}\n" for text in kept]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (page("").replace(" (CG999)", ""), "does not begin with"),
        (page("").replace("Something is wrong.\n\n", ""), "does not begin with"),
        (page("Text.\n").replace("## Instead", "## In place of it"), "the sections are"),
        (page("Text.\n").replace("It.\n", ""), "a section is empty"),
        (page(block("a.py", "x\n"), block("a.py", "x\n^ some-rule\n")), "marked in"),
        (page(block("a.py", "x\n", " soon")), "unknown words"),
        (page(block("a.py", "x\n").replace("python", "")), "does not say its language"),
        (page(block("a.py", "x\n").removesuffix(f"{FENCE}\n")), "does not end"),
        (page(block("a.py", "x\n", ' name="b"')), "unknown words"),
        (page(block("a.py", "x = 1\n# ^^^ Some Rule\n")), "a mark that cannot be read"),
        (page(block("a.py", "x = 1\n# some-rule: this file\n")), "a mark that cannot be read"),
    ],
)
def test_what_is_no_page(text: str, complaint: str) -> None:
    with pytest.raises(PageError, match=complaint):
        parse(text)
