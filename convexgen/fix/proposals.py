"""From findings to mends, and from mends to new texts. The table of all mends is here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import libcst as cst

from convexgen.diagnostics import Diagnostic, MendKind
from convexgen.fix import contexts, functions, indexes, type_expressions
from convexgen.fix.imports import with_imports
from convexgen.fix.site import Edit, Mend, Mended, Site, comments, read_site
from convexgen.source import SourceFile

MENDS: Mapping[str, tuple[tuple[MendKind, Mend], ...]] = {
    "decorator-call": (("safe", functions.uncall_decorator), ("unsafe", functions.remove_decorator)),
    "duplicate-index": (("safe", indexes.remove_index),),
    "misplaced-unset": (("safe", type_expressions.complete_unset),),
    "missing-return-type": (("safe", functions.return_none),),
    "not-async": (("safe", functions.make_async),),
    "redundant-index": (("unsafe", indexes.remove_index),),
    "system-field-in-index": (("safe", indexes.remove_creation_time),),
    "unknown-index-field": (("unsafe", indexes.rename_field),),
    "unknown-name": (("safe", type_expressions.import_name),),
    "unsupported-type": (("unsafe", type_expressions.list_for_set),),
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
    site: Site
    mended: Mended


def propose(sources: tuple[SourceFile, ...], findings: Iterable[Diagnostic], *, unsafe: bool) -> tuple[Proposal, ...]:
    """A mend for each finding that has one. None of them loses a comment."""
    by_path = {source.path: source for source in sources}
    sites: dict[str, Site | None] = {}
    found: list[Proposal] = []
    for finding in findings:
        path = finding.primary.span.path
        if finding.rule.name in MENDS and path in by_path:
            if path not in sites:
                sites[path] = read_site(by_path[path], sources)
            site = sites[path]
            mended = None if site is None else _mended(site, finding, unsafe=unsafe)
            if site is not None and mended is not None:
                found.append(Proposal(finding, site, mended))
    return tuple(found)


def carry_out(proposals: Sequence[Proposal]) -> dict[str, bytes]:
    """The new content of each file that the proposals are about."""
    by_path: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        by_path.setdefault(proposal.site.path, []).append(proposal)
    return {path: _rewritten(own[0].site, [proposal.mended for proposal in own]) for path, own in by_path.items()}


def _mended(site: Site, finding: Diagnostic, *, unsafe: bool) -> Mended | None:
    for kind, mend in MENDS[finding.rule.name]:
        mended = mend(site, finding) if kind == "safe" or unsafe else None
        if mended is not None and all(map(_keeps_comments, mended.edits)):
            return mended
    return None


def _keeps_comments(edit: Edit) -> bool:
    return comments(edit.node) == comments(edit.change(edit.node))


def _rewritten(site: Site, mends: Sequence[Mended]) -> bytes:
    names = sorted(frozenset[str]().union(*(mended.names for mended in mends)))
    try:
        module = site.module.visit(_Rewriting(edit for mended in mends for edit in mended.edits))
    except cst.CSTValidationError:  # it would not be Python; the file stays, so the finding does, and refuses the mend
        module, names = site.module, []
    return (site.mark + with_imports(module, names).code).encode()


class _Rewriting(cst.CSTTransformer):
    """Makes edits, the inner ones first, those of one node in their order."""

    def __init__(self, edits: Iterator[Edit]) -> None:
        super().__init__()
        self.edits: dict[cst.CSTNode, list[Edit]] = {}
        for edit in edits:
            self.edits.setdefault(edit.node, []).append(edit)

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        result: cst.CSTNode | cst.RemovalSentinel = updated_node
        for edit in self.edits.get(original_node, ()):
            if isinstance(result, cst.CSTNode):
                result = edit.change(result)
        return cast(cst.CSTNodeT, result)
