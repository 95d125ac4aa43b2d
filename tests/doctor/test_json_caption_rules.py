"""Captions that are JSON documents: what holds of every caption holds of them, and nothing that is about sentences."""

import pytest

from reconciler.doctor.finding import Finding
from reconciler.doctor.json_caption_rules import judge_json_captions
from reconciler.doctor.rules import RULES
from tests.doctor.build import caption


def judged(*texts: str) -> list[Finding]:
    return list(judge_json_captions([caption(text, f"i{number}.png") for number, text in enumerate(texts)]))


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        pytest.param('{"action": "Waves with both arms", "place": "a meadow"}', [], id="no sentence is asked for"),
        pytest.param('{"tags": ["red hat", "blue sky"], "people": 2}', [], id="texts in lists count, numbers do not"),
        pytest.param('{"action": "waves"}', ["caption-brief"], id="one word"),
        pytest.param('{"action": "微笑む"}', [], id="words of another script are not counted"),
        pytest.param('{"a": {"b": "%s"}}' % ("word " * 90), [], id="long by nature"),
        pytest.param('{"place": "a small cafÃ© by the sea"}', ["caption-mojibake"], id="mangled"),
        pytest.param('{"place": "a small caf\\u00c3\\u00a9 by the sea"}', ["caption-mojibake"], id="mangled, escaped"),
        pytest.param("waving on a meadow", [], id="no JSON is another rule's business"),
        pytest.param('["a list"]', [], id="no object is another rule's business"),
    ],
)
def test_one_caption(text: str, rules: list[str]) -> None:
    assert [finding.rule for finding in judged(text)] == rules


def test_one_caption_for_two_images_is_found_whatever_its_layout() -> None:
    found = judged(
        '{"action": "waves a hand", "n": 1}', '{"n":1.0,"action":"waves a hand"}', '{"action": "sits on it"}'
    )
    assert [(finding.rule, finding.images) for finding in found] == [("caption-same", ("i1.png",))]


def test_each_rule_that_is_for_prefixes_alone_says_why() -> None:
    reasons = {rule.id for rule in RULES.values() if rule.prefix_only}
    doctors = {
        id_ for id_, rule in RULES.items() if rule.subject.value == "caption" and rule.found_by.value == "doctor"
    }
    both = {"caption-missing", "caption-same", "caption-mojibake", "caption-brief"}
    assert doctors - reasons == both
    assert not reasons & both
