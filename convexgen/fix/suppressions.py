"""Mends of the comments that ignore findings: what they ignore in vain is not named any longer."""

from __future__ import annotations

import re

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.site import Edit, Mended, Site, fact

_DIRECTIVE = re.compile(r"#\s*convexgen:\s*[\w-]+\s*\[(?P<names>[^\[\]#]*)\]\s*")


def remove_suppression(site: Site, finding: Diagnostic) -> Mended | None:
    """The name goes from the comment, and the comment if it names no other."""
    selector = fact(finding, "selector")
    comment = site.comment_at(finding.primary.span)
    if selector is None or comment is None:
        return None
    return Mended((Edit(site.parents[comment], lambda node: _without(node, selector), takes_comments=True),))


def _without(line: cst.TrailingWhitespace | cst.EmptyLine, selector: str) -> cst.CSTNode | cst.RemovalSentinel:
    """What stands behind code, or the line of its own, without the first mention of a selector."""
    text = line.comment.value if line.comment is not None else ""
    for directive in _DIRECTIVE.finditer(text):
        names = [name.strip() for name in directive["names"].split(",")]
        if selector in names:
            text = _shortened(text, directive, names, selector)
            break
    if text:
        return line.with_changes(comment=cst.Comment(text))
    if isinstance(line, cst.EmptyLine):
        return cst.RemoveFromParent()
    return line.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))


def _shortened(text: str, directive: re.Match[str], names: list[str], selector: str) -> str:
    position = names.index(selector)
    kept = [*names[:position], *names[position + 1 :]]
    if any(kept):
        start, end = directive.span("names")
        return f"{text[:start]}{', '.join(filter(None, kept))}{text[end:]}"
    rest = text[: directive.start()].rstrip(), text[directive.end() :].strip()
    after = rest[1] if rest[1].startswith("#") or rest[0] or not rest[1] else f"# {rest[1]}"
    return "  ".join(filter(None, (rest[0], after)))
