"""The table of rules holds each rule that anything reports about a dataset, and no other."""

import re
from pathlib import Path

import pytest

from reconciler.doctor.rule_words import RULE_WORDS
from reconciler.doctor.rules import _ROWS, RULES, FoundBy, Grade, Rule

SOURCE = Path(__file__).parents[2] / "reconciler"
ELSEWHERE = re.compile(
    r"(?:manifest|configuration|tree|root|revision|project|model|text|alias|absent|adopted|moved|yaml|gallery|promotion)(?:-|$)"
)
"""Rules about other things than datasets."""


def ids_in(*folders: str) -> set[str]:
    """Every rule id that the code of these rooms writes down."""
    found: set[str] = set()
    for name in folders:
        for path in (SOURCE / name).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= set(re.findall(r'rule="([a-z-]+)"', text))
            found |= set(re.findall(r'_(?:note|warning)\(\s*"([a-z]+-[a-z-]+)"', text))
    return found


def test_no_id_stands_twice() -> None:
    assert len(RULES) == sum(map(len, _ROWS.values()))


def test_no_words_are_left_of_a_rule_that_is_gone() -> None:
    assert set(RULE_WORDS) == set(RULES)


def test_every_rule_about_datasets_that_validate_reports_is_in_the_table() -> None:
    reported = {rule for rule in ids_in("core/manifest", "files") if not ELSEWHERE.match(rule)}
    assert reported <= set(RULES)


def test_every_rule_that_is_the_doctors_own_is_judged_by_it() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "doctor").glob("*.py"))
    judged = set(re.findall(r'(?:breach|breach_in)\(\s*(?:caption,\s*)?"([a-z-]+)"', text))
    assert judged - {"image-alpha"} == {rule.id for rule in RULES.values() if rule.found_by is not FoundBy.VALIDATE}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_says_why_and_what_to_do(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert rule.title[0].islower() or rule.title.startswith(("CMYK", "captions"))
    assert not rule.title.endswith(".")
    assert len(rule.why) >= 25
    assert rule.why.endswith(".")
    assert rule.remedy.endswith((".", '"', "`"))


def test_only_what_the_api_would_take_can_be_waived() -> None:
    assert {rule.can_be_waived for rule in RULES.values() if rule.grade is Grade.ERROR} == {False}
    assert {rule.can_be_waived for rule in RULES.values() if rule.grade is not Grade.ERROR} == {True}
