"""Each mend, on whole files: what it makes of them, and what it leaves alone."""

from __future__ import annotations

import pytest

from convexgen.fix.proposals import MENDS
from convexgen.rules import ALL
from tests.fix import call_cases
from tests.fix.cases import (
    FUNCTIONS,
    LEFT_ALONE,
    TABLES,
    TABLES_LEFT_ALONE,
    UNSAFE,
    UNSAFE_TABLES,
    Case,
)
from tests.fix.projects import USES, Content, contents, findings, mended, snapshot

SAFE = {
    **{name: ("messages.py", case) for name, case in FUNCTIONS.items()},
    **{name: ("schema.py", case) for name, case in TABLES.items()},
}
ONLY_UNSAFE = {
    **{name: ("messages.py", case) for name, case in UNSAFE.items()},
    **{name: ("schema.py", case) for name, case in UNSAFE_TABLES.items()},
}
NOTHING = {
    **{name: ("messages.py", text) for name, text in LEFT_ALONE.items()},
    **{name: ("schema.py", text) for name, text in TABLES_LEFT_ALONE.items()},
}


CALLS = {"schema.py": call_cases.SCHEMA}


@pytest.mark.parametrize(("path", "case"), SAFE.values(), ids=SAFE)
def test_a_finding_is_mended(path: str, case: Case) -> None:
    fixed = mended({path: case.before})
    assert contents(fixed)[path].decode() == case.after
    assert [each.finding.rule.name for each in fixed.mended] == list(case.rules)
    assert fixed.remaining == ()


@pytest.mark.parametrize(("path", "case"), ONLY_UNSAFE.values(), ids=ONLY_UNSAFE)
def test_a_finding_is_mended_if_that_is_asked_for(path: str, case: Case) -> None:
    assert mended({path: case.before}).changes == ()
    fixed = mended({path: case.before}, unsafe=True)
    assert contents(fixed)[path].decode() == case.after
    assert {each.finding.rule.name for each in fixed.mended} == set(case.rules)
    assert fixed.remaining == ()


@pytest.mark.parametrize(("path", "text"), NOTHING.values(), ids=NOTHING)
def test_a_finding_without_an_obvious_mend_is_left_alone(path: str, text: str) -> None:
    encoding = "latin-1" if text.startswith("# coding: latin-1") else "utf-8"
    files: dict[str, Content] = {path: text.encode(encoding), "uses.py": USES}
    fixed = mended(files, unsafe=True)
    assert (fixed.changes, fixed.mended) == ((), ())
    assert fixed.remaining == findings(snapshot(files)) != ()


@pytest.mark.parametrize("case", call_cases.SAFE.values(), ids=call_cases.SAFE)
def test_what_a_function_does_is_mended(case: Case) -> None:
    fixed = mended({**CALLS, "messages.py": case.before})
    assert contents(fixed)["messages.py"].decode() == case.after
    assert [(each.finding.rule.name, each.kind) for each in fixed.mended] == [(rule, "safe") for rule in case.rules]
    assert fixed.remaining == ()


@pytest.mark.parametrize("case", call_cases.ONLY_UNSAFE.values(), ids=call_cases.ONLY_UNSAFE)
def test_what_a_function_does_is_mended_if_that_is_asked_for(case: Case) -> None:
    careful = mended({**CALLS, "messages.py": case.before})
    assert (careful.changes, {finding.rule.name for finding in careful.offered}) == ((), set(case.rules))
    fixed = mended({**CALLS, "messages.py": case.before}, unsafe=True)
    assert contents(fixed)["messages.py"].decode() == case.after
    assert [(each.finding.rule.name, each.kind) for each in fixed.mended] == [(rule, "unsafe") for rule in case.rules]
    assert fixed.remaining == ()


@pytest.mark.parametrize("text", call_cases.LEFT_ALONE.values(), ids=call_cases.LEFT_ALONE)
def test_what_a_function_does_is_left_alone_where_no_mend_is_obvious(text: str) -> None:
    fixed = mended({**CALLS, "messages.py": text}, unsafe=True)
    assert (fixed.changes, fixed.mended) == ((), ())
    assert fixed.remaining == findings(snapshot({**CALLS, "messages.py": text})) != ()


def test_every_mend_is_for_a_rule_and_does_its_work_in_a_case() -> None:
    cases = [case for _, case in (*SAFE.values(), *ONLY_UNSAFE.values())]
    cases += [*call_cases.SAFE.values(), *call_cases.ONLY_UNSAFE.values()]
    shown = {rule for case in cases for rule in case.rules}
    assert set(MENDS) == shown
    assert set(MENDS) <= {rule.name for rule in ALL}


def test_what_is_right_is_mended_beside_what_is_not() -> None:
    """One mend of three is refused, since reading again shows a finding that was not there."""
    head, tail = (
        "from convexgen import QueryCtx, query\n\n\n",
        "\n\n\n@query\nasync def h(ctx: QueryCtx) -> None: ...\n",
    )
    kept = "\n\n@query\nasync def g(ctx: QueryCtx, x: Id) -> None: ...\n"
    fixed = mended(
        {"messages.py": head + "@query\ndef f(ctx: QueryCtx) -> None: ...\n" + kept + tail.replace("async ", "")}
    )
    assert contents(fixed)["messages.py"].decode() == (
        head + "@query\nasync def f(ctx: QueryCtx) -> None: ...\n" + kept + tail
    )
    assert [(each.finding.rule.name, each.finding.primary.span.line) for each in fixed.mended] == [
        ("not-async", 5),
        ("not-async", 14),
    ]
    assert [finding.rule.name for finding in fixed.remaining] == ["unknown-name"]


SHADOWED = """\
from convexgen import MutationCtx, QueryCtx, mutation, query

from .schema import User


@query
async def list(ctx: QueryCtx) -> list[User]:
    return await ctx.db.query(User).take(3)


@query
async def names(ctx: QueryCtx, of: list[str]) -> list[str]:
    assert isinstance(of, list)
    users: list[User] = await list(ctx)
    return list(user.name for user in users)


@mutation
async def later(ctx: MutationCtx) -> None:
    await ctx.run_query(list)
"""


def test_a_function_that_hides_a_type_is_renamed_wherever_it_is_used() -> None:
    others = {
        "a/b.py": "from ..users import {0} as found\nimport backend.users as u\nimport backend.users\n\n"
        "X = [u.{0}, backend.users.{0}, found, x.list]\n",
        "c.py": "from backend import users\n\nX = [users.{0}, list('ab')]\n",
        "d.py": "from .users import {0}\n\n\nasync def f(ctx, x: list[str]):\n"
        "    await ctx.run_query({0}, x=list[str])\n",
    }
    fixed = mended({"users.py": SHADOWED, **{path: text.format("list") for path, text in others.items()}})
    after = (
        SHADOWED.replace("def list", "def list_").replace("await list(", "await list_(").replace("(list)", "(list_)")
    )
    assert contents(fixed)["users.py"].decode() == after
    assert {path: contents(fixed)[path].decode() for path in others} == {
        path: text.format("list_") for path, text in others.items()
    }
    assert fixed.remaining == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("users.py", SHADOWED + "\n\nFOUND = list\n"),
        ("users.py", SHADOWED + "\n\nasync def list_() -> None: ...\n"),
        ("c.py", "from .users import list\n\nX = [list]\n"),
        ("c.py", "from .users import *\n\nX = list\n"),
        ("c.py", "list = (\n"),
    ],
)
def test_a_function_that_hides_a_type_stays_where_not_every_use_is_clear(path: str, text: str) -> None:
    fixed = mended({"users.py": SHADOWED, path: text}, unsafe=True)
    assert (fixed.changes, fixed.mended) == ((), ())


@pytest.mark.parametrize("package", [False, True])
def test_a_function_of_another_module_is_imported(package: bool) -> None:
    home = "chat/__init__.py" if package else "chat.py"
    chat = "from convexgen import QueryCtx, query\n\n\n@query\nasync def newest(ctx: QueryCtx) -> None: ...\n"
    before = (
        "from convexgen import ActionCtx, internal_action\n\n\n@internal_action\n"
        "async def f(ctx: ActionCtx) -> None:\n    await ctx.run_query({})\n"
    )
    fixed = mended({home: chat, "messages.py": before.replace("{}", '"chat:newest"')}, unsafe=True)
    imported = "from convexgen import ActionCtx, internal_action\nfrom .chat import newest\n"
    after = before.replace("{}", "newest").replace("from convexgen import ActionCtx, internal_action\n", imported)
    assert contents(fixed)["messages.py"].decode() == after
    assert fixed.remaining == ()
