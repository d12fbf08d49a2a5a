"""From findings to mends, and from mends to new texts. The table of all mends is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast
from warnings import catch_warnings, simplefilter

import libcst as cst

from convexgen.diagnostics import Diagnostic, MendKind
from convexgen.fix import (
    awaits,
    contexts,
    documents,
    functions,
    indexes,
    names,
    queries,
    shadowing,
    suppressions,
    times,
    transactions,
    typescript,
)
from convexgen.fix import type_expressions as types
from convexgen.fix.imports import with_imports
from convexgen.fix.site import Edit, Import, Mend, Mended, Site, comments, read_site
from convexgen.source import SourceFile

MENDS: Mapping[str, tuple[tuple[MendKind, Mend], ...]] = {
    "arguments-as-dict": (("safe", typescript.spread_dict),),
    "clock-in-transaction": (("unsafe", transactions.ask_clock),),
    "decorator-call": (("safe", functions.uncall_decorator), ("unsafe", functions.remove_decorator)),
    "default-type": (("safe", types.accept_none),),
    "document-as-dict": (("safe", typescript.spread_dict),),
    "duplicate-index": (("safe", indexes.remove_index),),
    "function-by-name": (("unsafe", typescript.name_function),),
    "index-by-name": (("safe", queries.name_index), ("unsafe", queries.name_close_index)),
    "index-field": (("unsafe", queries.use_other_index),),
    "index-order": (("safe", queries.reorder_conditions),),
    "index-range": (("unsafe", queries.use_other_index),),
    "lost-change": (("unsafe", documents.patch_instead),),
    "misplaced-unset": (("safe", types.complete_unset),),
    "missing-return-type": (("safe", functions.annotate_return),),
    "not-async": (("safe", functions.make_async),),
    "needless-await": (("safe", awaits.remove_await),),
    "not-in-context": (("unsafe", names.rename),),
    "not-a-table": (("safe", names.class_for_table_name),),
    "query-chain": (("unsafe", names.rename),),
    "random-in-transaction": (("unsafe", transactions.draw_from_context),),
    "redundant-index": (("unsafe", indexes.remove_index),),
    "system-field-in-index": (("safe", indexes.remove_creation_time),),
    "table-by-name": (("safe", names.name_table), ("safe", typescript.leave_table_out)),
    "time-as-number": (("unsafe", times.name_unit),),
    "unknown-index-field": (("unsafe", indexes.rename_field),),
    "unawaited-call": (("safe", awaits.add_await), ("safe", awaits.loop_async)),
    "unknown-change": (("unsafe", names.rename),),
    "unknown-name": (("safe", names.import_name), ("unsafe", names.rename)),
    "unresolved-import": (("unsafe", names.rename_import),),
    "unsupported-type": (
        ("safe", shadowing.rename_function),
        ("unsafe", types.list_for_set),
    ),
    "unused-suppression": (("safe", suppressions.remove_suppression),),
    "wrong-context": (
        ("safe", contexts.import_context),
        ("safe", contexts.annotate_context),
        ("safe", contexts.add_context),
        ("unsafe", contexts.replace_context),
    ),
}
"""The mends of each rule: the first one that fits is taken."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could be done about a finding, on the file as it is."""

    finding: Diagnostic
    kind: MendKind
    site: Site
    mended: Mended


class Sites:
    """The files that libcst has read, each as long as it does not change."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[bytes, Site | None]] = {}

    def of(self, source: SourceFile, sources: tuple[SourceFile, ...]) -> Site | None:
        """`source` ready to be mended, among `sources`; None where that is not possible."""
        digest, site = self._known.get(source.path, (b"", None))
        if digest != source.digest:
            site = read_site(source, lambda _: None)
            self._known[source.path] = (source.digest, site)
        return site and replace(site, sources=sources, open=lambda other: self.of(other, sources))


def propose(
    sites: Sites, sources: tuple[SourceFile, ...], findings: Iterable[Diagnostic], *, unsafe: bool
) -> tuple[Proposal, ...]:
    """A mend for each finding that has one. None of them loses a comment, unless it is about that comment."""
    by_path = {source.path: source for source in sources}
    found: list[Proposal] = []
    for finding in findings:
        source = by_path.get(finding.primary.span.path)
        if finding.rule.name in MENDS and source is not None:
            site = sites.of(source, sources)
            proposal = None if site is None else _proposal(site, finding, unsafe=unsafe)
            if proposal is not None:
                found.append(proposal)
    return tuple(found)


def carry_out(proposals: Sequence[Proposal]) -> dict[str, bytes]:
    """The new content of each file that the proposals are about."""
    by_path: dict[str, list[tuple[Site, Mended]]] = {}
    for proposal in proposals:
        by_path.setdefault(proposal.site.path, []).append((proposal.site, proposal.mended))
        for site, edits in proposal.mended.elsewhere:
            by_path.setdefault(site.path, []).append((site, Mended(edits)))
    return {path: _rewritten(own[0][0], [mended for _, mended in own]) for path, own in by_path.items()}


def _proposal(site: Site, finding: Diagnostic, *, unsafe: bool) -> Proposal | None:
    for kind, mend in MENDS[finding.rule.name]:
        mended = mend(site, finding) if kind == "safe" or unsafe else None
        if mended is not None and all(map(_keeps_comments, mended.edits)):
            return Proposal(finding, kind, site, mended)
    return None


def _keeps_comments(edit: Edit) -> bool:
    return edit.takes_comments or comments(edit.node) == comments(edit.change(edit.node))


def _rewritten(site: Site, mends: Sequence[Mended]) -> bytes:
    """The file with the mends; as it was if it would not be Python then, so that its findings stay and refuse them."""
    imports = sorted(frozenset[Import]().union(*(mended.imports for mended in mends)))
    try:
        module = _edited(site, [edit for mended in mends for edit in mended.edits])
        text = with_imports(module, imports).code
    except cst.CSTValidationError:
        text = site.module.code
    if not _compiles(text) and _compiles(site.module.code):
        text = site.module.code
    return (site.mark + text).encode()


def _edited(site: Site, edits: Sequence[Edit]) -> cst.Module:
    """The module with these edits. Only what they are in is gone through: that takes libcst most of its time."""
    touched = {site.outermost(edit.node) for edit in edits}
    rewriting = _Rewriting(edits)
    if not touched.issubset(site.module.body):  # above the first statement, or behind the last one
        return site.module.visit(rewriting)
    body = [each.visit(rewriting) if each in touched else each for each in site.module.body]
    return site.module.with_changes(body=[each for each in body if not isinstance(each, cst.RemovalSentinel)])


def _compiles(text: str) -> bool:
    """Whether Python takes it. It also refuses what its grammar allows, such as `await` in a function without `async`.

    Where it did before, not every function may be mended at once.
    """
    with catch_warnings():
        simplefilter("ignore")
        try:
            compile(text, "", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError):
            return False
    return True


class _Rewriting(cst.CSTTransformer):
    """Makes edits, the inner ones first, those of one node in their order."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        super().__init__()
        self.edits: dict[cst.CSTNode, list[Edit]] = {}
        for edit in edits:
            others = self.edits.setdefault(edit.node, [])
            if edit.key is None or all(edit.key != other.key for other in others):
                others.append(edit)

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        result: cst.CSTNode | cst.RemovalSentinel = updated_node
        for edit in self.edits.get(original_node, ()):
            if isinstance(result, cst.CSTNode):
                result = edit.change(result)
        return cast(cst.CSTNodeT, result)
