"""The images of a contact sheet: each one that comes, goes or gets other words, with its caption under it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

from reconciler.core.change import DatasetChange
from reconciler.core.content_change import CaptionChange, ImageChange, ImageEffect, KeptCaption, LostCaption
from reconciler.core.value import dataclass
from reconciler.render.album import ImageRename
from reconciler.render.difference import Fate, Pieces, Wording, whole
from reconciler.render.words import megabytes

_FROM_GIT = "written in git"
_AUTOMATIC = "automatic"
_BY_HAND = "written by hand on the live side"
_TO_COME = "Bria writes the rest after the upload"
_ANEW = "Bria writes the rest anew"
_OVERWRITES = "overwrites words that a person wrote on the live side and git never had"


class ImageMark(StrEnum):
    """What happens to an image, in the order of a sheet."""

    REMOVED = "removed"
    REWRITTEN = "rewritten"
    """A caption that a person wrote and git never did is overwritten."""
    REPLACED = "replaced"
    ADDED = "added"
    RENAMED = "renamed"
    CAPTION = "caption"
    KEPT = "kept"
    REGENERATED = "regenerated"


MARK_ORDER = {mark: place for place, mark in enumerate(ImageMark)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetImage:
    """One image. `before` and `after` are keys of pictures, empty where that side has none to show.

    `caption` is what stands under it; where nobody knows that yet, `promise` says so. `origin` says who wrote the caption,
    `remark` what else there is to know, `loss` what is lost for good.
    """

    mark: ImageMark
    key: str
    name: str
    before: str = ""
    after: str = ""
    caption: Wording | None = None
    promise: str = ""
    origin: str = ""
    has_guide: bool = True
    remark: str = ""
    loss: str = ""

    @property
    def is_loud(self) -> bool:
        """Is it never folded away?"""
        return self.mark is ImageMark.REMOVED or bool(self.loss)

    @property
    def words(self) -> Pieces:
        """What stands under it, piece by piece."""
        if self.caption is not None:
            return self.caption.pieces
        return whole(self.promise, Fate.UNKNOWN) if self.promise else ()


def sheet_images(change: DatasetChange, renamed: Iterable[ImageRename], before: str) -> tuple[SheetImage, ...]:
    """The images of a dataset's sheet, each told once, in the order of their marks; the loud ones of a mark come first.

    `before` names the version that is compared with.
    """
    found = [*_moving(change, before), *_worded(change)]
    told = {image.key for image in found}
    moved = {one.key: one for one in renamed if one.ref == change.ref}
    found += [_renamed(one) for key, one in moved.items() if key not in told]
    found += _anew(change, told | moved.keys())
    return tuple(sorted(found, key=lambda image: (MARK_ORDER[image.mark], not image.is_loud, image.name, image.key)))


def _moving(change: DatasetChange, before: str) -> Iterator[SheetImage]:
    """Images that come or go."""
    destroyed = {image.key for image in change.losses.destroyed_images}
    yield from (_going(image, before, is_gone=image.key in destroyed) for image in change.going)
    words: dict[str, CaptionChange | LostCaption] = {caption.key: caption for caption in change.captions}
    again = frozenset(change.again)
    words |= {caption.key: caption for caption in change.losses.captions}
    kept = {caption.key: caption for caption in change.kept}
    for image in change.coming:
        if image.key in again:
            continue
        one = _coming(image, words.get(image.key), kept.get(image.key))
        yield (
            replace(one, loss="the old picture goes for good") if image.replaces in destroyed and not one.loss else one
        )


def _coming(image: ImageChange, words: CaptionChange | LostCaption | None, kept: KeptCaption | None) -> SheetImage:
    caption, origin = _coming_words(image, words, kept)
    is_new = image.effect is ImageEffect.ADDED
    loss = "its hand-written caption goes with the old picture" if image.hand_written else ""
    return SheetImage(
        mark=ImageMark.ADDED if is_new else ImageMark.REPLACED,
        key=image.key,
        name=image.name,
        before=image.replaces,
        after=image.key,
        caption=caption,
        promise="" if caption else _TO_COME,
        origin=origin,
        remark=megabytes(image.size) if is_new else f"another picture under the same name, {megabytes(image.size)}",
        loss=_OVERWRITES if isinstance(words, LostCaption) else loss,
    )


def _coming_words(
    image: ImageChange, words: CaptionChange | LostCaption | None, kept: KeptCaption | None
) -> tuple[Wording | None, str]:
    if image.caption is not None:
        before = image.caption if words is None or words.before is None else words.before
        return Wording(before, image.caption), _FROM_GIT
    if kept is not None:
        return _same(kept.text), f"{_BY_HAND}, not in git: kept{_since(kept)}"
    return None, _AUTOMATIC


def _same(text: str) -> Wording:
    return Wording(text, text)


def _going(image: ImageChange, before: str, *, is_gone: bool) -> SheetImage:
    """An image that goes. Of a cloned version it stays where it was; from an open draft it goes for good."""
    with_words = ", and with it a caption that a person wrote" if image.hand_written else ""
    by = "written by a person" if image.hand_written else _AUTOMATIC
    is_twin = image.effect is ImageEffect.TWIN
    if is_twin:
        remark = f"is there twice; the later one goes (id {image.id})"
    else:
        remark = f"still in {before}" if before and not is_gone else ""
    return SheetImage(
        mark=ImageMark.REMOVED,
        key=image.key,
        name=image.name,
        before=image.key,
        caption=_same(image.caption) if image.caption else None,
        origin="" if image.caption is None else by,
        remark=remark,
        loss=f"goes for good{with_words}" if is_gone and not is_twin else "",
    )


def _worded(change: DatasetChange) -> Iterator[SheetImage]:
    """Images that stay and whose caption git writes, or a person wrote and it is kept."""
    moving = {image.key for image in change.images} - frozenset(change.again)
    lost = {caption.key for caption in change.losses.captions}
    written = [one for one in (*change.captions, *change.recaptioned) if one.key not in lost]
    yield from (_rewritten(one) for one in change.losses.captions if one.key not in moving)
    yield from (_written(one) for one in written if one.key not in moving)
    yield from (_kept(one) for one in change.kept if one.key not in moving)


def _rewritten(caption: LostCaption) -> SheetImage:
    return SheetImage(
        mark=ImageMark.REWRITTEN,
        key=caption.key,
        name=caption.name,
        after=caption.key,
        caption=Wording(caption.before, caption.after),
        origin=_FROM_GIT,
        loss=_OVERWRITES,
    )


def _written(caption: CaptionChange) -> SheetImage:
    return SheetImage(
        mark=ImageMark.CAPTION,
        key=caption.key,
        name=caption.name,
        after=caption.key,
        caption=_same(caption.after) if caption.before is None else Wording(caption.before, caption.after),
        origin=_FROM_GIT,
    )


def _kept(kept: KeptCaption) -> SheetImage:
    return SheetImage(
        mark=ImageMark.KEPT,
        key=kept.key,
        name=kept.name,
        after=kept.key,
        caption=_same(kept.text),
        origin=f"{_BY_HAND}, not in git{_since(kept)}",
    )


def _since(kept: KeptCaption) -> str:
    return "" if kept.version is None else f", carried over from v{kept.version}"


def _renamed(rename: ImageRename) -> SheetImage:
    return SheetImage(
        mark=ImageMark.RENAMED,
        key=rename.key,
        name=rename.after,
        after=rename.key,
        has_guide=False,
        remark=f"was {rename.before}; the same bytes, nothing is sent",
    )


def _anew(change: DatasetChange, told: Collection[str]) -> Iterator[SheetImage]:
    """Images that stay with an automatic caption, where those are regenerated."""
    for image in change.wish.images if change.stale else ():
        if image.caption is None and image.key not in told:
            yield SheetImage(
                mark=ImageMark.REGENERATED,
                key=image.key,
                name=image.name,
                after=image.key,
                promise=_ANEW,
                origin=_AUTOMATIC,
            )
