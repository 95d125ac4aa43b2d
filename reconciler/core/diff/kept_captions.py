"""Hand-written captions that git does not declare: where they are carried over from, and which ones git wrote."""

from collections.abc import Sequence

from reconciler.core.content_change import KeptCaption
from reconciler.core.diff.authorship import declared_by_git
from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.diff.election import Member, open_drafts, spent_drafts
from reconciler.core.guide import same_caption
from reconciler.core.live import LiveContent
from reconciler.core.wish import DatasetWish


def left_drafts(context: DatasetContext, aside: Member | None) -> tuple[Member, ...]:
    """Drafts above the newest completed version that are not filled any more, the newest first.

    They were set aside, now (`aside`) or before, or images get into them in another way than is declared. What people
    wrote in them is carried over.
    """
    uploads = context.dataset.uploads
    left = [
        draft
        for draft in (*open_drafts(context.versions), *spent_drafts(context.versions))
        if draft is aside or draft.is_spent or not draft.dataset.is_filled_by(uploads)
    ]
    return tuple(sorted(filter(_holds_images, left), key=_newest_first))


def carried_captions(
    context: DatasetContext, wish: DatasetWish, content: LiveContent, left: Sequence[Member] = ()
) -> dict[str, KeptCaption] | frozenset[int]:
    """Hand-written captions of the newest version that holds each undeclared image, by key; `left` are drafts.

    Where a version that decides was not read yet: the ids to read.
    """
    here = content.keyed
    names = {
        image.key: image.name
        for image in wish.images
        if image.caption is None and not (image.key in here and here[image.key].is_hand_written)
    }
    carried: dict[str, KeptCaption] = {}
    for member in (*left, *sorted(filter(_holds_images, context.completed), key=_newest_first)):
        if not names:
            break
        if member.dataset.images is None:
            return frozenset({member.dataset.id})
        for key, image in member.dataset.content.keyed.items():
            # In a draft, or where the captions may follow another guide, an automatic text replaced none of a person.
            is_open = member.is_marked or member.dataset.is_draft
            if key not in names or (is_open and not image.is_hand_written):
                continue
            name = names.pop(key)
            if image.is_hand_written:
                carried[key] = KeptCaption(key=key, name=name, text=image.caption or "", version=member.name.version)
    return carried


def _holds_images(member: Member) -> bool:
    return member.dataset.images_count != 0


def _newest_first(member: Member) -> tuple[int, int]:
    return -member.name.version, member.dataset.id


def written_by_git(context: DatasetContext, content: LiveContent, draft: Member | None) -> frozenset[str] | None:
    """Keys whose live text git wrote, so that changing it loses nothing; None where nothing tells.

    In a draft that is already filled for the desired fingerprint, git's word for every declared caption is known to
    the live side, so any other text there is drift, and git wins.
    """
    if draft is not None and draft.name.fingerprint == context.fingerprint:
        return frozenset(image.key for image in context.wish(draft.name.version).images if image.caption is not None)
    base = context.base
    if base is None or base.dataset.images is None:
        return None if draft is None else declared_in(draft)
    declared = declared_in(base)
    if draft is None:
        return declared
    before, now = base.dataset.content.keyed, content.keyed
    known = {
        key
        for key in declared or ()
        if key in now and key in before and same_caption(content.guide, now[key].caption, before[key].caption)
    }
    return frozenset(known) | (declared_in(draft) or frozenset())


def declared_in(member: Member) -> frozenset[str] | None:
    """Keys of a live version's captions that git declared for it; None where its content does not tell."""
    return declared_by_git(member.name.fingerprint, member.dataset.content)
