"""mypy's JSON lines as findings. A pure function of the text, so that it can be tested without mypy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from convexgen.diagnostics import Diagnostic, Label, in_order
from convexgen.rules.tool import TYPE_ERROR, TYPE_NOTE
from convexgen.source import Span


def findings(output: str) -> tuple[Diagnostic, ...]:
    """One finding for each error; a note that follows an error on its line becomes part of the error's help."""
    found: list[Diagnostic] = []
    for item in _items(output):
        current = _finding(item)
        if current.rule is TYPE_NOTE and found and _same_line(found[-1], current) and found[-1].rule is TYPE_ERROR:
            advice = "\n".join(filter(None, (found[-1].help, current.message)))
            found[-1] = replace(found[-1], help=advice)
        else:
            found.append(current)
    return in_order(found)


def _items(output: str) -> Iterator[dict[str, Any]]:
    for line in output.splitlines():
        try:
            item = json.loads(line)
        except ValueError:
            continue
        if isinstance(item, dict):
            yield item


def _finding(item: dict[str, Any]) -> Diagnostic:
    code = item["code"] or "misc"
    if item["severity"] == "note":
        return Diagnostic(TYPE_NOTE, item["message"], Label(_span(item)))
    return Diagnostic(
        TYPE_ERROR, f"{item['message']} [{code}]", Label(_span(item)), help=item["hint"], facts=(("code", code),)
    )


def _span(item: dict[str, Any]) -> Span:
    """The place; mypy counts columns from 0 and gives a negative number for what it does not know."""
    path = item["file"].replace("\\", "/")
    line, column = item["line"], max(item["column"], 0) + 1
    if line < 1:
        return Span(path)
    end_line = item.get("end_line") or line
    end_column = (item.get("end_column") or 0) + 1
    if (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    return Span(path, line, column, end_line, end_column)


def _same_line(one: Diagnostic, other: Diagnostic) -> bool:
    first, second = one.primary.span, other.primary.span
    return (first.path, first.line) == (second.path, second.line)
