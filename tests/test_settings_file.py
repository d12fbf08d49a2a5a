"""Settings as users write them, right and wrong: the value that comes out, or the finding with its place."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convexgen.settings import AllowedChange, BreakingSettings, PythonOutput, Settings, SpecOutput, TypeScriptOutput
from convexgen.settings_file import is_plain, load
from convexgen.settings_sections import ValidationError, settings_of


def settings(text: str | None, environment: dict[str, str] | None = None, **overrides: str) -> Settings:
    loaded, findings = load(text, environment or {}, overrides)
    assert findings == ()
    assert loaded is not None
    return loaded


def complaints(text: str | None, environment: dict[str, str] | None = None, **overrides: str) -> list[str]:
    """Each finding as `line:column-end code message | help`, with no place where there is none."""
    loaded, findings = load(text, environment or {}, overrides)
    assert loaded is None
    lines = []
    for finding in findings:
        span = finding.primary.span
        place = f"{span.line}:{span.column}-{span.end_column} " if span.line else ""
        lines.append(f"{place}{finding.rule.code} {finding.message}" + (f" | {finding.help}" if finding.help else ""))
    return lines


@pytest.mark.parametrize("text", [None, "", "[project]\nname = 'x'\n", "[tool.other]\nx = 1\n", "tool = 3\n"])
def test_without_a_section_the_defaults_hold(text: str | None) -> None:
    assert settings(text) == Settings("backend", "camel", ())


def test_everything_that_can_be_set_with_dashes_or_underscores() -> None:
    text = """
    [tool.convexgen]
    source = "./src//functions/"
    naming = "preserve"
    [[tool.convexgen.outputs]]
    kind = "typescript"
    path = "web\\\\generated"
    file_type = "ts"
    include = ["a/*"]
    exclude = ["a/b"]
    visibility = "public"
    [[tool.convexgen.outputs]]
    kind = "python"
    path = "client"
    [[tool.convexgen.outputs]]
    kind = "spec"
    path = "spec/ir.json"
    format = "ir"
    """
    assert settings(dedent(text)) == Settings(
        "src/functions",
        "preserve",
        (
            TypeScriptOutput("web/generated", "ts", ("a/*",), ("a/b",), "public"),
            PythonOutput("client", (), (), "public"),
            SpecOutput("spec/ir.json", "ir", (), (), "all"),
        ),
    )
    assert settings('[tool.convexgen]\noutputs = [{kind = "typescript", path = "x", file-type = "ts"}]\n').outputs == (
        TypeScriptOutput("x", "ts"),
    )


def test_the_command_line_wins_over_the_environment_and_that_over_the_file() -> None:
    text = '[tool.convexgen]\nsource = "file"\nnaming = "preserve"\n'
    environment = {"CONVEXGEN_SOURCE": "environment", "CONVEXGEN_NAMING": "", "CONVEXGEN_CACHE_DIR": "/x"}
    assert settings(text) == Settings("file", "preserve")
    assert settings(text, environment) == Settings("environment", "preserve")
    assert settings(text, environment, source="option") == Settings("option", "preserve")


def test_which_findings_are_told_can_be_set_everywhere() -> None:
    text = """
    [tool.convexgen]
    select = ["CG2", "mypy"]
    extend_select = []
    ignore = ["CG5"]
    [tool.convexgen.per-file-ignores]
    "backend/my_old_*.py" = ["ALL"]
    "test*" = []
    """
    per_file = (("backend/my_old_*.py", ("ALL",)), ("test*", ()))
    environment = {"CONVEXGEN_IGNORE": "mypy, CG2,", "CONVEXGEN_EXTEND_SELECT": "CG219", "CONVEXGEN_SELECT": ""}
    assert settings(dedent(text)) == Settings(select=("CG2", "mypy"), ignore=("CG5",), per_file_ignores=per_file)
    assert settings(dedent(text), environment, select="ALL") == Settings(
        select=("ALL",), extend_select=("CG219",), ignore=("mypy", "CG2"), per_file_ignores=per_file
    )


def test_a_selector_from_elsewhere_is_complained_about_there() -> None:
    assert complaints("", {"CONVEXGEN_IGNORE": "mypi,duplicate-table"}, **{"extend-select": "mypo"}) == [
        "CG903 the environment variable CONVEXGEN_IGNORE: `duplicate-table` cannot be ignored: "
        "nothing can be generated while it stands | mend what it finds",
        "CG903 the environment variable CONVEXGEN_IGNORE: there is no rule `mypi` | did you mean `mypy`?",
        "CG903 the option --extend-select: there is no rule `mypo` | did you mean `mypy`?",
    ]


def test_a_wrong_value_in_the_file_is_no_matter_where_it_is_overridden() -> None:
    assert settings('[tool.convexgen]\nsource = "../out"\n', {}, source="inside") == Settings("inside")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[tool.convexgen]\nsource = "x"\nnamin = "camel"\n',
            ["3:1-6 CG902 there is no setting `namin` | did you mean `naming`?"],
        ),
        (
            "[tool.convexgen]\nzzz = 1\n",
            [
                "2:1-4 CG902 there is no setting `zzz` | there are `source`, `naming`, `outputs`, `select`, "
                "`extend-select`, `ignore`, `per-file-ignores`, `breaking`"
            ],
        ),
        (
            '[[tool.convexgen.outputs]]\nkind = "python"\npath = "a"\n\n'
            '[[tool.convexgen.outputs]]\nkind = "typescript"\npath = "b"\nfile_typ = "ts"\n',
            ["8:1-9 CG902 there is no setting `outputs[1].file-typ` | did you mean `file-type`?"],
        ),
        (
            '[[tool.convexgen.outputs]]\nkind = "python"\npath = "a"\nfile-type = "ts"\n',
            [
                "4:1-10 CG902 there is no setting `outputs[0].file-type`"
                " | there are `path`, `include`, `exclude`, `kind`, `visibility`"
            ],
        ),
        (
            '[tool.convexgen]\nnaming = "Camel"\nsource = ""\n',
            [
                "2:1-7 CG903 `naming` cannot be 'Camel' | did you mean 'camel'?",
                "3:1-7 CG903 `source` must not be empty",
            ],
        ),
        (
            "[tool.convexgen]\nnaming = 3\n",
            ["2:1-7 CG903 `naming` cannot be 3 | write one of 'camel', 'preserve'"],
        ),
        ("[tool.convexgen]\nsource = 3\n", ["2:1-7 CG903 `source` must be a text"]),
        ("[tool.convexgen]\noutputs = 3\n", ["2:1-8 CG903 `outputs` must be a list"]),
        (
            "[tool.convexgen]\nselect = 3\nignore = ['mypy', 4]\nper-file-ignores = []\n",
            [
                "2:1-7 CG903 `select` must be a list",
                "3:1-7 CG903 `ignore[1]` must be a text",
                "4:1-17 CG903 `per-file-ignores` must be a table",
            ],
        ),
        (
            "[tool.convexgen]\nselect = ['mypy', 'mypi']\n"
            "extend-select = [\n  \"cg801\",\n]\nignore = ['CG5', 'CG4']\n",
            [
                "2:20-24 CG903 there is no rule `mypi` | did you mean `mypy`?",
                "4:4-9 CG903 there is no rule `cg801` | did you mean `CG801`?",
                "6:19-22 CG903 `CG4` cannot be ignored: nothing can be generated while it stands | mend what it finds",
            ],
        ),
        (
            "[tool.convexgen.per-file-ignores]\n\"a_b/*\" = ['ALL', 'syntax-error']\n",
            [
                "2:20-32 CG903 `syntax-error` cannot be ignored: nothing can be checked while it stands"
                " | mend what it finds"
            ],
        ),
        (
            "[tool.convexgen]\nper-file-ignores = { \"a_b/*\" = ['x'] }\n",
            ["2:34-35 CG903 there is no rule `x`"],
        ),
        ("[tool]\nconvexgen = 3\n", ["2:1-10 CG903 `tool.convexgen` must be a table"]),
        (
            '[tool.convexgen]\noutputs = [\n  { kind = "spec", path = "x.txt" },\n  { path = "y" },\n]\n',
            [
                "3:20-24 CG903 `outputs[0].path` must end in `.json`",
                "4:3-17 CG903 `outputs[1]` does not say its `kind` | write one of 'typescript', 'python', 'spec'",
            ],
        ),
        (
            '[[tool.convexgen.outputs]]\nkind = "pyton"\npath = "x"\n',
            ["1:3-25 CG903 `outputs[0]` is of no known kind: 'pyton' | did you mean 'python'?"],
        ),
        ('[[tool.convexgen.outputs]]\nkind = "python"\n', ["1:3-25 CG903 `outputs[0].path` is missing"]),
        (
            '[[tool.convexgen.outputs]]\nkind = "python"\npath = "x"\ninclude = "a"\n',
            ["4:1-8 CG903 `outputs[0].include` must be a list"],
        ),
    ],
)
def test_a_wrong_setting_is_found_at_its_line(text: str, expected: list[str]) -> None:
    assert complaints(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = [1\n", "2:1-2 CG901 this is not valid TOML: unclosed array"),
        ("[tool.convexgen\nsource = 1\n", "1:16-17 CG901 this is not valid TOML: expected ']' at the end of a table"),
        ("a = 1\nb = = 2\n", "2:5-6 CG901 this is not valid TOML: invalid value"),
    ],
)
def test_a_syntax_error_is_found_at_its_line(text: str, expected: str) -> None:
    [complaint] = complaints(text)
    assert complaint.startswith(expected)


@pytest.mark.parametrize("path", ["..", "../x", "a/../../x", "/x", "C:/x", "c:\\x"])
def test_paths_stay_in_the_project(path: str) -> None:
    [complaint] = complaints(f"[tool.convexgen]\nsource = '{path}'\n")
    assert complaint.startswith("2:1-7 CG904 `source` leads out of the project: ")
    [complaint] = complaints(f"[[tool.convexgen.outputs]]\nkind = 'python'\npath = '{path}'\n")
    assert complaint.startswith("3:1-5 CG904 an output leads out of the project: ")


def test_the_root_itself_is_not_a_functions_folder() -> None:
    assert complaints('[tool.convexgen]\nsource = "."\n') == [
        "2:1-7 CG903 `source` must be a folder of its own below the project's root"
    ]


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        ("kind='python',path='backend'", "kind='spec',path='x.json'", "an output at `backend` would take in the f"),
        ("kind='typescript',path='.'", "kind='spec',path='x.json'", "an output at `.` would take in the functions f"),
        ("kind='typescript',path='a'", "kind='python',path='A'", "two outputs go to `A`"),
        ("kind='python',path='a/b'", "kind='typescript',path='a/b/c'", "an output at `a/b/c` would lie inside the Pyt"),
        ("kind='spec',path='a.json'", "kind='python',path='a.json/b'", "an output at `a.json/b` would lie inside the "),
    ],
)
def test_outputs_keep_out_of_each_other_and_of_the_sources(first: str, second: str, complaint: str) -> None:
    [found] = complaints(f"[tool.convexgen]\noutputs = [{{{first}}}, {{{second}}}]\n")
    assert f" CG905 {complaint}" in found


def test_the_python_client_may_lie_inside_the_typescript_folder_as_it_does_by_default() -> None:
    text = "[tool.convexgen]\noutputs = [{kind='typescript',path='a'}, {kind='python',path='a/client'}]\n"
    assert settings(text).outputs == (TypeScriptOutput("a"), PythonOutput("a/client"))


def test_a_functions_folder_that_hides_the_convex_package_is_a_warning() -> None:
    loaded, findings = load('[tool.convexgen]\nsource = "convex"\n', {}, {})
    assert loaded == Settings("convex")
    assert [(finding.rule.name, finding.primary.span.line) for finding in findings] == [("shadowed-package", 2)]


@pytest.mark.parametrize(
    ("environment", "overrides", "expected"),
    [
        ({"CONVEXGEN_NAMING": "snake"}, {}, "CG903 the environment variable CONVEXGEN_NAMING: `naming` cannot be"),
        ({}, {"naming": "snake"}, "CG903 the option --naming: `naming` cannot be 'snake'"),
    ],
)
def test_a_wrong_value_from_elsewhere_is_not_blamed_on_the_file(
    environment: dict[str, str], overrides: dict[str, str], expected: str
) -> None:
    [complaint] = complaints('[tool.convexgen]\nnaming = "camel"\n', environment, **overrides)
    assert complaint.startswith(expected)


@given(st.text() | st.text(alphabet='[]{}="\n.#ab').map(lambda text: f"[tool.convexgen]\n{text}"))
def test_whatever_stands_in_the_file_nothing_is_raised(text: str) -> None:
    loaded, findings = load(text, {}, {})
    assert loaded is not None or findings


def test_changes_are_allowed_and_judged() -> None:
    text = """
    [tool.convexgen.breaking]
    severities = { index_removed = "dangerous", type-widened = "safe" }
    [[tool.convexgen.breaking.allow]]
    rule = "function-removed"
    change = "messages.send"
    until = 2026-01-31
    reason = "nobody calls it"
    """
    assert settings(dedent(text)).breaking == BreakingSettings(
        (("index-removed", "dangerous"), ("type-widened", "safe")),
        (AllowedChange("function-removed", "messages.send", date(2026, 1, 31), "nobody calls it"),),
    )


def test_what_is_wrong_with_allowed_changes_is_found_at_its_line() -> None:
    text = (
        "[tool.convexgen.breaking]\nseverities = { index-removed = 'bad' }\nx = 1\n"
        "[[tool.convexgen.breaking.allow]]\nrule = 'function-removed'\nchange = ''\nuntil = '2026-01-31'\n"
    )
    assert complaints(text) == [
        "2:1-11 CG903 `breaking.severities.index-removed` cannot be 'bad' "
        "| write one of 'breaking', 'dangerous', 'safe'",
        "3:1-2 CG902 there is no setting `breaking.x` | there are `severities`, `allow`",
        "4:3-32 CG903 `breaking.allow[0].reason` is missing",
        "6:1-7 CG903 `breaking.allow[0].change` must not be empty",
        "7:1-6 CG903 `breaking.allow[0].until` must be a day without quotes, such as 2030-01-31",
    ]
    named = (
        "severities = { index-remove = 'safe' }\n"
        "allow = [{ rule = 'CG701', change = 'x', until = 2026-01-31, reason = '…' }]"
    )
    assert complaints(f"[tool.convexgen.breaking]\n{named}\n") == [
        "2:1-11 CG903 there is no rule `index-remove` about changes | did you mean `index-removed`?",
        "3:12-16 CG903 there is no rule `CG701` about changes | name a rule whose code begins with CG7",
        "3:62-68 CG903 `breaking.allow[0].reason` does not say why | write why nothing breaks",
    ]


TEXTS = ["", "backend", "./src//f/", r"a\b", "camel", "preserve", "snake"]
SELECTORS: list[list[object]] = [[], ["CG6"], ["ALL", "CG601"], [3]]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **{key: st.sampled_from([*TEXTS, 3, True, ["camel"], {}]) for key in ("source", "naming")},
            **{key: st.sampled_from([*SELECTORS, "ALL", 3, {}]) for key in ("select", "extend-select", "ignore")},
        },
    )
)
def test_what_is_read_without_pydantic_is_what_pydantic_makes_of_it(values: dict[str, object]) -> None:
    text = "[tool.convexgen]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
    try:
        expected = settings_of(values)
    except ValidationError:
        assert not is_plain(text, {}, {})
        assert load(text, {}, {})[0] is None
    else:
        assert is_plain(text, {}, {})
        assert load(text, {}, {})[0] == expected


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


@pytest.mark.parametrize(
    ("text", "environment", "overrides", "plain"),
    [
        (None, {}, {}, True),
        ("[tool.convexgen]\nnaming = 'camel'\n", {"CONVEXGEN_SOURCE": "src"}, {"naming": "preserve"}, True),
        ("[tool.convexgen]\nselect = ['ALL']\n", {}, {}, True),
        ("[tool.convexgen]\nselect = 'ALL'\n", {}, {}, False),
        ("[tool.convexgen]\n", {"CONVEXGEN_IGNORE": "CG6"}, {}, True),
        ("[tool.convexgen]\n", {}, {"select": "ALL"}, True),
        ("[tool.convexgen]\nper-file-ignores = {}\n", {}, {}, False),
        ("[tool.convexgen]\nnaming = 'camel'\n", {}, {"naming": "kebab"}, False),
        ("[tool.convexgen\n", {}, {}, True),
        ("[tool]\nconvexgen = 3\n", {}, {}, True),
    ],
)
def test_what_takes_pydantic_to_be_read(
    text: str | None, environment: dict[str, str], overrides: dict[str, str], plain: bool
) -> None:
    assert is_plain(text, environment, overrides) is plain
