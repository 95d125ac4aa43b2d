"""What is left to do inside a draft until it is its wish: on a live draft, on a clone-to-be, or on nothing yet."""

from collections.abc import Iterable, Mapping

from reconciler.core.change import FieldChange
from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, KeptCaption
from reconciler.core.diff.content_match import ContentMatch, match_wish, uncaptioned
from reconciler.core.live import LiveContent, RemoteImage
from reconciler.core.name import image_file_name, parse_image_key
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish, WishImage


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftContent:
    """What a draft holds, or will hold once it is created or cloned, and what its name and the API say about it."""

    content: LiveContent
    stale: bool = False
    """Its name says that automatic captions do not follow the guide yet."""
    regenerating: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDiff:
    """The differences between a draft's content and its wish."""

    guide: tuple[FieldChange, ...]
    images: tuple[ImageChange, ...]
    captions: tuple[CaptionChange, ...]
    kept: tuple[KeptCaption, ...]
    stale: bool
    regenerated: int
    waits: bool
    """Captions have not all arrived, or a regeneration runs."""

    @property
    def is_none(self) -> bool:
        carried = any(kept.version is not None for kept in self.kept)
        return not (self.guide or self.images or self.captions or self.stale or self.waits or carried)


def content_diff(
    draft: DraftContent,
    wish: DatasetWish,
    *,
    carried: Mapping[str, KeptCaption],
) -> ContentDiff:
    """Compare. `carried` are hand-written captions of older versions."""
    match = match_wish(draft.content, wish)
    staying = [pair.live for pair in match.staying]
    guide = match.guide_changes
    # A new guide makes the captions of images that stay lag behind it; those of images that come are made by it.
    stale = draft.stale or bool(guide and staying)
    return ContentDiff(
        guide=guide,
        images=_images(match),
        captions=tuple(caption_changes(match)),
        kept=tuple(_kept(match, wish, carried)),
        stale=stale,
        regenerated=sum(not image.is_hand_written for image in staying) if stale else 0,
        waits=draft.regenerating or bool(uncaptioned(staying)),
    )


def _images(match: ContentMatch[WishImage]) -> tuple[ImageChange, ...]:
    """Images that come in the order of their names, then those that go, then twins."""
    replaced = {pair.wanted.key: pair.live for pair in match.replaced}
    gone = {image.id for image in replaced.values()}
    return (
        *(_coming(image, replaced.get(image.key)) for image in match.coming),
        *(_going(image) for image in match.going if image.id not in gone),
        *(_twin(image) for image in match.twins),
    )


def _coming(image: WishImage, before: RemoteImage | None) -> ImageChange:
    return ImageChange(
        effect=ImageEffect.ADDED if before is None else ImageEffect.REPLACED,
        name=image.name,
        key=image.key,
        size=image.size,
        path=image.path,
        replaces="" if before is None else _key(before),
        caption=image.caption,
        hand_written=before is not None and before.is_hand_written and image.caption is None,
    )


def _going(image: RemoteImage) -> ImageChange:
    return ImageChange(
        effect=ImageEffect.REMOVED,
        name=image_file_name(image.image_name),
        key=_key(image),
        caption=image.caption,
        hand_written=image.is_hand_written,
    )


def _twin(image: RemoteImage) -> ImageChange:
    name = image_file_name(image.image_name)
    return ImageChange(effect=ImageEffect.TWIN, name=name, key=_key(image), id=image.id)


def _key(image: RemoteImage) -> str:
    return parse_image_key(image.image_name) or ""


def caption_changes(match: ContentMatch[WishImage]) -> Iterable[CaptionChange]:
    """Captions of images that are on both sides, where git has other words."""
    for pair in match.differing:
        live, wanted = pair.live, pair.wanted
        assert wanted.caption is not None
        yield CaptionChange(key=wanted.key, name=wanted.name, before=live.caption, after=wanted.caption)


def _kept(
    match: ContentMatch[WishImage], wish: DatasetWish, carried: Mapping[str, KeptCaption]
) -> Iterable[KeptCaption]:
    """Texts of people that git does not declare: those of the draft itself, else those of an older version."""
    staying = {pair.wanted.key: pair.live for pair in match.staying}
    for image in sorted(wish.images, key=lambda image: image.name):
        if image.caption is not None:
            continue
        here = staying.get(image.key)
        if here is not None and here.is_hand_written:
            yield KeptCaption(key=image.key, name=image.name, text=here.caption or "", version=None)
        elif image.key in carried:
            yield carried[image.key]
