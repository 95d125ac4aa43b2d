"""The change that makes the next version of a dataset: what is sent, what it begins with, and what is lost by it."""

from reconciler.core.change import DatasetChange, Origin, SetAside
from reconciler.core.content_change import CaptionChange
from reconciler.core.diff.basis import reason_for
from reconciler.core.diff.content_diff import ContentDiff, DraftContent, caption_changes
from reconciler.core.diff.content_match import match_wish
from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.diff.election import Member
from reconciler.core.diff.family import version_to_ask_for
from reconciler.core.diff.kept_captions import declared_in, written_by_git
from reconciler.core.diff.loss import LiveImages, count_live, lost_captions, lost_images
from reconciler.core.value import dataclass
from reconciler.core.wish import DatasetWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """Where a version begins: with what is live (`live_id`, cloned or resumed), holding what, beside which open draft.

    `draft` is the one that is resumed, `aside` one that cannot be.
    """

    origin: Origin
    live_id: int | None = None
    source: Member | None = None
    held: DraftContent
    draft: Member | None = None
    aside: Member | None = None
    awaits_archive: bool = False


def dataset_change(
    context: DatasetContext, wish: DatasetWish, begin: Begin, todo: ContentDiff, left: Member | None
) -> DatasetChange:
    """The change. `todo` is what is left to do in what the version begins with, `left` the open draft that is left behind."""
    live_base, live_draft = _live(context, begin, left)
    base_version = None if context.base is None else context.base.name.version
    source, aside, is_new = begin.source, begin.aside, begin.origin is Origin.CREATE
    again, recaptioned = _sent_again(context, wish) if is_new else ((), ())
    return DatasetChange(
        ref=context.ref,
        version=wish.version,
        fingerprint=context.fingerprint,
        origin=begin.origin,
        origin_id=begin.live_id,
        source_id=None if source is None else source.dataset.id,
        source_version=None if source is None else source.name.version,
        base_version=base_version,
        aside=None if aside is None else SetAside(id=aside.dataset.id, name=aside.dataset.name),
        awaits_archive=begin.awaits_archive,
        again=again,
        recaptioned=recaptioned,
        reason=reason_for(context, wish, begin.draft, aside, awaits_archive=begin.awaits_archive),
        training_version=version_to_ask_for(context.index, wish.guide.family) if is_new else None,
        guide=todo.guide,
        images=todo.images,
        captions=todo.captions,
        kept=todo.kept,
        stale=todo.stale,
        regenerated=todo.regenerated,
        declared=sum(image.caption is not None for image in wish.images),
        written_again=0 if source is None else _lost_by_clone(source, begin.draft, wish),
        base_images=count_live(live_base, LiveImages()),
        live_images=count_live(live_base, live_draft),
        lost_images=lost_images(live_base, base_version, live_draft, wish),
        lost_captions=lost_captions(live_base, live_draft, wish),
        wish=wish,
    )


def _lost_by_clone(source: Member, draft: Member | None, wish: DatasetWish) -> int:
    """How many captions of people a clone has to be given again, but for those that were written to it before."""
    wanted = {image.key for image in wish.images}
    there = {} if draft is None else draft.dataset.content.keyed
    return sum(
        image.is_hand_written and key in wanted and not (key in there and there[key].is_hand_written)
        for key, image in source.dataset.content.keyed.items()
    )


def _sent_again(context: DatasetContext, wish: DatasetWish) -> tuple[tuple[str, ...], tuple[CaptionChange, ...]]:
    """What a fresh version shares with the base: the images that are sent again, and those of their captions that differ."""
    if context.base is None:
        return (), ()
    match = match_wish(context.base.dataset.content, wish)
    return tuple(pair.wanted.key for pair in match.staying), tuple(caption_changes(match))


def _live(context: DatasetContext, begin: Begin, left: Member | None) -> tuple[LiveImages, LiveImages]:
    """What may be lost: images of the base, however the version is made, and those of the open draft.

    A draft that is left behind counts as one that is filled: people may have written in it.
    """
    base, draft = context.base, begin.draft or left
    in_base, in_draft = LiveImages(), LiveImages()
    if base is not None:
        in_base = LiveImages(content=base.dataset.content, by_git=declared_in(base))
    if draft is not None:
        content = begin.held.content if begin.draft is not None else draft.dataset.content
        in_draft = LiveImages(content=content, by_git=written_by_git(context, content, draft))
    return in_base, in_draft
