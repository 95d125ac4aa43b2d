"""Hand-written captions that git does not declare: where they are carried over from, and which ones git wrote."""

from collections.abc import Iterable

from reconciler.core.change import DatasetWish, KeptCaption
from reconciler.core.diff.authorship import declared_by_git
from reconciler.core.diff.content_diff import Content
from reconciler.core.diff.content_match import by_key
from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.diff.election import Member
from reconciler.core.text import same_text


def carry(context: DatasetContext, wish: DatasetWish, content: Content) -> dict[str, KeptCaption] | frozenset[int]:
    """Hand-written captions of the newest completed version that holds each undeclared image, by key.

    Where a version that decides was not read yet: the ids to read.
    """
    here = by_key(content.images)
    names = {
        image.key: image.name
        for image in wish.images
        if image.caption is None and not (image.key in here and here[image.key].is_hand_written)
    }
    carried: dict[str, KeptCaption] = {}
    for member in _newest_first(context):
        if not names:
            break
        if member.dataset.images is None:
            return frozenset({member.dataset.id})
        for key, image in by_key(member.dataset.images).items():
            if key not in names or (member.is_marked and not image.is_hand_written):
                continue
            name = names.pop(key)
            if image.is_hand_written:
                carried[key] = KeptCaption(key=key, name=name, text=image.caption or "", version=member.name.version)
    return carried


def _newest_first(context: DatasetContext) -> Iterable[Member]:
    holding = (member for member in context.completed if member.dataset.images_count != 0)
    return sorted(holding, key=lambda member: (-member.name.version, member.dataset.id))


def written_by_git(context: DatasetContext, content: Content, draft: Member | None) -> frozenset[str] | None:
    """Keys whose live text git wrote, so that changing it loses nothing; None where nothing tells.

    In a draft that is already filled for the desired fingerprint, git's word for every declared caption is known to
    the live side, so any other text there is drift, and git wins.
    """
    if draft is not None and draft.name.fingerprint == context.fingerprint:
        return frozenset(image.key for image in context.wish(draft.name.version).images if image.caption is not None)
    base = context.base
    if base is None or base.dataset.images is None:
        return _own(draft)
    declared = declared_in(base)
    if draft is None:
        return declared
    before, now = by_key(base.dataset.images), by_key(content.images)
    known = {
        key
        for key in declared or ()
        if key in now and key in before and same_text(now[key].caption, before[key].caption)
    }
    return frozenset(known) | (_own(draft) or frozenset())


def _own(draft: Member | None) -> frozenset[str] | None:
    return None if draft is None else declared_in(draft)


def declared_in(member: Member) -> frozenset[str] | None:
    """Keys of a live version's captions that git declared for it; None where its content does not tell."""
    return declared_by_git(member.name.fingerprint, member.dataset.content)
