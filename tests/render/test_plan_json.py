"""The report as JSON: the same tree that the other forms print."""

import json
from collections.abc import Callable

from reconciler.core.content_change import CaptionChange
from reconciler.core.refusal import Refusal
from tests.render import sample
from tests.render.html import album
from tests.render.printed import render_report_json

Golden = Callable[[str, str], None]
DIGEST = "5f2c91aa" + "0" * 56


def test_a_new_version_is_a_tree_of_values(golden: Golden) -> None:
    """Verdict, costs beside limits, objects with their rows, and word by word what differs."""
    golden("json/new-version.json", render_report_json(sample.plan(), digest=DIGEST))


def test_what_is_never_folded_stands_apart() -> None:
    """Objects, images, captions and refusals that no printer may leave out are `loud`."""
    report = json.loads(render_report_json(album.plan(), digest=DIGEST))
    assert [one["ref"] for one in report["objects"]["quiet"]] == ["model/cups"]
    content = next(one["content"] for one in report["objects"]["loud"] if one["content"])
    assert [one["name"] for one in content["images"]["loud"]] == ["nap.png", "old-00", "old-01", "old-02"]
    assert [one["name"] for one in content["captions"]["loud"]] == ["tea.png"]
    assert len(report["refusals"]["loud"]) == 2
    assert not report["refusals"]["quiet"]


def test_words_that_differ_are_told_one_by_one() -> None:
    """Of captions and of fields."""
    caption = CaptionChange(key="c", name="c.png", before="a red cup", after="a blue cup")
    report = json.loads(render_report_json(sample.plan(changes=(sample.dataset(captions=(caption,)),)), digest=DIGEST))
    (one,) = report["objects"]["loud"]
    expected = [["same", "a"], ["gone", "red"], ["come", "blue"], ["same", "cup"]]
    assert one["content"]["captions"]["quiet"][0]["wording"]["words"] == expected
    assert ["gone", "girl"] in one["fields"][0]["words"]


def test_foreign_text_is_ascii_and_acts_on_nothing() -> None:
    """H36-H38: no escape sequence and no command to a runner of CI."""
    refusal = Refusal(rule="r", ref=None, summary=sample.HOSTILE, remedies=(sample.HOSTILE,))
    text = render_report_json(sample.plan(refusals=(refusal,)), digest=DIGEST)
    assert text.isascii()
    assert all(char == "\n" or char.isprintable() for char in text)
    assert "##[" not in text
    assert sample.HOSTILE in json.loads(text)["refusals"]["loud"][0]["text"]


def test_checkpoints_that_go_are_values() -> None:
    """By version, beside the objects that go."""
    plan = sample.plan(changes=(sample.checkpoints(),), actions=sample.checkpoint_actions())
    (one,) = json.loads(render_report_json(plan, digest=DIGEST))["objects"]["loud"]
    assert [each["steps"] for each in one["losses"]["checkpoints"]] == [[500], [500, 750]]
    assert (one["effect"], one["tone"]) == ("delete checkpoints", "destroys")
