"""The check of a clone, as a table of what the API may have made of it."""

from dataclasses import replace

import pytest

from reconciler.core.guide import PrefixGuide
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import DraftName, image_key
from reconciler.core.run.clone import CloneFinding, check_clone, has_arrived
from reconciler.core.wish import DatasetWish, WishImage
from tests.core.build import PREFIX, live_dataset, live_image, sha
from tests.core.run.test_draft_ownership import MARK, OWN, WISH, draft

OTHER = "A photo of Lora,"
NAME = DraftName(base="poses", version=3, fingerprint=WISH.fingerprint, mark=MARK, of=2)
WAVE = live_image(1, "wave", "seen.", "automatic")
JUMP = live_image(2, "jump", "by hand.", "manual")
OLD = live_image(3, "old", "kept by nobody.", "manual")
SOURCE = live_dataset(5, "poses v2 (a9f3c1a2b7d40)", WAVE, JUMP, OLD)


def wanted(*names: str, prefix: str = PREFIX) -> DatasetWish:
    """A wish for these images."""
    images = tuple(
        WishImage(key=image_key(sha(name)), digest=sha(name), size=1, name=f"{name}.png", path="") for name in names
    )
    return replace(WISH, images=images, guide=PrefixGuide(text=prefix))


def clone(*images: RemoteImage, prefix: str | None = PREFIX) -> RemoteDataset:
    """The clone as it arrived."""
    made = draft(f"{OWN} of v2", images=images, images_count=len(images))
    return replace(made, guide=None if prefix is None else PrefixGuide(text=prefix))


def found(copy: RemoteDataset, *, prefix: str = PREFIX, name: DraftName = NAME) -> CloneFinding:
    """The finding for a wish that keeps wave and jump."""
    return check_clone(SOURCE, copy, name, wanted("wave", "jump", prefix=prefix), MARK)


def puts(finding: CloneFinding) -> list[tuple[str, str]]:
    """Names and prefixes that are sent, in order."""
    return [(str(one.name), one.guide.text if one.guide else "") for one in finding.puts]


def test_a_faithful_clone_only_loses_its_mark() -> None:
    """Where everything came along, one PUT takes ` of vN` off."""
    finding = found(clone(WAVE, JUMP, OLD))
    assert (finding.unkeyed, finding.rewrites, finding.missing, finding.stale) == ((), (), (), False)
    assert puts(finding) == [(OWN, PREFIX)]


def test_images_without_a_digest() -> None:
    """An image without a key is what fails a check (U71)."""
    assert found(clone(WAVE, replace(JUMP, image_name="image_2.png"))).unkeyed == (
        replace(JUMP, image_name="image_2.png"),
    )


@pytest.mark.parametrize(
    ("caption", "source", "again"),
    [
        ("by hand.", "manual", False),
        ("edited on the draft.", "manual", False),
        ("by hand.", "automatic", True),
        ("by hand.", None, True),
        ("seen again.", "automatic", True),
        (None, None, True),
        ("by hand.", "unknown", True),
    ],
)
def test_hand_written_captions(caption: str | None, source: str | None, again: bool) -> None:
    """What people wrote is written again, but never over a manual caption of the draft itself (U74)."""
    rewrites = found(clone(WAVE, replace(JUMP, caption=caption, caption_source=source))).rewrites
    assert [one.text for one in rewrites] == (["by hand."] if again else [])


def test_captions_of_images_that_go() -> None:
    """The hand-written caption of an image that the wish does not hold is not worth a call."""
    assert found(clone(WAVE, JUMP, replace(OLD, caption="seen.", caption_source="automatic"))).rewrites == ()


def test_automatic_captions_that_differ_are_stale() -> None:
    """Captions made for another prefix (U51 captions_reset) are regenerated, with the source's prefix sent again."""
    finding = found(clone(replace(WAVE, caption="other."), JUMP, prefix="Default,"))
    assert finding.stale
    assert puts(finding) == [(f"{OWN} stale", PREFIX)]


def test_a_missing_caption() -> None:
    """A caption that is still to come is stale only where it may be made for another prefix."""
    assert not found(clone(replace(WAVE, caption=None), JUMP)).stale
    assert found(clone(replace(WAVE, caption=None), JUMP, prefix="Default,")).stale


def test_another_prefix_with_the_same_captions() -> None:
    """U73: the source's prefix is sent again before the mark goes."""
    assert puts(found(clone(WAVE, JUMP, prefix="Default,"))) == [(f"{OWN} of v2", PREFIX), (OWN, PREFIX)]


@pytest.mark.parametrize("prefix", [PREFIX, OTHER, "Default,"])
def test_a_new_prefix_goes_with_stale(prefix: str) -> None:
    """Where the wish changes the prefix, mark, prefix and ` stale` change in one PUT, whatever the clone has."""
    assert puts(found(clone(WAVE, JUMP, prefix=prefix), prefix=OTHER)) == [(f"{OWN} stale", OTHER)]


def test_a_clone_that_stays_empty() -> None:
    """Without images there is nothing to be stale: the prefix is set later."""
    finding = found(clone(prefix=None), prefix=OTHER)
    assert len(finding.missing) == 2
    assert puts(finding) == [(f"{OWN} of v2", PREFIX), (OWN, PREFIX)]
    assert puts(found(clone(), prefix=OTHER)) == [(OWN, PREFIX)]


def test_stale_stays() -> None:
    """A draft that was marked stale before keeps that mark."""
    assert puts(found(clone(WAVE, JUMP), name=replace(NAME, stale=True))) == [(f"{OWN} stale", PREFIX)]


def test_arrival() -> None:
    """A clone has arrived once reads and counts show as many images as the source has."""
    assert has_arrived(SOURCE, clone(WAVE, JUMP, OLD))
    assert not has_arrived(SOURCE, clone(WAVE, JUMP))
    assert not has_arrived(SOURCE, replace(clone(WAVE, JUMP, OLD), images_count=2))
    assert has_arrived(
        replace(SOURCE, images=None, images_count=None), replace(clone(), images=None, images_count=None)
    )
