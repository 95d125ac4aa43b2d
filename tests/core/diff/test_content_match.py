"""The one matcher: what stays, comes, goes and takes another's place, and the reasons that are read off it."""

from dataclasses import replace

import pytest

from reconciler.core.change import FieldChange
from reconciler.core.content_change import ImageEffect
from reconciler.core.desired import DesiredImage
from reconciler.core.diff.assessment import wish_for
from reconciler.core.diff.content_diff import DraftContent, content_diff
from reconciler.core.diff.content_match import ContentMatch, match_live, match_wish, unfit
from reconciler.core.guide import PrefixGuide, SchemaGuide
from reconciler.core.live import LiveContent, RemoteImage
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.core.wish import DatasetWish, WishImage
from tests.core.build import PREFIX, dataset, image, live_dataset, live_image


def wish(*images: DesiredImage, prefix: str = PREFIX) -> DatasetWish:
    """What version 1 must hold."""
    return wish_for(dataset(*images, prefix=prefix), "a000000000001", 1)


def holding(*images: RemoteImage, prefix: str | None = PREFIX) -> LiveContent:
    """What a dataset holds."""
    guide = None if prefix is None else PrefixGuide(text=prefix)
    return LiveContent(guide=guide, uploads=ONE_BY_ONE, images=images)


def told(match: ContentMatch[WishImage] | ContentMatch[RemoteImage]) -> dict[str, list[object]]:
    """The match by ids of live images, and by names of wanted ones."""

    def name(one: WishImage | RemoteImage) -> str:
        return one.image_name.split(".")[0] if isinstance(one, RemoteImage) else one.name

    return {
        "staying": [(pair.live.id, name(pair.wanted)) for pair in match.staying],
        "coming": [name(one) for one in match.coming],
        "going": [one.id for one in match.going],
        "replaced": [(pair.live.id, name(pair.wanted)) for pair in match.replaced],
        "twins": [one.id for one in match.twins],
        "unkeyed": [one.id for one in match.unkeyed],
    }


LIVE = holding(
    live_image(1, "stays"),
    live_image(2, "changes", content="old bytes"),
    live_image(3, "goes"),
    live_image(4, "stays"),
    RemoteImage(id=5, image_name="holiday.png"),
)


def test_an_image_is_what_its_digest_says_and_a_name_only_pairs() -> None:
    """One that stays under another name stays; one with other bytes under the same name is replaced."""
    wanted = wish(image("renamed", content="stays"), image("changes", content="new bytes"), image("comes"))
    assert told(match_wish(LIVE, wanted)) == {
        "staying": [(1, "renamed.png")],
        "coming": ["changes.png", "comes.png"],
        "going": [2, 3],
        "replaced": [(2, "changes.png")],
        "twins": [4],
        "unkeyed": [5],
    }


def test_two_live_datasets_are_matched_the_same_way() -> None:
    """But that images of somebody else, which no manifest can name, are told apart by their names."""
    after = holding(
        live_image(11, "renamed", content="stays"),
        live_image(12, "changes", content="new bytes"),
        RemoteImage(id=15, image_name="holiday.png"),
        RemoteImage(id=16, image_name="other.png"),
    )
    found = told(match_live(LIVE, after))
    assert sorted(map(str, found["staying"])) == ["(1, 'renamed')", "(5, 'holiday')"]
    assert sorted(map(str, found["coming"])) == ["changes", "other"]
    assert found["going"] == [2, 3]
    assert found["replaced"] == [(2, "changes")]


def test_labels_that_collide_are_paired_one_by_one() -> None:
    """`a/b.png` and `a-b.png` have one label: two that go and two that come make two pairs, the oldest first."""
    live = holding(live_image(7, "a-b", content="1"), live_image(6, "a-b", content="2"))
    wanted = wish(image("a-b", content="3"), image("a/b", content="4"), image("a_b", content="5"))
    match = match_wish(live, wanted)
    assert told(match)["replaced"] == [(6, "a-b.png"), (7, "a/b.png")]
    assert told(match)["coming"] == ["a-b.png", "a/b.png", "a_b.png"]


def test_captions_differ_under_their_guide() -> None:
    """As texts under a prefix; under a schema as JSON; an undeclared one never differs."""
    live = holding(live_image(1, "a", '{"b": 1}'), live_image(2, "c", "seen."), live_image(3, "d", None))
    wanted = wish(image("a", '{"b":1}'), image("c"), image("d", "waves."))
    assert [pair.live.id for pair in match_wish(live, wanted).differing] == [1, 3]
    schema = SchemaGuide(text="{}")
    under_schema = match_wish(replace(live, guide=schema), replace(wanted, guide=schema))
    assert [pair.live.id for pair in under_schema.differing] == [3]


def test_guides_differ_by_the_names_of_their_fields() -> None:
    """Modulo outer white space; one that is not set is None; two families are two fields."""
    assert match_wish(holding(prefix=f"{PREFIX} "), wish()).guide_changes == ()
    assert match_wish(holding(prefix=None), wish()).guide_changes == (
        FieldChange(path="caption_prefix", before=None, after=PREFIX),
    )
    schema = replace(holding(), guide=SchemaGuide(text="{}"))
    assert match_live(holding(), schema).guide_changes == (
        FieldChange(path="caption_prefix", before=PREFIX, after=None),
        FieldChange(path="visual_schema", before=None, after="{}"),
    )
    assert match_live(holding(prefix=None), holding(prefix=None)).guide_changes == ()


@pytest.mark.parametrize(
    ("images", "fields", "reasons"),
    [
        ((live_image(1, "a", "text."), live_image(2, "b")), {}, ()),
        (
            (live_image(1, "a", "text."), live_image(2, "b")),
            {"prefix": "x"},
            (f'its caption_prefix is "x", git declares "{PREFIX}"',),
        ),
        (
            (live_image(1, "a", "text."), live_image(2, "b")),
            {"captions_update_status": "in_progress"},
            ("its captions are being regenerated",),
        ),
        ((live_image(1, "a", "text."),), {}, ("1 image of 2 missing",)),
        (
            (
                live_image(1, "a", "text."),
                live_image(2, "b"),
                live_image(3, "b"),
                RemoteImage(id=4, image_name="x.png"),
            ),
            {},
            ("2 images too many",),
        ),
        (
            (live_image(1, "a", "text."), live_image(2, "b")),
            {"images_count": 3},
            ("it lists 2 images and counts 3",),
        ),
        (
            (live_image(1, "a", None), live_image(2, "b", None)),
            {},
            ("2 images without a caption",),
        ),
        ((live_image(1, "a", "Text."), live_image(2, "b")), {}, ("1 caption not as declared",)),
    ],
)
def test_reasons_why_a_dataset_does_not_fit(
    images: tuple[RemoteImage, ...], fields: dict[str, str], reasons: tuple[str, ...]
) -> None:
    """A sentence each, and none where it fits."""
    live = live_dataset(1, "poses v1 (a000000000001)", *images, **fields)
    assert unfit(live, wish(image("a", "text."), image("b"))) == reasons


def test_what_is_left_to_do_is_read_off_the_same_match() -> None:
    """A draft that fits has nothing left to do, and the effects of images are those of the match."""
    wanted = wish(image("renamed", content="stays"), image("changes", content="new bytes"), image("comes"))
    todo = content_diff(DraftContent(content=LIVE), wanted, carried={})
    assert [(one.effect, one.name) for one in todo.images] == [
        (ImageEffect.REPLACED, "changes.png"),
        (ImageEffect.ADDED, "comes.png"),
        (ImageEffect.REMOVED, "goes.png"),
        (ImageEffect.TWIN, "stays.png"),
    ]
    fitting = DraftContent(content=holding(live_image(1, "a")))
    assert content_diff(fitting, wish(image("a")), carried={}).is_none
    assert not content_diff(replace(fitting, regenerating=True), wish(image("a")), carried={}).is_none
