"""What holds for every mend: its finding is gone, nothing else came, nothing else changed, and once is enough."""

from __future__ import annotations

import ast
import difflib
import io
import tokenize
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convexgen.discover import discover
from convexgen.fix import Fixed, fix
from convexgen.plan import compile_ir
from convexgen.rules import ALL
from convexgen.settings import Settings
from convexgen.snapshot import Snapshot
from convexgen.source import SourceFile
from tests.analysis.test_mistakes import CASES
from tests.fix import call_cases
from tests.fix.planting import Planting, planted, plantings
from tests.fix.projects import Content, contents, counted, findings, mended, snapshot
from tests.fixtures.projects import FIXTURE_PROJECTS, Fixture
from tests.strategies.programs import Program, programs

MISTAKES: dict[str, dict[str, Content]] = {
    name: {path: text.encode("utf-8", "surrogateescape") for path, text in files.items()}
    for name, files in CASES.items()
}
RULES = {rule.name: rule for rule in ALL}
UNSAFE = pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
EVERY_MISTAKE = pytest.mark.parametrize("name", MISTAKES)


@cache
def _mended(name: str, *, unsafe: bool = True) -> Fixed:
    return mended(MISTAKES[name], unsafe=unsafe)


@UNSAFE
@EVERY_MISTAKE
def test_what_was_mended_is_gone_and_nothing_came(name: str, unsafe: bool) -> None:
    fixed = _mended(name, unsafe=unsafe)
    assert fixed.remaining == findings(fixed.snapshot)
    assert counted(fixed.remaining) == counted(findings(snapshot(MISTAKES[name]))) - counted(
        tuple(each.finding for each in fixed.mended)
    )
    assert bool(fixed.changes) == bool(fixed.mended)


@EVERY_MISTAKE
def test_once_is_enough(name: str) -> None:
    fixed = _mended(name)
    again = fix(fixed.snapshot, Settings(), unsafe=True)
    assert (again.changes, again.mended, again.remaining) == ((), (), fixed.remaining)


@EVERY_MISTAKE
def test_only_the_statements_that_findings_are_about_change(name: str) -> None:
    renames = any(each.finding.rule.name == "unresolved-import" for each in _mended(name).mended)
    for change in _mended(name).changes:
        assert change.before is not None and change.after is not None
        before, after = change.before.splitlines(), change.after.splitlines()
        allowed = _lines_of_findings(snapshot(MISTAKES[name]), change.path, change.before)
        for kind, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind == "insert":
                assert all(line.startswith("from ") for line in after[first:last])
            elif kind != "equal" and not renames:  # a name goes wherever the file has it
                assert set(range(start + 1, end + 1)) <= allowed
        assert _comments(change.before) == _comments(change.after)


def _lines_of_findings(project: Snapshot, path: str, text: str) -> set[int]:
    """The lines of the statements that findings point into, up to the body if they have one, and of our import."""
    statements = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    allowed: set[int] = set()
    for statement in statements:
        body = getattr(statement, "body", None)
        first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))])
        last = max(body[0].lineno - 1, statement.lineno) if body else statement.end_lineno or statement.lineno
        lines = set(range(first, last + 1))
        is_import = isinstance(statement, ast.ImportFrom) and statement.module == "convexgen"
        places = [each.primary.span for each in findings(project) if each.primary.span.path == path]
        if is_import or any(span.line in lines for span in places):
            allowed |= lines
    return allowed


def _comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "line ends of Windows": lambda text: text.replace(b"\n", b"\r\n"),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "an encoding": lambda text: b"# -*- coding: utf-8 -*-\n" + text,
    "tabs": lambda text: text.replace(b"    ", b"\t"),
    "no line end": lambda text: text.rstrip(b"\n"),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_a_file_stays(form: str) -> None:
    reform = FORMS[form]
    for name, mistaken in MISTAKES.items():
        if _mended(name).changes:
            files: dict[str, Content] = {
                source.path.removeprefix("backend/"): reform(source.content) for source in snapshot(mistaken).sources
            }
            expected = {path: reform(text) for path, text in contents(_mended(name)).items()}
            assert contents(mended(files, unsafe=True)) == expected
    for case in (*call_cases.SAFE.values(), *call_cases.ONLY_UNSAFE.values()):
        fixed = mended({"schema.py": call_cases.SCHEMA, "messages.py": reform(case.before.encode())}, unsafe=True)
        assert contents(fixed)["messages.py"] == reform(case.after.encode())


@cache
def _sound(fixture: Fixture) -> Snapshot:
    return discover(fixture.root, Settings(source=fixture.source))


def _assert_undone(sound: Snapshot, configured: Settings, chosen: Mapping[str, list[Planting]]) -> Fixed:
    """With these mistakes in it, by path, the project is mended to what it was."""
    sources = tuple(
        SourceFile.of(each.path, planted(each.content.decode(), chosen.get(each.path, [])).encode())
        for each in sound.sources
    )
    fixed = fix(Snapshot(sources, {}), configured, unsafe=False)
    assert fixed.remaining == findings(sound, configured)
    assert {each.path: each.content.decode() for each in fixed.snapshot.sources} == {
        each.path: each.content.decode() for each in sound.sources
    }
    changed = {each.path for each, other in zip(sources, sound.sources, strict=True) if each != other}
    assert {change.path for change in fixed.changes} == changed
    return fixed


ADVICE = {
    name: case
    for name, case in {**call_cases.SAFE, **call_cases.ONLY_UNSAFE}.items()
    if all(RULES[rule].advisory for rule in case.rules)
}


@pytest.mark.parametrize("name", ADVICE)
def test_mends_of_advice_change_nothing_that_clients_see(name: str) -> None:
    files = {"schema.py": call_cases.SCHEMA, "messages.py": ADVICE[name].before}
    before, _ = compile_ir(snapshot(files), Settings())
    after, _ = compile_ir(mended(files, unsafe=True).snapshot, Settings())
    assert before is not None
    assert before == after


def _possible(sound: Snapshot) -> dict[str, list[Planting]]:
    return {each.path: plantings(each.content.decode()) for each in sound.sources}


def test_many_mistakes_of_a_real_project_are_undone_to_the_byte(fixture_project: Fixture) -> None:
    sound = _sound(fixture_project)
    chosen = {path: found[::-2] for path, found in _possible(sound).items()}
    fixed = _assert_undone(sound, Settings(source=fixture_project.source), chosen)
    assert len(fixed.mended) > 20


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_mistakes_of_a_real_project_are_undone_to_the_byte(data: st.DataObject) -> None:
    fixture = data.draw(st.sampled_from(FIXTURE_PROJECTS))
    sound = _sound(fixture)
    _assert_undone(sound, Settings(source=fixture.source), _drawn(data, _possible(sound)))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(program=programs(), data=st.data())
def test_any_mistakes_of_any_program_are_undone_to_the_byte(program: Program, data: st.DataObject) -> None:
    sound = program.snapshot()
    _assert_undone(sound, program.settings, _drawn(data, _possible(sound)))


def _drawn(data: st.DataObject, possible: Mapping[str, list[Planting]]) -> dict[str, list[Planting]]:
    listed = [(path, planting) for path, found in possible.items() for planting in found]
    drawn = data.draw(st.lists(st.sampled_from(listed), max_size=12, unique=True)) if listed else []
    return {path: [planting for at, planting in drawn if at == path] for path in possible}


def test_every_kind_of_mistake_is_planted_somewhere() -> None:
    kinds = Counter(
        planting.rule
        for fixture in FIXTURE_PROJECTS
        for source in _sound(fixture).sources
        for planting in plantings(source.content.decode())
    )
    assert set(kinds) == {
        "decorator-call",
        "default-type",
        "duplicate-index",
        "misplaced-unset",
        "missing-return-type",
        "not-async",
        "system-field-in-index",
        "unawaited-call",
        "unknown-name",
        "unused-suppression",
        "wrong-context",
    }
