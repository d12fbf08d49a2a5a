"""Comments that permit changes: what they are about, until when, and what is said of those that are wrong."""

from __future__ import annotations

import pytest

from convexgen.breaking.changes import Impact
from tests.breaking.programs import Files, output, told

GOOD = 'until=2026-01-01 reason="no old client is left"'


def program(type_: str, comment: str = "", above: str = "") -> Files:
    lines = [above, "@mutation", f"async def put(ctx: MutationCtx, a: {type_}) -> None: ...{comment}", ""]
    return {"items.py": "\n".join(lines)}


OLD = program("str")


@pytest.mark.parametrize(
    "new",
    [
        program("int", f"  # convexgen: allow-breaking[type-changed] {GOOD}"),
        program("int", f"  # noqa: X1  # convexgen: allow-breaking [null-added, type-changed] {GOOD}"),
        {
            "items.py": "@mutation\nasync def put(\n    ctx: MutationCtx,\n"
            f"    # convexgen: allow-breaking[type-changed] {GOOD}\n    a: int,\n) -> None: ...\n"
        },
        {
            "items.py": "@mutation\nasync def put(\n    ctx: MutationCtx,\n"
            f"    a: int,  # convexgen: allow-breaking[type-changed] {GOOD}\n) -> None: ...\n"
        },
    ],
)
def test_a_change_on_the_line_or_below_is_allowed(new: Files) -> None:
    found, _, mistakes = told(OLD, new, Impact.BREAKING)
    assert (found.allowed, found.changes.total(), mistakes) == (1, 0, ())
    assert {each.rule.name for each in found.diagnostics} <= {"unused-allowance"}


def test_what_is_offered_can_be_pasted_once_it_has_a_reason() -> None:
    offered = output(OLD, program("int")).rpartition("with a reason: ")[2].strip()
    assert offered == '# convexgen: allow-breaking[type-changed] until=2026-01-31 reason="…"'
    assert "gives no reason" in output(OLD, program("int", f"  {offered}"))
    assert output(OLD, program("int", f"  {offered.replace('…', 'said so')}")) == ""


def test_one_that_has_run_out_permits_nothing() -> None:
    comment = '# convexgen: allow-breaking[type-changed] until=2025-12-31 reason="soon"'
    lines = output(OLD, program("int", f"  {comment}")).splitlines()
    assert [line for line in lines if " CG" in line] == [
        "items.py: ⟦a⟧ CG723 type-changed: breaking for callers: argument `a` of `items.put` is now `int`",
        f"items.py: ⟦{comment}⟧ CG751 expired-allowance: this allowance ran out on 2025-12-31: soon",
    ]


@pytest.mark.parametrize("comment", ["type-narrowed", "type-changed"])
def test_one_that_permits_nothing_is_told(comment: str) -> None:
    text = f"# convexgen: allow-breaking[{comment}] {GOOD}"
    assert output(OLD, program("str", f"  {text}")) == (
        f"items.py: ⟦{text}⟧ CG750 unused-allowance (warning): there is no change `{comment}` here since `main`\n"
        "    help: remove this allowance"
    )


@pytest.mark.parametrize(
    ("comment", "message", "help_"),
    [
        ("allow-breaking", "this allowance names no rule", "write `# convexgen: allow-breaking[NAME] until="),
        (f"allow-breaking[] {GOOD}", "this allowance names no rule", "write `# convexgen: "),
        (
            f"allow-breaking[type-change] {GOOD}",
            "`type-change` is no rule about changes",
            "did you mean `type-changed`?",
        ),
        (f"allow-breaking[CG723] {GOOD}", "`CG723` is no rule about changes", "name the rule that the finding"),
        (f"allow-breaking[expired-allowance] {GOOD}", "`expired-allowance` is no rule about changes", "name the rule"),
        ("allow-breaking[type-changed]", "this allowance does not say until what day", "add `until=YYYY-MM-DD`"),
        ("allow-breaking[type-changed] until=soon", "this allowance does not say until what day", "add `until="),
        ("allow-breaking[type-changed] until=20260101", "this allowance does not say until what day", "add `until="),
        ("allow-breaking[type-changed] until=2026-01-01", "this allowance gives no reason", 'add `reason="why'),
        (
            'allow-breaking[type-changed] until=2026-01-01 reason="..."',
            "this allowance gives no reason",
            "add `reason=",
        ),
        (f"allow-breaking[type-changed] {GOOD} for=ever", "this allowance cannot be read", "write `# convexgen: "),
        (f"allow-breaking[type-changed] {GOOD} and more", "this allowance cannot be read", "write `# convexgen: "),
    ],
)
def test_one_that_cannot_be_read_is_told_at_its_place(comment: str, message: str, help_: str) -> None:
    text = f"# convexgen: {comment}"
    said = output(OLD, program("str", f"  {text}"))
    assert said.startswith(f"items.py: ⟦{text}⟧ CG752 invalid-allowance: {message}\n    help: {help_}")
    assert said.count(" CG") == 1


def test_what_only_looks_like_one_is_none() -> None:
    text = f'TEXT = "# convexgen: allow-breaking[type-changed] {GOOD.replace(chr(34), "")}"'
    assert output(OLD, program("str", above=text)) == ""
