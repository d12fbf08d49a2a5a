"""Mends findings in the user's own source: what changes is what the mend is about, to the character.

A mend is only a proposal. What is kept was tried: the sources are read again with it, its finding is gone, and no rule
is broken more often in any file than before. So a mend that is wrong for a reason nobody thought of is not made.

What keeps files from being generated is mended first. As long as it stands, not everything can be said about what
functions do, so a mend of it may bring advice to light; a mend of something that is advice itself may not.

libcst, which takes its time to load, is imported when there is something to mend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from convexgen.analysis.analyse import Understanding
from convexgen.diagnostics import Diagnostic, MendKind, Rule
from convexgen.plan import diagnose
from convexgen.rules.tool import UNUSED_SUPPRESSION
from convexgen.selection import judged_by_plan, mistakes, tell
from convexgen.settings import Settings
from convexgen.snapshot import FileChange, Snapshot
from convexgen.source import SourceFile

if TYPE_CHECKING:
    from convexgen.fix.proposals import Proposal, Sites


class MendedFinding(NamedTuple):
    """A finding that is gone, where it stood when it was mended, and whether that took consent."""

    finding: Diagnostic
    kind: MendKind


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of mending a project.

    `changes` lead from the sources as they were to `snapshot`, the mended ones, of which `remaining` is still told.
    `offered` are those of the remaining that would be mended with consent.
    """

    snapshot: Snapshot
    changes: tuple[FileChange, ...]
    mended: tuple[MendedFinding, ...]
    remaining: tuple[Diagnostic, ...]
    offered: frozenset[Diagnostic] = frozenset()


def fix(
    snapshot: Snapshot,
    settings: Settings,
    *,
    unsafe: bool,
    wanted: Callable[[Rule], bool] = lambda _: True,
    known: Understanding | None = None,
) -> Fixed:
    """Mend what is told and has an obvious mend; with `unsafe`, also where that may change what the program does.

    Only findings of rules that are `wanted` are mended. What is `known` of the sources is not read again, and what is
    read is known afterwards. Otherwise pure.
    """
    mending = _Mending(settings, wanted, known or Understanding())
    mended, state = _mended(mending, mending.look(snapshot), unsafe=unsafe)
    offered = () if unsafe else _mended(mending, state, unsafe=True)[0]
    return Fixed(
        state.snapshot,
        _changes(snapshot, state.snapshot),
        mended,
        state.findings,
        frozenset(each.finding for each in offered).intersection(state.findings),
    )


class _State(NamedTuple):
    """The sources at one moment, and what is told about them."""

    snapshot: Snapshot
    findings: tuple[Diagnostic, ...]


class _Mending:
    """One run: it reads again only what has changed, and keeps the files that libcst has read."""

    def __init__(self, settings: Settings, wanted: Callable[[Rule], bool], known: Understanding) -> None:
        self.wanted = wanted
        self._settings = settings
        self._known = known
        self._sites: Sites | None = None

    def look(self, snapshot: Snapshot) -> _State:
        """What is told about these sources."""
        found = (*diagnose(snapshot, self._settings, self._known), *mistakes(snapshot.sources))
        return _State(snapshot, tell(found, snapshot.sources, self._settings, judged_by_plan(found)))

    def proposals(self, state: _State, findings: Sequence[Diagnostic], *, unsafe: bool) -> tuple[Proposal, ...]:
        """A mend for each of `findings` that has one."""
        from convexgen.fix.proposals import Sites, propose  # noqa: PLC0415 - libcst is loaded by need

        self._sites = self._sites or Sites()
        return propose(self._sites, state.snapshot.sources, findings, unsafe=unsafe)

    def carried_out(self, state: _State, proposals: Sequence[Proposal]) -> _State:
        """What comes of a state."""
        from convexgen.fix.proposals import carry_out  # noqa: PLC0415 - libcst is loaded by need

        contents = carry_out(proposals)
        sources = tuple(
            SourceFile.of(source.path, contents[source.path]) if source.path in contents else source
            for source in state.snapshot.sources
        )
        return self.look(replace(state.snapshot, sources=sources))


def _mended(mending: _Mending, state: _State, *, unsafe: bool) -> tuple[tuple[MendedFinding, ...], _State]:
    """Everything that can be mended. Each round leaves fewer findings, and what was in the way of one to the next."""
    mended: list[MendedFinding] = []
    while True:
        made, state = _round(mending, state, unsafe=unsafe)
        if not made:
            return tuple(mended), state
        mended.extend(MendedFinding(proposal.finding, proposal.kind) for proposal in made)


def _round(mending: _Mending, state: _State, *, unsafe: bool) -> tuple[Sequence[Proposal], _State]:
    """The mends that proved good, and what comes of them: of advice only if nothing else is to be mended."""
    mendable = [each for each in state.findings if each.rule.mend is not None and mending.wanted(each.rule)]
    for advisory in (False, True):
        fitting = [each for each in mendable if each.rule.advisory is advisory]
        if fitting:
            proposals = mending.proposals(state, fitting, unsafe=unsafe)
            made, result = _tried(mending, state, (), state, proposals)
            if not made:
                made, result = _tried_with_hidden(mending, state, proposals, unsafe=unsafe)
            if made:
                return made, result
    return (), state


def _tried_with_hidden(
    mending: _Mending, start: _State, proposals: Sequence[Proposal], *, unsafe: bool
) -> tuple[Sequence[Proposal], _State]:
    """The first mend that proves good together with mends of what its finding had hidden, such as a missing import."""
    before = Counter(map(_key, start.findings))
    for proposal in proposals:
        attempt = mending.carried_out(start, [proposal])
        counts = Counter(map(_key, attempt.findings))
        hidden = [
            each for each in attempt.findings if counts[_key(each)] > before[_key(each)] and mending.wanted(each.rule)
        ]
        more = mending.proposals(attempt, hidden, unsafe=unsafe)
        if more:
            result = mending.carried_out(attempt, more)
            if _is_better(start.findings, result.findings, [proposal]):
                return (proposal, *more), result
    return (), start


def _tried(
    mending: _Mending, start: _State, kept: Sequence[Proposal], result: _State, proposals: Sequence[Proposal]
) -> tuple[Sequence[Proposal], _State]:
    """`kept` (which give `result`) and as many of `proposals` as prove good with them: all, or of each half."""
    if not proposals:
        return kept, result
    together = (*kept, *proposals)
    attempt = mending.carried_out(start, together)
    if _is_better(start.findings, attempt.findings, together):
        return together, attempt
    if len(proposals) == 1:
        return kept, result
    half = len(proposals) // 2
    return _tried(mending, start, *_tried(mending, start, kept, result, proposals[:half]), proposals[half:])


def _is_better(before: Sequence[Diagnostic], after: Sequence[Diagnostic], proposals: Sequence[Proposal]) -> bool:
    gone = Counter(_key(proposal.finding) for proposal in proposals)
    of_advice = proposals[0].finding.rule.advisory
    # A comment that ignored what is mended now ignores nothing, which the next round sees to.
    may_come = {finding.rule.name for finding in after if finding.rule.advisory and not of_advice}
    may_come.add(UNUSED_SUPPRESSION.name)
    counts, allowed = Counter(map(_key, after)), Counter(map(_key, before))
    return all(
        counts[key] <= allowed[key] - gone[key] or (key[1] in may_come and not gone[key])
        for key in counts.keys() | gone.keys()
    )


def _key(finding: Diagnostic) -> tuple[str, str]:
    """What findings are counted by. Places move and texts count things, so neither is compared."""
    return finding.primary.span.path, finding.rule.name


def _changes(before: Snapshot, after: Snapshot) -> tuple[FileChange, ...]:
    contents: Mapping[str, bytes] = {source.path: source.content for source in after.sources}
    return tuple(
        FileChange(source.path, source.content.decode("utf-8"), contents[source.path].decode("utf-8"))
        for source in before.sources
        if contents[source.path] != source.content
    )
