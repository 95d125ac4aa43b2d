"""Which captions are regenerated, awaited and written, as tables."""

from dataclasses import replace

import pytest

from reconciler.core.action import KeyedText
from reconciler.core.content_change import CaptionChange
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import image_key
from reconciler.core.run.caption import (
    CaptionWrites,
    awaited,
    caption_writes,
    captions_by_id,
    expected_texts,
    has_moved,
    missing,
    not_regenerated,
    regeneration,
    text_to_inherit,
)
from tests.core.build import PREFIX, live_image, sha
from tests.core.run.test_clone import wanted
from tests.core.run.test_draft_ownership import OWN, draft


def holding(*images: RemoteImage) -> RemoteDataset:
    """A draft with these images."""
    return draft(OWN, images=images, images_count=len(images))


@pytest.mark.parametrize(
    ("caption", "source", "expected"),
    [
        ("seen.", "automatic", True),
        ("seen.", None, True),
        (None, None, True),
        (None, "manual", True),
        ("seen.", "pending", True),
        ("mine.", "manual", False),
        ("mine.", "unknown", False),
        ("mine.", "imported", False),
    ],
)
def test_what_may_be_regenerated(caption: str | None, source: str | None, expected: bool) -> None:
    """Only a text that Bria wrote may be regenerated; an unknown word stands for a person's."""
    assert live_image(1, "wave", caption, source).is_automatic is expected


def test_regeneration() -> None:
    """All at once where nobody wrote anything, one by one beside what people wrote."""
    one, two, mine = live_image(1, "a"), live_image(2, "b"), live_image(3, "c", "mine.", "manual")
    assert regeneration(holding(one, two)).collective
    assert not regeneration(holding(one)).collective
    beside = regeneration(holding(one, two, mine))
    assert not beside.collective
    assert beside.images == (one, two)
    assert regeneration(holding(mine)).images == ()


def test_left_behind() -> None:
    """An image that kept its text, or has none, was passed by; one that a person wrote meanwhile was not."""
    one, two, three = live_image(1, "a", "old."), live_image(2, "b", "old."), live_image(3, "c", "old.")
    before = captions_by_id((one, two, three))
    after = holding(one, replace(two, caption="new."), replace(three, caption=None))
    assert not_regenerated(before, after) == (one, replace(three, caption=None))
    assert not_regenerated(before, holding(replace(one, caption_source="manual"))) == ()
    assert has_moved(before, after)
    assert not has_moved(before, holding(one, live_image(9, "new")))


def test_heirs_of_a_second_copy() -> None:
    """Of two images with one digest the first stays, and takes over what a person wrote on the second."""
    first, second = live_image(1, "wave"), live_image(2, "wave", "by hand.", "manual")
    key = image_key(sha("wave"))
    heir = text_to_inherit((second, first, live_image(3, "jump", "mine.", "manual")), key)
    assert heir is not None
    assert (heir.image, heir.text) == (first, "by hand.")
    assert text_to_inherit((first, live_image(2, "wave")), key) is None
    assert text_to_inherit((replace(second, id=1), second), key) is None
    assert text_to_inherit((), key) is None


def test_awaited_and_missing() -> None:
    """Images without a caption are awaited, wished images without a live one are missing."""
    one, two = live_image(1, "wave"), live_image(2, "jump", None)
    assert awaited(holding(one, two)) == (two,)
    assert [image.name for image in missing(holding(one), wanted("wave", "jump"))] == ["jump.png"]


def text(name: str, words: str, *, declared: bool = True) -> KeyedText:
    """A text for an image."""
    return KeyedText(key=image_key(sha(name)), text=words, declared=declared)


def decided(image: RemoteImage, one: KeyedText, *, before: str | None = None, written: bool = False) -> CaptionWrites:
    """What is decided for one image and one text."""
    changes = (CaptionChange(key=one.key, name="wave", before=before, after=one.text),) if before is not None else ()
    return caption_writes(
        holding(image),
        (one,),
        guide=PrefixGuide(text=PREFIX),
        expected=expected_texts((one,), changes, {}),
        written={image.id} if written else set(),
    )


@pytest.mark.parametrize(
    ("caption", "source", "before", "written", "expected"),
    [
        ("waves.", "automatic", None, False, "nothing"),
        (" waves.\n", "manual", None, False, "nothing"),
        ("seen.", "automatic", None, False, "write"),
        ("seen.", "automatic", None, True, "write"),
        ("was.", "manual", "was.", False, "write"),
        ("typo", "manual", "was.", False, "edited"),
        ("typo", "manual", None, False, "edited"),
        ("Waves", "manual", None, True, "unkept"),
    ],
)
def test_declared_texts(
    caption: str | None, source: str | None, before: str | None, written: bool, expected: str
) -> None:
    """A declared text is written where it differs; over an edit that the plan did not know only if that is allowed."""
    image = live_image(1, "wave", caption, source)
    writing_ = decided(image, text("wave", "waves."), before=before, written=written)
    assert bool(writing_.writes) == (expected in {"write", "edited"})
    assert bool(writing_.edited) == (expected == "edited")
    assert bool(writing_.unkept) == (expected == "unkept")


@pytest.mark.parametrize(
    ("caption", "source", "writes"),
    [
        ("seen.", "automatic", True),
        ("waves.", "automatic", True),
        (None, None, True),
        ("waves.", "manual", False),
        ("edited since.", "manual", False),
    ],
)
def test_carried_texts(caption: str | None, source: str | None, writes: bool) -> None:
    """A text that is carried over never replaces one that a person wrote on the draft."""
    writing_ = decided(live_image(1, "wave", caption, source), text("wave", "waves.", declared=False))
    assert bool(writing_.writes) is writes
    assert writing_.edited == ()


def test_texts_of_missing_images() -> None:
    """A text whose image is not there is left to the verification."""
    assert decided(live_image(1, "jump"), text("wave", "waves.")) == CaptionWrites()
