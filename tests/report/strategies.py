"""Reports of all kinds, with findings of real rules at places that could be."""

from __future__ import annotations

from hypothesis import strategies as st

from convexgen.diagnostics import Diagnostic, Label
from convexgen.report import Report
from convexgen.rules import ALL
from convexgen.snapshot import FileChange
from convexgen.source import Span

_TEXTS = st.text(alphabet='ab `%\n\r\t\x1b:,é日\udc80/\\"', max_size=8)
_PATHS = st.text(alphabet="ab %:,é日#?.\\\udc80", min_size=1, max_size=6)


@st.composite
def _spans(draw: st.DrawFn) -> Span:
    path = draw(_PATHS)
    if draw(st.booleans()):
        return Span(path)
    line, column, lines, columns = (draw(st.integers(low, 9)) for low in (1, 1, 0, 0))
    return Span(path, line, column, line + lines, (column if lines == 0 else 1) + columns)


_LABELS = st.builds(Label, _spans(), _TEXTS)


def reports() -> st.SearchStrategy[Report]:
    findings = st.builds(
        Diagnostic,
        st.sampled_from(ALL),
        _TEXTS.map(lambda text: f"x{text}"),
        st.one_of(_LABELS, st.just(Label(Span("")))),
        st.lists(_LABELS, max_size=2).map(tuple),
        st.one_of(st.none(), _TEXTS.map(lambda text: f"x{text}")),
        st.dictionaries(_PATHS, _TEXTS, max_size=2).map(lambda facts: tuple(facts.items())),
    )
    changes = st.one_of(
        st.builds(FileChange, _PATHS, st.none(), _TEXTS),
        st.builds(FileChange, _PATHS, _TEXTS, st.none()),
        st.builds(FileChange, _PATHS, _TEXTS, _TEXTS),
    )
    return st.builds(
        Report,
        st.lists(findings, max_size=4).map(tuple),
        changes=st.lists(changes, max_size=2).map(tuple),
        diff=st.sampled_from(["full", "short", "none"]),
        files=st.integers(0, 9),
        prefix=st.sampled_from(["", "a b/", "é/"]),
    )
