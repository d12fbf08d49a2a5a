"""The catalogue of rules is whole: each has a family, a code of its own, and is said to be mended when it is."""

from __future__ import annotations

from convexgen.fix.proposals import MENDS
from convexgen.rules import ALL, FAMILIES, breaking, level


def test_no_name_and_no_code_is_used_twice() -> None:
    assert len({rule.name for rule in ALL}) == len({rule.code for rule in ALL}) == len(ALL)


def test_every_rule_has_a_family() -> None:
    assert [rule.name for rule in ALL if rule.code[:3] not in FAMILIES] == []


def test_rules_say_whether_they_can_be_mended() -> None:
    said = {rule.name: rule.mend for rule in ALL if rule.mend is not None}
    assert said == {
        name: "safe" if any(kind == "safe" for kind, _ in mends) else "unsafe" for name, mends in MENDS.items()
    }


def test_only_changes_are_of_no_level_of_their_own() -> None:
    assert {rule for rule in ALL if level(rule) == "varies"} == set(breaking.CHANGES)
    assert {level(rule) for rule in ALL} == {"error", "warning", "off", "varies"}
