"""Makes the index of all rules, `convexgen/rules/README.md`, from the catalogue: `python -m tests.rules.index`."""

from __future__ import annotations

from collections.abc import Iterator

from convexgen.diagnostics import Rule
from convexgen.rules import ALL, FAMILIES, level
from tests.rules.pages import FOLDER

INDEX = FOLDER / "README.md"
COMMAND = "python -m tests.rules.index"

_INTRODUCTION = f"""\
`convexgen explain NAME` prints the page of a rule. Those that are *off* are only told where they are selected; where it
*varies*, it depends on whom a change concerns. *Fix* says whether `convexgen fix` can mend what is found; if *unsafe*,
with `--unsafe`, and the program may then do something else. This index is made by `{COMMAND}`.
"""


def index() -> str:
    """What the index should say."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The rules of convexgen"
    yield ""
    yield from _INTRODUCTION.splitlines()
    for family, title in FAMILIES.items():
        rules = sorted((rule for rule in ALL if rule.code.startswith(family)), key=lambda rule: rule.code)
        if rules:
            yield ""
            yield f"## {title} ({family}xx)"
            yield ""
            yield "| code | rule | finds that | default | fix |"
            yield "|---|---|---|---|---|"
            yield from map(_row, rules)


def _row(rule: Rule) -> str:
    mend = {None: "", "safe": "yes", "unsafe": "unsafe"}[rule.mend]
    return f"| {rule.code} | [{rule.name}]({rule.name}.md) | {rule.summary} | {level(rule)} | {mend} |"


if __name__ == "__main__":
    INDEX.write_text(index(), encoding="utf-8", newline="\n")
