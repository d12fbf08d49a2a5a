"""Mends findings in the user's own source: what changes is what the mend is about, to the character.

A mend is only a proposal. What is kept was tried: the sources are read again with it, its finding is gone, and no rule
is broken more often in any file than before. So a mend that is wrong for a reason nobody thought of is not made.

libcst, which takes its time to load, is imported when there is something to mend.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from convexgen.diagnostics import Diagnostic
from convexgen.plan import compile_ir
from convexgen.settings import Settings
from convexgen.snapshot import FileChange, Snapshot
from convexgen.source import SourceFile

if TYPE_CHECKING:
    from convexgen.fix.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Fixed:
    """What came of mending a project.

    `changes` lead from the sources as they were to `snapshot`, the mended ones, of which `remaining` is still to be
    said. `mended` are the findings that are gone, each where it stood when it was mended.
    """

    snapshot: Snapshot
    changes: tuple[FileChange, ...]
    mended: tuple[Diagnostic, ...]
    remaining: tuple[Diagnostic, ...]


def fix(snapshot: Snapshot, settings: Settings, *, unsafe: bool) -> Fixed:
    """Mend what has an obvious mend; with `unsafe`, also where that may change what the program does. Pure."""
    state = _State(snapshot, settings, compile_ir(snapshot, settings)[1])
    mended: list[Diagnostic] = []
    while True:  # a mend that is in the way of another one leaves it to the next round
        made, state = state.mended(unsafe=unsafe)
        if not made:
            break
        mended.extend(proposal.finding for proposal in made)
    return Fixed(state.snapshot, _changes(snapshot, state.snapshot), tuple(mended), state.findings)


@dataclass(frozen=True, slots=True)
class _State:
    """The sources at one moment, and all that is to be said about them."""

    snapshot: Snapshot
    settings: Settings
    findings: tuple[Diagnostic, ...]

    def mended(self, *, unsafe: bool) -> tuple[Sequence[Proposal], _State]:
        """The proposals that proved good, and what comes of them."""
        if not self.findings:
            return (), self
        from convexgen.fix.proposals import propose  # noqa: PLC0415 - libcst is loaded by need

        return self._try((), self, propose(self.snapshot.sources, self.findings, unsafe=unsafe))

    def _try(
        self, kept: Sequence[Proposal], result: _State, proposals: Sequence[Proposal]
    ) -> tuple[Sequence[Proposal], _State]:
        """`kept` (which give `result`) and as many of `proposals` as prove good with them: all, or of each half."""
        if not proposals:
            return kept, result
        together = (*kept, *proposals)
        attempt = self._with(together)
        if self._is_better(attempt, together):
            return together, attempt
        if len(proposals) == 1:
            return kept, result
        half = len(proposals) // 2
        return self._try(*self._try(kept, result, proposals[:half]), proposals[half:])

    def _with(self, proposals: Sequence[Proposal]) -> _State:
        from convexgen.fix.proposals import carry_out  # noqa: PLC0415 - libcst is loaded by need

        contents = carry_out(proposals)
        sources = tuple(
            SourceFile.of(source.path, contents[source.path]) if source.path in contents else source
            for source in self.snapshot.sources
        )
        snapshot = replace(self.snapshot, sources=sources)
        return replace(self, snapshot=snapshot, findings=compile_ir(snapshot, self.settings)[1])

    def _is_better(self, attempt: _State, proposals: Sequence[Proposal]) -> bool:
        before, after = _counted(self.findings), _counted(attempt.findings)
        gone = _counted([proposal.finding for proposal in proposals])
        return all(after[key] <= before[key] - gone[key] for key in after.keys() | gone.keys())


def _counted(findings: Sequence[Diagnostic]) -> Counter[tuple[str, str]]:
    """How often each rule is broken in each file. Places move and texts count things, so neither is compared."""
    return Counter((finding.primary.span.path, finding.rule.name) for finding in findings)


def _changes(before: Snapshot, after: Snapshot) -> tuple[FileChange, ...]:
    contents: Mapping[str, bytes] = {source.path: source.content for source in after.sources}
    return tuple(
        FileChange(source.path, source.content.decode("utf-8"), contents[source.path].decode("utf-8"))
        for source in before.sources
        if contents[source.path] != source.content
    )
