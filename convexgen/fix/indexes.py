"""Mends of indexes: those that are not needed, and the fields that they name."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from convexgen.diagnostics import Diagnostic
from convexgen.fix.site import Edit, Mended, Site, fact


def remove_index(site: Site, finding: Diagnostic) -> Mended | None:
    """The line of the index goes, if the one that does its work stands in the same class and nothing names this one."""
    name = site.at(finding.primary.span, cst.Name)
    line = _line_of_index(site, name)
    body = site.around(line, cst.IndentedBlock)
    others = [_line_of_index(site, site.at(label.span, cst.Name)) for label in finding.secondary]
    if name is None or line is None or body is None or not others or _is_mentioned(site, name.value):
        return None
    if any(site.around(other, cst.IndentedBlock) is not body for other in others):
        return None
    following = body.body[body.body.index(line) + 1 :]
    if following and _is_text(following[0]):
        return None  # what is said about the index would be said about nothing
    return Mended((Edit.removal(line), *_hand_on_blank_lines(line, following)))


def remove_creation_time(site: Site, finding: Diagnostic) -> Mended | None:
    """The creation time goes from the end of an index, where it stands anyway."""
    text = site.at(finding.primary.span, cst.SimpleString)
    argument = site.around(text, cst.Arg)
    call = site.around(argument, cst.Call)
    if text is None or argument is None or call is None:
        return None
    fields = [each for each in call.args if each.keyword is None]
    if text.evaluated_value not in ("creation_time", "_creationTime") or fields[-1] is not argument or len(fields) < 2:
        return None
    removal = Edit.removal(argument)
    if call.args[-1] is not argument:
        return Mended((removal,))
    last = argument
    ends = Edit.of(
        fields[-2],
        lambda node: node.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg),
    )
    return Mended((removal, ends))


def rename_field(site: Site, finding: Diagnostic) -> Mended | None:
    """The field that was probably meant, in the same quotes."""
    text = site.at(finding.primary.span, cst.SimpleString)
    meant = fact(finding, "meant")
    if text is None or meant is None or text.prefix or len(text.quote) != 1:
        return None
    value = f"{text.quote}{meant}{text.quote}"
    return Mended((Edit.of(text, lambda node: node.with_changes(value=value)),))


def _line_of_index(site: Site, name: cst.Name | None) -> cst.SimpleStatementLine | None:
    """The line that binds `name`, and does nothing else."""
    target = site.around(name, cst.AssignTarget)
    statement: cst.CSTNode | None = site.around(target, cst.Assign) or site.around(name, cst.AnnAssign)
    line = site.around(statement, cst.SimpleStatementLine)
    several = isinstance(statement, cst.Assign) and len(statement.targets) != 1
    return None if line is None or len(line.body) != 1 or several else line


def _is_mentioned(site: Site, name: str) -> bool:
    """Whether any file has this word anywhere but where an index of this name is defined."""
    definition = re.compile(rf"^[ \t]+{name}[ \t]*=(?!=)", re.MULTILINE)
    word = re.compile(rf"\b{name}\b")
    texts = (source.content.decode("utf-8", "replace") for source in site.sources)
    return any(word.search(definition.sub("", text)) for text in texts)


def _is_text(statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    first = statement.body[0]
    return isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString)


def _hand_on_blank_lines(line: cst.SimpleStatementLine, following: Sequence[cst.BaseStatement]) -> tuple[Edit, ...]:
    """The blank lines above a line that goes stand above the next one, unless that has some of its own."""
    if not following or not line.leading_lines:
        return ()
    after = following[0]
    if not isinstance(after, cst.SimpleStatementLine | cst.BaseCompoundStatement) or after.leading_lines:
        return ()
    return (Edit(after, lambda node: node.with_changes(leading_lines=line.leading_lines)),)
