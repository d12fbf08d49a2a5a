"""Decisions about pictures of a project, without a disk or a clock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from convexgen.diagnostics import Diagnostic, Label, Rule
from convexgen.rules.reading import SYNTAX_ERROR
from convexgen.rules.schema import REDUNDANT_INDEX
from convexgen.rules.tool import INVALID_SETTING, MISSING_SOURCE, SHADOWED_PACKAGE, TYPE_ERROR, UNUSED_SUPPRESSION
from convexgen.settings import Settings
from convexgen.snapshot import FileChange, Plan, Snapshot, after
from convexgen.source import SourceFile, Span
from convexgen.watch.decide import Decisions, Picture, Step

SETTINGS = Settings()
MISSING = Diagnostic(MISSING_SOURCE, "gone", Label(Span("backend")))
WRONG = Diagnostic(INVALID_SETTING, "wrong", Label(Span("pyproject.toml")))
SHADOWED = Diagnostic(SHADOWED_PACKAGE, "hides", Label(Span("pyproject.toml")))


def snapshot(outputs: dict[str, str] | None = None, **sources: str) -> Snapshot:
    files = tuple(SourceFile.of(f"backend/{name}.py", text.encode()) for name, text in sorted(sources.items()))
    return Snapshot(files, {path: text.encode() for path, text in (outputs or {}).items()})


def planner(given: Snapshot, settings: Settings) -> Plan:
    """Copies all sources into one output; a source that says `broken` is an error."""
    for source in given.sources:
        if source.content == b"broken":
            return Plan((Diagnostic(SYNTAX_ERROR, "broken", Label(Span(source.path))),))
    text = "".join(source.content.decode() for source in given.sources) + settings.naming
    old = given.outputs.get("out")
    return Plan((), () if old == text.encode() else (FileChange("out", old.decode() if old else None, text),))


def take(decisions: Decisions, seen: Snapshot | None, settings: Settings = SETTINGS, *found: Diagnostic) -> Step | None:
    return decisions.step(Picture(settings, found, seen))


def test_the_first_picture_leads_to_a_run_and_the_same_again_to_nothing() -> None:
    decisions = Decisions(planner)
    assert take(decisions, snapshot(a="1")) == Step((), (), Plan((), (FileChange("out", None, "1camel"),)))
    assert take(decisions, snapshot(a="1")) is None


def test_our_own_writes_lead_to_nothing() -> None:
    decisions = Decisions(planner)
    step = take(decisions, snapshot(a="1"))
    assert step is not None
    assert step.plan is not None
    decisions.written(step.plan)
    assert take(decisions, snapshot({"out": "1camel"}, a="1")) is None


def test_an_output_that_somebody_else_changed_is_made_again() -> None:
    decisions = Decisions(planner)
    take(decisions, snapshot({"out": "1camel"}, a="1"))
    step = take(decisions, snapshot({"out": "edited"}, a="1"))
    assert step == Step(("out",), (), Plan((), (FileChange("out", "edited", "1camel"),)))


def test_new_deleted_and_renamed_files_are_named() -> None:
    decisions = Decisions(planner)
    take(decisions, snapshot(a="1", b="2"))
    for seen, expected in (
        (snapshot(a="1", b="2", c="3"), ("backend/c.py",)),
        (snapshot(b="2", c="3"), ("backend/a.py",)),
        (snapshot(b="2", d="3"), ("backend/c.py", "backend/d.py")),
    ):
        step = take(decisions, seen)
        assert step is not None
        assert step.changed == expected


def test_a_file_that_was_touched_or_replaced_by_itself_leads_to_nothing() -> None:
    decisions = Decisions(planner)
    take(decisions, snapshot(a="1"))
    take(decisions, snapshot(a="2"))
    assert take(decisions, snapshot(a="2")) is None
    step = take(decisions, snapshot(a="1"))
    assert step is not None
    assert step.changed == ("backend/a.py",)


def test_an_error_is_told_once_and_its_mending_is_a_run() -> None:
    decisions = Decisions(planner)
    take(decisions, snapshot({"out": "1camel"}, a="1"))
    broken = take(decisions, snapshot({"out": "1camel"}, a="broken"))
    assert broken is not None
    assert (broken.errors, broken.plan and broken.plan.changes) == (1, ())
    assert take(decisions, snapshot({"out": "1camel"}, a="broken")) is None
    assert take(decisions, snapshot({"out": "1camel"}, a="1")) == Step(("backend/a.py",), (), Plan(()))


def test_edited_settings_lead_to_a_run() -> None:
    decisions = Decisions(planner)
    take(decisions, snapshot(a="1"))
    step = take(decisions, snapshot(a="1"), Settings(naming="preserve"))
    assert step == Step(("pyproject.toml",), (), Plan((), (FileChange("out", None, "1preserve"),)))


def test_broken_settings_stop_the_writing_until_they_are_mended() -> None:
    decisions = Decisions(planner)
    take(decisions, snapshot(a="1"))
    assert take(decisions, snapshot(a="1"), SETTINGS, WRONG) == Step(("pyproject.toml",), (WRONG,))
    assert take(decisions, snapshot(a="2"), SETTINGS, WRONG) == Step(("backend/a.py",), (WRONG,))
    mended = take(decisions, snapshot(a="2"))
    assert mended is not None
    assert mended.changed == ("pyproject.toml",)
    assert mended.plan is not None


def test_there_may_never_have_been_good_settings() -> None:
    assert Decisions(planner).step(Picture(None, (WRONG,))) == Step((), (WRONG,))


def test_a_warning_about_settings_stops_nothing() -> None:
    step = take(Decisions(planner), snapshot(a="1"), SETTINGS, SHADOWED)
    assert step is not None
    assert (step.findings, step.errors, step.plan is not None) == ((SHADOWED,), 0, True)


def test_a_functions_folder_that_is_gone_deletes_nothing_and_may_come_back() -> None:
    decisions = Decisions(planner)
    take(decisions, snapshot(a="1"))
    assert take(decisions, None, SETTINGS, MISSING) == Step(("backend/a.py",), (MISSING,))
    assert take(decisions, None, SETTINGS, MISSING) is None
    back = take(decisions, snapshot(a="1"))
    assert back is not None
    assert back.changed == ("backend/a.py",)
    assert back.plan is not None


def index_planner(given: Snapshot, settings: Settings) -> Plan:
    """Finds a redundant index at the beginning of each source."""
    del settings
    return Plan(tuple(about(REDUNDANT_INDEX, source.path) for source in given.sources))


def about(rule: Rule, path: str) -> Diagnostic:
    return Diagnostic(rule, "found", Label(Span(path, 1, 1, 1, 2)))


def told(step: Step | None) -> list[tuple[str, str]]:
    assert step is not None
    return [(finding.rule.name, finding.primary.span.path) for finding in step.findings]


def test_a_step_tells_what_the_settings_and_the_comments_want() -> None:
    decisions = Decisions(index_planner)
    comment = "x  # convexgen: ignore[redundant-index, empty-project, mypy]\n"
    assert told(take(decisions, snapshot(a="x\n", b=comment))) == [
        ("redundant-index", "backend/a.py"),
        ("unused-suppression", "backend/b.py"),
    ]
    ignoring = Settings(ignore=("CG2",), per_file_ignores=(("b.py", ("CG9",)),))
    assert told(take(decisions, snapshot(a="x\n", b=comment), ignoring)) == []


def test_of_types_is_told_what_the_settings_and_the_comments_want() -> None:
    verdict = (about(TYPE_ERROR, "backend/a.py"), about(TYPE_ERROR, "backend/b.py"))
    decisions = Decisions(index_planner)
    assert decisions.types(verdict) == verdict
    comment = "x  # convexgen: ignore[redundant-index, mypy]\n"
    take(decisions, snapshot(a="x\n", b=comment))
    assert decisions.types(verdict) == verdict[:1]
    [unused] = decisions.types(())
    assert (unused.rule, unused.message) == (UNUSED_SUPPRESSION, "there is no `mypy` to ignore here")
    take(decisions, snapshot(a="x\n", b=comment), Settings(ignore=("mypy",)))
    assert decisions.types(verdict) == ()


texts = st.sampled_from(["1", "2", "broken"])
snapshots = st.builds(
    lambda outputs, sources: snapshot(outputs, **sources),
    st.dictionaries(st.sampled_from(["out", "foreign"]), texts),
    st.dictionaries(st.sampled_from(["a", "b"]), texts),
)


@given(st.lists(snapshots, max_size=6))
def test_whatever_happens_the_loop_comes_to_rest(seen: list[Snapshot]) -> None:
    """After each picture and the writing that follows from it, the disk as it then is leads to nothing."""
    decisions = Decisions(planner)
    for current in seen:
        step = take(decisions, current)
        disk = current
        if step is not None and step.plan is not None and not step.errors:
            decisions.written(step.plan)
            disk = after(current, step.plan)
        assert take(decisions, disk) is None


def test_what_is_on_disk_after_a_plan() -> None:
    changes = (FileChange("a", None, "é\n"), FileChange("b", "old", None), FileChange("gone", "x", None))
    before = snapshot({"b": "old", "c": "kept"}, x="1")
    assert after(before, Plan((), changes)) == snapshot({"a": "é\n", "c": "kept"}, x="1")
