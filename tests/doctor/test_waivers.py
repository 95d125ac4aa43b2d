"""Waivers: what a manifest may accept, for how long, and what is said about those that do nothing."""

from datetime import date

import pytest

from reconciler.core.manifest.resolve import problems_in
from reconciler.doctor.waivers import judge_waivers
from tests.doctor.build import PREFIX, dataset, examined, folder, picture, project, rules, tree

LONG = picture("beach/a.png", 1536, 1024)
WIDE = picture("b.png", 1536, 1024)
RULE = "rule: image-cropped"
REASON = "reason: meant so"


def waiving(*waivers: str) -> str:
    return dataset("poses", f"waive: [{', '.join(f'{{{one}}}' for one in waivers)}]")


def wrong(*waivers: str) -> list[tuple[str, str, str]]:
    loaded = tree(project(), waiving(*waivers), folders={"poses": folder(picture("a.png"))})
    return [
        (p.summary, p.detail, p.remedy) for p in problems_in(loaded, judge_waivers(loaded)) if p.rule == "waiver-wrong"
    ]


@pytest.mark.parametrize(
    ("waivers", "found", "waived"),
    [
        pytest.param([f"{RULE}, {REASON}"], [], 2, id="all of a rule"),
        pytest.param([f'{RULE}, {REASON}, images: ["beach/*"]'], ["image-cropped"], 1, id="by folder"),
        pytest.param([f'{RULE}, {REASON}, images: ["beach/*", "b.*"]'], [], 2, id="by two patterns"),
        pytest.param([f"{RULE}, {REASON}, until: 2026-06-01"], [], 2, id="on its last day"),
        pytest.param(
            [f"{RULE}, {REASON}, until: 2026-05-31"],
            ["waiver-expired", "image-cropped", "image-cropped"],
            0,
            id="a day later",
        ),
        pytest.param(
            [f"{RULE}, {REASON}, until: 2026-05-31", f"{RULE}, {REASON}"],
            ["waiver-expired"],
            2,
            id="over, and waived by another",
        ),
        pytest.param(
            [f"rule: image-blurred, {REASON}"], ["image-cropped", "image-cropped", "waiver-unused"], 0, id="of nothing"
        ),
        pytest.param(
            [f"rule: image-blurred, {REASON}, until: 2020-01-01"],
            ["image-cropped", "image-cropped", "waiver-unused"],
            0,
            id="of nothing, and over",
        ),
    ],
)
def test_what_is_left_and_what_is_waived(waivers: list[str], found: list[str], waived: int) -> None:
    diagnosis = examined(project(), waiving(*waivers), poses=folder(LONG, WIDE), today=date(2026, 6, 1))
    assert rules(diagnosis) == found
    assert diagnosis.waived == waived


def test_what_was_waived_keeps_reason_and_day() -> None:
    waiver = f"{RULE}, reason: '  posters ', until: 2027-01-31"
    (dataset,) = examined(project(), waiving(waiver), poses=folder(LONG)).datasets
    (waived,) = dataset.waived
    assert (waived.finding.rule, waived.reason, waived.until) == ("image-cropped", "posters", "2027-01-31")


def test_an_expired_waiver_names_rule_day_and_reason_at_its_place() -> None:
    waiver = f"{RULE}, {REASON}, until: 2020-12-31"
    (dataset,) = examined(project(), waiving(waiver), poses=folder(LONG)).datasets
    found = dataset.findings[0]
    assert str(found.location) == "m/1.yaml:8:11"
    assert (found.summary, found.detail) == ("this waiver of image-cropped is over", "Until 2020-12-31: meant so")


def test_a_finding_about_several_images_is_waived_where_all_of_them_fit() -> None:
    small = folder(picture("beach/a.png", 800, 800), picture("b.png", 800, 800))
    part = examined(project(), waiving(f'rule: images-scaled, {REASON}, images: ["beach/*"]'), poses=small)
    whole = examined(project(), waiving(f'rule: images-scaled, {REASON}, images: ["**/*"]'), poses=small)
    assert rules(part) == ["images-scaled", "waiver-unused"]
    assert rules(whole) == []


def test_a_finding_about_no_image_is_not_waived_by_patterns() -> None:
    waiver = f'rule: prefix-end, {REASON}, images: ["*"]'
    text = waiving(waiver).replace(PREFIX, "An illustration of Lora, a female character.")
    assert rules(examined(project(), text, poses=folder(picture("a.png")))) == ["prefix-end", "waiver-unused"]


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        pytest.param(
            f"rule: image-croped, {REASON}",
            (
                'there is no rule "image-croped"',
                "",
                'Did you mean "image-cropped"? `reconciler doctor` prints the id of each rule.',
            ),
            id="a slip of the pen",
        ),
        pytest.param(
            f"rule: image-gps, {REASON}",
            (
                'there is no rule "image-gps"',
                "",
                'Did you mean "image-located"? `reconciler doctor` prints the id of each rule.',
            ),
            id="another word for it",
        ),
        pytest.param(
            f"rule: zzzzzzzz, {REASON}",
            ('there is no rule "zzzzzzzz"', "", "`reconciler doctor` prints the id of each rule."),
            id="nothing like it",
        ),
        pytest.param(
            f"rule: image-small, {REASON}",
            (
                '"image-small" cannot be waived',
                "Too small: Bria would refuse it, or something else would be trained.",
                "Use a larger picture.",
            ),
            id="what Bria would refuse",
        ),
        pytest.param(
            f'{RULE}, reason: " "',
            ("this waiver has no reason", "", "Say why, in a few words."),
            id="no reason",
        ),
        pytest.param(
            f"{RULE}, {REASON}, until: 2027-02-30",
            ('"until" is no date', 'Found "2027-02-30".', "Write it as 2027-01-31: the last day."),
            id="no such day",
        ),
        pytest.param(
            f"{RULE}, {REASON}, until: '20270131'",
            ('"until" is no date', 'Found "20270131".', "Write it as 2027-01-31: the last day."),
            id="another way to write a day",
        ),
        pytest.param(
            f'{RULE}, {REASON}, images: ["[a"]',
            (
                'the pattern "[a" cannot be used',
                "[ has no closing ].",
                'For example: "beach/*.png".',
            ),
            id="a bad pattern",
        ),
    ],
)
def test_a_waiver_that_cannot_be_used_is_a_problem_of_the_tree_and_waives_nothing(
    waiver: str, said: tuple[str, str, str]
) -> None:
    assert wrong(waiver) == [said]
    assert "image-cropped" in rules(examined(project(), waiving(waiver), poses=folder(LONG)))
