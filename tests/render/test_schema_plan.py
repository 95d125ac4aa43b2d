"""A plan of the schema family: what changes of a schema and of JSON captions is shown by path, wherever it is printed."""

import json
from collections.abc import Callable

import pytest

from reconciler.core.change import DatasetChange, Origin
from reconciler.core.content_change import CaptionChange, KeptCaption, LostCaption
from reconciler.core.diff.content_match import ContentMatch
from reconciler.core.guide import SchemaGuide
from reconciler.core.live import LiveContent
from reconciler.core.plan import Plan
from reconciler.core.reason import Reason, Why
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.render.difference import Wording
from tests.render import sample
from tests.render.html.reading import read
from tests.render.printed import render_html, render_markdown, render_screen

Golden = Callable[[str, str], None]
DIGEST = "5f2c91aa" + "0" * 56
BEFORE = SchemaGuide(
    text='{"style": "flat shapes", "colors": ["ink", "cream"], "light": {"from": "left", "hard": false}}'
)
AFTER = SchemaGuide(
    text='{"colors":["ink","cream","red"],"light":{"from":"left","hard":true},"style":"soft flat shapes"}'
)
WAVE = LostCaption(
    key="a1",
    name="wave.png",
    before='{"action":"waves","mood":"calm"}',
    after='{"mood": "calm", "action": "waves with both hands"}',
)
JUMP = CaptionChange(key="a2", name="jump.png", before="a plain text", after='{"action":"jumps"}')
KEPT = KeptCaption(key="a4", name="sit.png", text='{"action":"sits"}', version=2)


def change(before: SchemaGuide | None, **words: object) -> DatasetChange:
    live = LiveContent(guide=before, uploads=ONE_BY_ONE, images=())
    match = ContentMatch(live=live, guide=AFTER, staying=(), coming=(), going=(), replaced=(), twins=(), unkeyed=())
    return sample.dataset(guide=match.guide_changes, wish=sample.wish(guide=AFTER), images=(), **words)


def next_version() -> Plan:
    made = change(BEFORE, captions=(WAVE, JUMP), kept=(KEPT,), regenerated=3)
    return sample.plan(changes=(made, sample.model(training_version=None)))


def first_version() -> Plan:
    made = change(
        None,
        version=1,
        origin=Origin.CREATE,
        origin_id=None,
        base_version=None,
        reason=Reason(why=Why.NOT_LIVE),
        stale=False,
        regenerated=0,
    )
    return sample.plan(changes=(made,))


def test_a_schema_changes_by_path(golden: Golden) -> None:
    golden("plan/schema.txt", render_screen(next_version(), digest=DIGEST))
    golden("markdown/schema.md", render_markdown(next_version(), digest=DIGEST))
    golden("html/schema.txt", read(render_html(next_version(), digest=DIGEST)).lines)


def test_a_first_schema_is_shown_by_its_keys(golden: Golden) -> None:
    golden("plan/schema-first.txt", render_screen(first_version(), digest=DIGEST))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('{"a": 1}', '{"a": 1.0, "b": null}', "b: null"),
        ('{"a": {"b": [1, 2]}}', '{"a": {"b": [1]}}', "a.b[1]: 2"),
        ('{"a": "x y"}', "not JSON", '{"a": "x y"} not JSON'),
        ("{broken", '{"a": 1}', '{broken {"a": 1}'),
        ('{"a b": true, "c": "d"}', '{"a b": false}', '["a b"]: true false · c: d'),
    ],
)
def test_two_texts_are_compared_by_path_if_both_are_json_objects(before: str, after: str, told: str) -> None:
    assert " ".join(piece.text for piece in Wording(before, after).pieces) == told


def test_a_long_document_is_shown_by_what_differs() -> None:
    """However long it is: only the part that changes is printed."""
    long = {f"key {number}": "words " * 20 for number in range(60)}
    other = json.dumps({**long, "key 7": "other words"})
    pieces = Wording(json.dumps(long), other).pieces
    assert pieces[0].text == '["key 7"]:'
    assert sum(len(piece.text) for piece in pieces) < 200
