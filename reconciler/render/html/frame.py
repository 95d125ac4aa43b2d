"""The frames of a contact sheet: each image that comes, goes or gets other words, with its caption under it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reconciler.core.change import CaptionChange, DatasetChange, ImageChange, ImageEffect, KeptCaption, WishImage
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.render.finding import Finding
from reconciler.render.html.difference import Fate, Pieces, difference, whole
from reconciler.render.words import megabytes

FROM_GIT = "written in git"
AUTOMATIC = "automatic"
BY_HAND = "written by hand on the live side"
TO_COME = "Bria writes the rest after the upload"
ANEW = "Bria writes the rest anew"


class Mark(StrEnum):
    """What happens to an image, in the order of a sheet; also the class of the element that shows it."""

    REMOVED = "removed"
    REWRITTEN = "rewritten"
    """A caption that a person wrote and git never did is overwritten."""
    REPLACED = "replaced"
    ADDED = "added"
    RENAMED = "renamed"
    CAPTION = "caption"
    KEPT = "kept"
    REGENERATED = "regenerated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRename:
    """An image file that got another name, bytes unchanged; the live side does not notice."""

    ref: Ref
    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One image. `before` and `after` are keys of pictures, empty where that side has none to show.

    `origin` says who wrote the caption, `remark` what else there is to know, `loss` what is lost for good.
    """

    mark: Mark
    key: str
    name: str
    before: str = ""
    after: str = ""
    caption: Pieces = ()
    origin: str = ""
    has_prefix: bool = True
    remark: str = ""
    loss: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def is_loud(self) -> bool:
        """Is it never folded away?"""
        return self.mark is Mark.REMOVED or bool(self.loss)


def frames(
    change: DatasetChange, plan: Plan, renamed: Iterable[ImageRename], findings: Mapping[str, tuple[Finding, ...]]
) -> tuple[Frame, ...]:
    """All frames of a dataset's sheet, in the order of their marks; of one mark those that are never folded come first."""
    captions = {caption.key: caption for caption in change.captions}
    moved = {rename.key: rename for rename in renamed if rename.ref == change.ref}
    kept = {caption.key: caption for caption in change.kept}
    moving = {image.key for image in change.images}
    found = [_going(image, change, plan, findings) for image in change.going]
    found += [_coming(image, captions.get(image.key), kept.get(image.key), findings) for image in change.coming]
    found += [_worded(one, findings) for one in change.captions if one.key not in moving]
    found += [_kept(one, findings) for one in change.kept if one.key not in moving]
    told = {frame.key for frame in found}
    found += [_renamed(one, findings) for key, one in moved.items() if key not in told]
    found += _anew(change, told | moved.keys(), findings)
    order = {mark: place for place, mark in enumerate(Mark)}
    return tuple(sorted(found, key=lambda frame: (order[frame.mark], not frame.is_loud, frame.name, frame.key)))


_Findings = Mapping[str, tuple[Finding, ...]]


def _coming(image: ImageChange, words: CaptionChange | None, kept: KeptCaption | None, findings: _Findings) -> Frame:
    caption, origin = _coming_words(image, words, kept)
    is_new = image.effect is ImageEffect.ADDED
    return Frame(
        mark=Mark.ADDED if is_new else Mark.REPLACED,
        key=image.key,
        name=image.name,
        before=image.replaces,
        after=image.key,
        caption=caption,
        origin=origin,
        remark=megabytes(image.size) if is_new else f"another picture under the same name, {megabytes(image.size)}",
        loss="its hand-written caption goes with the old picture" if image.hand_written else "",
        findings=findings.get(image.key, ()),
    )


def _going(image: ImageChange, change: DatasetChange, plan: Plan, findings: _Findings) -> Frame:
    """An image that goes. Of a cloned version it stays where it was; from an open draft it goes for good."""
    is_twin = image.effect is ImageEffect.TWIN
    before = "the version before" if plan.subject.base else f"v{change.base_version}"
    is_gone = not is_twin and image.key in {lost.key for lost in change.losses.destroyed_images}
    stays = "" if is_twin or is_gone or change.base_version is None else f"still in {before}"
    with_words = ", and with it a caption that a person wrote" if image.hand_written else ""
    by = "written by a person" if image.hand_written else AUTOMATIC
    return Frame(
        mark=Mark.REMOVED,
        key=image.key,
        name=image.name,
        before=image.key,
        caption=whole(image.caption) if image.caption else (),
        origin="" if image.caption is None else by,
        remark=f"is there twice; the later one goes (id {image.id})" if is_twin else stays,
        loss=f"goes for good{with_words}" if is_gone else "",
        findings=findings.get(image.key, ()),
    )


def _coming_words(image: ImageChange, words: CaptionChange | None, kept: KeptCaption | None) -> tuple[Pieces, str]:
    if image.caption is not None:
        before = None if words is None else words.before
        return (whole(image.caption) if before is None else difference(before, image.caption)), FROM_GIT
    if kept is not None:
        return whole(kept.text), f"{BY_HAND}, not in git: kept{_since(kept)}"
    return whole(TO_COME, Fate.UNKNOWN), AUTOMATIC


def _worded(caption: CaptionChange, findings: _Findings) -> Frame:
    return Frame(
        mark=Mark.REWRITTEN if caption.rewrites else Mark.CAPTION,
        key=caption.key,
        name=caption.name,
        after=caption.key,
        caption=whole(caption.after) if caption.before is None else difference(caption.before, caption.after),
        origin=FROM_GIT,
        loss="overwrites words that a person wrote on the live side and git never had" if caption.rewrites else "",
        findings=findings.get(caption.key, ()),
    )


def _kept(kept: KeptCaption, findings: _Findings) -> Frame:
    return Frame(
        mark=Mark.KEPT,
        key=kept.key,
        name=kept.name,
        after=kept.key,
        caption=whole(kept.text),
        origin=f"{BY_HAND}, not in git{_since(kept)}",
        findings=findings.get(kept.key, ()),
    )


def _since(kept: KeptCaption) -> str:
    return "" if kept.version is None else f", carried over from v{kept.version}"


def _renamed(rename: ImageRename, findings: _Findings) -> Frame:
    return Frame(
        mark=Mark.RENAMED,
        key=rename.key,
        name=rename.after,
        after=rename.key,
        has_prefix=False,
        remark=f"was {rename.before}; the same bytes, nothing is sent",
        findings=findings.get(rename.key, ()),
    )


def _anew(change: DatasetChange, told: Iterable[str], findings: _Findings) -> Iterator[Frame]:
    """Images that stay with an automatic caption, where those are regenerated."""
    if not change.stale:
        return
    told = frozenset(told)
    for image in change.wish.images:
        if image.caption is None and image.key not in told:
            yield _automatic(image, findings)


def _automatic(image: WishImage, findings: _Findings) -> Frame:
    return Frame(
        mark=Mark.REGENERATED,
        key=image.key,
        name=image.name,
        after=image.key,
        caption=whole(ANEW, Fate.UNKNOWN),
        origin=AUTOMATIC,
        findings=findings.get(image.key, ()),
    )
