"""`convexgen explain`: the page of a rule, or the list of all rules."""

from __future__ import annotations

import difflib
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.resources import files

from convexgen.cli.streams import CLEAN, UNREADABLE, color, say
from convexgen.diagnostics import Rule, Severity
from convexgen.rules import ALL, FAMILIES, level

_WIDEST = 100
"""Columns beyond which lines of prose are hard to read."""

_TITLED_BLOCK = re.compile(r'^```(?P<language>[a-z]+) title="(?P<title>[^"]+)".*$', re.MULTILINE)
_END_OF_SUMMARY = re.compile(r"(?<=.)\n\n(?=## )")


def explain(asked: str | None) -> int:
    """Print the page of the rule with this name or code; without one, what rules there are."""
    if asked is None:
        sys.stdout.write("\n".join(_listing()) + "\n")
        return CLEAN
    rule = next((rule for rule in ALL if asked.casefold() in (rule.name, rule.code.casefold())), None)
    if rule is None:
        close = difflib.get_close_matches(asked.casefold(), [rule.name for rule in ALL], 1)
        advice = f"Did you mean `{close[0]}`?" if close else "`convexgen explain` lists all rules."
        say(f"There is no rule `{asked}`. {advice}")
        return UNREADABLE
    page = files("convexgen.rules").joinpath(f"{rule.name}.md").read_text(encoding="utf-8")
    text = _END_OF_SUMMARY.sub(f" {_status(rule)}\n\n", page, count=1)
    sys.stdout.write(_rendered(text) if color() else text)
    return CLEAN


def _status(rule: Rule) -> str:
    """What it means for a run that the rule finds something, and what can be done about it, in a sentence or two."""
    option = " --unsafe" if rule.mend == "unsafe" else ""
    mend = f" `convexgen fix{option}` can mend it." if rule.mend else ""
    if level(rule) == "varies":
        return f"Whether this is an error depends on whom the change concerns.{mend}"
    what = "a warning" if rule.severity is Severity.WARNING else "an error"
    when = "" if rule.default else ", told only where the rule is selected"
    return f"This is {what}{when}.{mend}"


def _listing() -> Iterator[str]:
    """All rules by family: code, name, what it is when nothing is set, how `fix` mends it, and one line."""
    width = max(len(rule.name) for rule in ALL)
    for family, title in FAMILIES.items():
        rules = [rule for rule in ALL if rule.code.startswith(family)]
        if rules:
            yield f"{title} ({family}xx)"
        for rule in sorted(rules, key=lambda rule: rule.code):
            mend = {None: "", "safe": "fix", "unsafe": "fix --unsafe"}[rule.mend]
            yield f"  {rule.code} {rule.name:<{width}} {level(rule):<7} {mend:<12} {rule.summary}"


def _rendered(text: str) -> str:
    """The page as a terminal shows it best, each example below the name of its file."""
    from rich.console import Console  # noqa: PLC0415 - loaded by need
    from rich.markdown import Markdown  # noqa: PLC0415
    from rich.theme import Theme  # noqa: PLC0415

    width = min(shutil.get_terminal_size().columns, _WIDEST)
    console = Console(force_terminal=True, width=width, theme=Theme({"markdown.code": "bold cyan"}))
    named = _TITLED_BLOCK.sub(r"`\g<title>`:\n\n```\g<language>", text)
    with console.capture() as captured:
        console.print(Markdown(named, code_theme="ansi_dark"))
    return captured.get()
