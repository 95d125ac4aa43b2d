"""What is left to do inside a draft until it is its wish: on a live draft, on a clone-to-be, or on nothing yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.core.change import (
    CaptionChange,
    DatasetWish,
    FieldChange,
    ImageChange,
    ImageEffect,
    KeptCaption,
    WishImage,
)
from reconciler.core.diff.content_match import by_key, twins
from reconciler.core.guide import Guide, same_caption, same_guide
from reconciler.core.live import RemoteImage
from reconciler.core.name import image_label, parse_image_key, parse_image_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a draft holds, or will hold when it is cloned; `guide` None where it is not created yet."""

    guide: Guide | None = None
    images: tuple[RemoteImage, ...] = ()
    stale: bool = False
    regenerating: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The differences between a draft's content and its wish."""

    guide: FieldChange | None
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


def work(
    content: Content,
    wish: DatasetWish,
    *,
    carried: Mapping[str, KeptCaption],
    by_git: frozenset[str] | None,
) -> Work:
    """Compare. `carried` are hand-written captions of older versions; `by_git` keys whose live text git wrote."""
    live = by_key(content.images)
    wanted = {image.key: image for image in wish.images}
    staying = {key: image for key, image in live.items() if key in wanted}
    guide = _guide(content, wish)
    stale = content.stale or (guide is not None and bool(staying))
    regenerated = sum(not image.is_hand_written for image in staying.values()) if stale else 0
    return Work(
        guide=guide,
        images=_images(content.images, live, wanted),
        captions=tuple(_captions(wish, staying, by_git)),
        kept=tuple(_kept(staying, wanted, carried)),
        stale=stale,
        regenerated=regenerated,
        waits=content.regenerating or any(image.caption is None for image in staying.values()),
    )


def _guide(content: Content, wish: DatasetWish) -> FieldChange | None:
    if same_guide(content.guide, wish.guide):
        return None
    before = None if content.guide is None else content.guide.text
    return FieldChange(path=wish.guide.field, before=before, after=wish.guide.text)


def _images(
    images: Iterable[RemoteImage], live: Mapping[str, RemoteImage], wanted: Mapping[str, WishImage]
) -> tuple[ImageChange, ...]:
    going = {key: image for key, image in live.items() if key not in wanted}
    by_label: dict[str, str] = {}
    for key, image in going.items():
        by_label.setdefault(parse_image_label(image.image_name), key)
    changes, replaced = [], set()
    for wish in sorted(wanted.values(), key=lambda wish: wish.name):
        if wish.key in live:
            continue
        old = by_label.pop(image_label(wish.name), "")
        if old:
            replaced.add(old)
        changes.append(_coming(wish, old, going.get(old)))
    changes += [_going(key, image) for key, image in going.items() if key not in replaced]
    changes += [_twin(image) for image in twins(images)]
    return tuple(changes)


def _coming(image: WishImage, replaces: str, before: RemoteImage | None) -> ImageChange:
    return ImageChange(
        effect=ImageEffect.REPLACED if replaces else ImageEffect.ADDED,
        name=image.name,
        key=image.key,
        size=image.size,
        path=image.path,
        replaces=replaces,
        caption=image.caption,
        hand_written=before is not None and before.is_hand_written and image.caption is None,
    )


def _going(key: str, image: RemoteImage) -> ImageChange:
    return ImageChange(
        effect=ImageEffect.REMOVED,
        name=parse_image_label(image.image_name),
        key=key,
        caption=image.caption,
        hand_written=image.is_hand_written,
    )


def _twin(image: RemoteImage) -> ImageChange:
    key = parse_image_key(image.image_name) or ""
    label = parse_image_label(image.image_name)
    return ImageChange(effect=ImageEffect.TWIN, name=label, key=key, id=image.id)


def _captions(
    wish: DatasetWish, staying: Mapping[str, RemoteImage], by_git: frozenset[str] | None
) -> Iterable[CaptionChange]:
    for wanted in sorted(wish.images, key=lambda image: image.name):
        image, text = staying.get(wanted.key), wanted.caption
        if image is None or text is None or same_caption(wish.guide, image.caption, text):
            continue
        theirs = image.is_hand_written and (by_git is None or wanted.key not in by_git)
        yield CaptionChange(key=wanted.key, name=wanted.name, before=image.caption, after=text, rewrites=theirs)


def _kept(
    staying: Mapping[str, RemoteImage], wanted: Mapping[str, WishImage], carried: Mapping[str, KeptCaption]
) -> Iterable[KeptCaption]:
    for image in sorted(wanted.values(), key=lambda image: image.name):
        if image.caption is not None:
            continue
        here = staying.get(image.key)
        if here is not None and here.is_hand_written:
            yield KeptCaption(key=image.key, name=image.name, text=here.caption or "", version=None)
        elif image.key in carried:
            yield carried[image.key]
