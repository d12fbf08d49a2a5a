"""Comments that ignore, and what is told of them. A finding is written as `{rule:stretch}` into its source."""

from __future__ import annotations

import pytest

from convexgen.diagnostics import Diagnostic
from convexgen.rules.tool import TYPE_CHECK_FAILED
from convexgen.selection import judged_by_plan, judged_by_types, mistakes, tell, tell_writers
from convexgen.settings import Settings
from convexgen.source import SourceFile, Span
from tests.selection.findings import finding, lines_of, marked

HERE = Span("backend/a.py")


def told(text: str, settings: Settings = Settings(), types: tuple[Diagnostic, ...] | None = ()) -> list[str]:  # noqa: B008
    """Each finding that is told of `text`, mypy's among them, unless `types` is None."""
    source, found = marked(text)
    by_plan, by_types = judged_by_plan(found), judged_by_types(types)
    every = (*found, *mistakes([source]))
    return list(lines_of(tell(every, [source], settings, lambda rule: by_plan(rule) or by_types(rule))))


@pytest.mark.parametrize(
    "text",
    [
        "{redundant-index:x} = 1  # convexgen: ignore[redundant-index]\n",
        "{redundant-index:x} = 1 # convexgen: ignore[CG219]\n",
        "{redundant-index:x} = 1 #convexgen:ignore[ mypy , CG219, ]; {mypy:y}\n",
        "{redundant-index:x} = {mypy:1}  # convexgen: ignore [ALL]\n",
        "{redundant-index:x} = 1  # noqa: E501  # convexgen: ignore[CG2]\n",
        "{redundant-index:x} = {mypy:1}  # convexgen: ignore[CG2]  # convexgen: ignore[CG8]\n",
        "{redundant-index:x} = (\n    1,\n)  # convexgen: ignore[redundant-index]\n",
        "{redundant-index:x = (\n    1,\n)}  # convexgen: ignore[redundant-index]\n",
        "{redundant-index:x = (}  # convexgen: ignore[redundant-index]\n    1,\n)\n",
        "x = (\n    {redundant-index:1},  # convexgen: ignore[redundant-index]\n)\n",
        "x = (\n    {redundant-index:1},\n)  # convexgen: ignore[redundant-index]\n",
        'x = {redundant-index:"""\n\n"""}  # convexgen: ignore[redundant-index]\n',
        "{redundant-index:x} = 1 + \\\n    2  # convexgen: ignore[redundant-index]\n",
        "def {redundant-index:f}(\n    a\n):  # convexgen: ignore[redundant-index]\n    pass\n",
        "{redundant-index:if x:  # convexgen: ignore[redundant-index]\n    y\n    z}\n",
        "{redundant-index:if x:\n    y\n    z}  # convexgen: ignore[redundant-index]\n",
        '"""Doc."""\n# convexgen: ignore-file[redundant-index]\n\n{redundant-index:x}\n\n{redundant-index:y}\n',
        "# convexgen: ignore-file[mypy, CG2]\n{redundant-index:x}; {mypy:y}\n",
        "x = 1  # convexgen: ignore[unused-suppression, redundant-index]\n",
        "# convexgen: ignore-file[unused-suppression]\nx = 1  # convexgen: ignore[redundant-index]\n",
        "# convexgen: allow[field-removed] until 2027-01-01: nobody reads it\n",
        "# convexgen is a tool; convexgen: also\n",
        "x = '# convexgen: ignore[nonsense]'\n'''\n# convexgen: ignore\n'''\n",
    ],
)
def test_nothing_is_told(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{redundant-index:x}\n", ["1:1-2 redundant-index"]),
        (
            "# convexgen: ignore[redundant-index]\n{redundant-index:x}\n",
            ["1:21-36 unused-suppression", "2:1-2 redundant-index"],
        ),
        (
            "{redundant-index:x} = '''\n# convexgen: ignore[redundant-index]\n'''\n",
            ["1:1-2 redundant-index"],
        ),
        (
            "{redundant-index:x} = 1  # convexgen: ignore[mypy]\n",
            ["1:1-2 redundant-index", "1:28-32 unused-suppression"],
        ),
        (
            "{redundant-index:if x:\n    y  # convexgen: ignore[redundant-index]\n    z}\n",
            ["1:1-6 redundant-index", "2:28-43 unused-suppression"],
        ),
        (
            "x  # convexgen: ignore[mypy, CG219]\n",
            ["1:24-28 unused-suppression", "1:30-35 unused-suppression"],
        ),
        ("# convexgen: ignore-file[redundant-index]\nx = 1\n", ["1:26-41 unused-suppression"]),
        ("x = 1\n# convexgen: ignore-file[mypy]\n{mypy:y}\n", ["2:1-31 invalid-suppression", "3:1-2 mypy"]),
        ("{mypy:x}  # convexgen: ignore\n", ["1:1-2 mypy", "1:4-23 invalid-suppression"]),
        ("{mypy:x}  # convexgen: ignore[]\n", ["1:1-2 mypy", "1:4-25 invalid-suppression"]),
        ("{mypy:x}  # convexgen: ignore[mypy\n", ["1:1-2 mypy", "1:4-23 invalid-suppression"]),
        ("{mypy:x}  # convexgen: ingore[mypy]\n", ["1:1-2 mypy", "1:4-29 invalid-suppression"]),
        ("{mypy:x}  # convexgen: ignores-file[mypy]\n", ["1:1-2 mypy", "1:4-35 invalid-suppression"]),
        ("{mypy:x}  # convexgen: ignore[mypi]\n", ["1:1-2 mypy", "1:24-28 unknown-suppression"]),
        ("x  # convexgen: ignore[duplicate-table]\n", ["1:24-39 unsuppressible-rule"]),
        ("x  # convexgen: ignore[mypi, unknown-suppression]\n", []),
        ("é = {mypy:日}  # convexgen: ignore[CG2]\n", ["1:5-6 mypy", "1:28-31 unused-suppression"]),
        ("\ufeff{mypy:x}  # convexgen: ignore[CG2]\n", ["1:24-27 unused-suppression", "1:2-3 mypy"]),
    ],
)
def test_what_is_told(text: str, expected: list[str]) -> None:
    assert told(text) == sorted(
        expected, key=lambda line: (int(line.split(":")[0]), int(line.split(":")[1].split("-")[0]))
    )


def test_the_words_of_each_finding_about_a_comment() -> None:
    text = (
        "# convexgen: ignore[mypy]\n"
        "x = 1  # convexgen: ignore[mypy]\n"
        "y = 1  # convexgen: ignore[mypi]\n"
        "z = 1  # convexgen: ignore[CG203]\n"
        "# convexgen: ignore\n"
        "# convexgen: ignore-files[mypy]\n"
        "# convexgen: ignore-file[mypy]\n"
    )
    source, _ = marked(text)
    found = tell(mistakes([source]), [source], Settings(), judged_by_types(()))
    assert [(each.message, each.help, dict(each.facts)) for each in found] == [
        (
            "there is no `mypy` to ignore here",
            "write it behind the code that it is about, or remove it",
            {"selector": "mypy"},
        ),
        ("there is no `mypy` to ignore here", "remove it", {"selector": "mypy"}),
        ("there is no rule `mypi`", "did you mean `mypy`?", {"selector": "mypi"}),
        (
            "`CG203` cannot be ignored: nothing can be generated while it stands",
            "mend what it finds",
            {"selector": "CG203"},
        ),
        ("this comment names no rule to ignore", "write `# convexgen: ignore[NAME]`", {}),
        ("there is no comment `ignore-files`", "did you mean `ignore-file`?", {}),
        ("this comment stands below code, where it counts for nothing", "move it to the top", {}),
    ]
    assert not any(each.stops_generation for each in found)


def test_what_stops_generation_is_told_whatever_a_comment_says() -> None:
    text = "{duplicate-table:x} = {redundant-index:1}  # convexgen: ignore[ALL]\n"
    assert told(text) == ["1:1-2 duplicate-table"]


def test_a_comment_is_of_no_use_only_where_everything_was_looked_for() -> None:
    text = "x  # convexgen: ignore[mypy]\ny  # convexgen: ignore[redundant-index]\nz  # convexgen: ignore[ALL]\n"
    types, rest, both = "1:24-28 unused-suppression", "2:24-39 unused-suppression", "3:24-27 unused-suppression"
    assert told(text) == [types, rest, both]
    assert told(text, types=None) == [rest]
    assert told(text, types=(Diagnostic(TYPE_CHECK_FAILED, "", finding("mypy", HERE).primary),)) == [rest]
    assert told(text + "{duplicate-table:w}\n") == [types, "4:1-2 duplicate-table"]


def test_a_comment_about_what_is_not_selected_is_of_use_all_the_same() -> None:
    text = "{redundant-index:x}  # convexgen: ignore[redundant-index]\n"
    assert told(text, Settings(ignore=("redundant-index",))) == []
    assert told(text, Settings(select=("unused-suppression",))) == []


def test_findings_about_comments_are_selected_like_all_others() -> None:
    text = "x  # convexgen: ignore[mypi]\ny  # convexgen: ignore[redundant-index]\n"
    assert told(text, Settings(ignore=("unused-suppression",))) == ["1:24-28 unknown-suppression"]
    assert told(text, Settings(ignore=("CG9",))) == []
    assert told(text, Settings(per_file_ignores=(("a.py", ("CG91",)),))) == []


def test_only_a_whole_file_can_ignore_what_is_about_a_whole_file() -> None:
    source = SourceFile.of("backend/a.py", b"# convexgen: ignore-file[mypy]\n")
    assert tell([finding("mypy", HERE)], [source], Settings(), judged_by_types(())) == ()
    source = SourceFile.of("backend/a.py", b"x  # convexgen: ignore[mypy]\n")
    assert len(tell([finding("mypy", HERE)], [source], Settings(), judged_by_types(()))) == 2


def test_comments_count_in_their_own_file_only() -> None:
    sources = [SourceFile.of(f"backend/{name}.py", b"x  # convexgen: ignore[mypy]\n") for name in "ab"]
    found = [finding("mypy", Span("backend/b.py", 1, 1, 1, 2)), finding("mypy", Span("pyproject.toml", 1, 1, 1, 2))]
    kept = tell(found, sources, Settings(), judged_by_types(()))
    assert [(each.rule.name, each.primary.span.path) for each in kept] == [
        ("unused-suppression", "backend/a.py"),
        ("mypy", "pyproject.toml"),
    ]


def test_a_file_that_is_not_python_ignores_nothing() -> None:
    assert told("x = (  # convexgen: ignore[mypi]\n{syntax-error:)})\n") == ["2:1-2 syntax-error"]


def test_other_encodings_are_read() -> None:
    content = "# coding: latin-1\né = 1  # convexgen: ignore[mypy]\n".encode("latin-1")
    source = SourceFile.of("backend/a.py", content)
    assert tell([finding("mypy", Span("backend/a.py", 2, 1, 2, 2))], [source], Settings(), judged_by_types(())) == ()


def test_whoever_only_wants_files_written_hears_no_advice() -> None:
    text = "{redundant-index:x}\n{mypy:y}\n{redundant-index:z}  # convexgen: ignore[redundant-index, mypy, nonsense]\n"
    source, found = marked(text)
    assert list(lines_of(tell_writers(found, [source], Settings()))) == ["1:1-2 redundant-index"]
    assert tell_writers(found, [source], Settings(ignore=("CG2",))) == ()
