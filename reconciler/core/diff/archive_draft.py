"""What an open draft can still become where images come in an archive: it takes one, once, and only while it is empty."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from reconciler.core.bulk_upload import NO_BULK_UPLOAD, BulkUpload, FailedImage
from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.diff.election import Member, spent_drafts
from reconciler.core.live import LiveContent, called
from reconciler.core.refusal import Refusal
from reconciler.core.text import count, quoted
from reconciler.core.wish import DatasetWish, WishImage

NAMED = 5
"""Failed images that a refusal names; `reconciler plan` shows it, and the others fail for the same reasons mostly."""

VAIN_ARCHIVES = 2
"""Archives of one content that come to nothing before a person is asked whether to send it again."""


class DraftUse(StrEnum):
    """What becomes of an open draft."""

    FILL = "fill"
    """It is filled: what is missing can be sent to it."""
    AWAIT = "await"
    """The archive that is under way brings what is missing."""
    SET_ASIDE = "set aside"
    """It took an archive and does not hold what is wanted, so a new draft is begun."""


def held_content(live: LiveContent, source: Member | None, wish: DatasetWish) -> LiveContent:
    """What a draft holds, and what a clone that was never checked may still get from its source.

    A clone of an advanced dataset can take no image by itself. So one that lags behind is waited for by its check, and
    what is on its way does not count as missing.
    """
    if source is None or not wish.uploads.is_once:
        return live
    here = live.keyed
    late = [image for key, image in source.dataset.content.keyed.items() if key not in here]
    return replace(live, images=(*live.images, *late))


def draft_use(
    context: DatasetContext, draft: Member, held: LiveContent, wish: DatasetWish
) -> DraftUse | Refusal | None:
    """What becomes of an open draft that holds this; None where the API must be asked first about its archive."""
    here, live = held.keyed, draft.dataset
    missing = [image for image in wish.images if image.key not in here]
    if not missing or not wish.uploads.is_once:
        return DraftUse.FILL
    if live.bulk_upload is None and not live.is_assumed:
        return None
    known = live.bulk_upload or NO_BULK_UPLOAD
    if known.is_under_way:
        return DraftUse.AWAIT if draft.name.fingerprint == context.fingerprint else _busy(context, draft, known)
    if not known.is_certain and wish.uploads.takes([image.size for image in missing], held=len(live.images or ())):
        return DraftUse.FILL
    refusal = None if context.ref in context.asked.accepted else _in_vain(context, draft, known, missing)
    return refusal or DraftUse.SET_ASIDE


def _busy(context: DatasetContext, draft: Member, known: BulkUpload) -> Refusal:
    return Refusal(
        rule="archive-under-way",
        ref=context.ref,
        summary=f"draft {called(draft.dataset)} is being filled by an archive of another content "
        f"({known.done:,} of {count(known.found, 'image')})",
        remedies=("Apply again once that has ended, or delete that draft in the console.",),
    )


def _in_vain(context: DatasetContext, draft: Member, known: BulkUpload, missing: Sequence[WishImage]) -> Refusal | None:
    """Why the same images are not sent once more without being asked; None where they may be."""
    anew = f"`--accept {context.ref}` sends all images again, in a new draft."
    if failures := known.failures_of(image.key for image in missing):
        names = {image.key: image.name for image in missing}
        return Refusal(
            rule="archive-images-failed",
            ref=context.ref,
            summary=f"the API did not take {count(max(known.failed, len(failures)), 'image')} of the archive of draft "
            f"{called(draft.dataset)}: {_told(failures, names)}",
            remedies=("Mend these images or leave them out: what was taken stays in the draft.", anew),
        )
    vain = [one for one in (*spent_drafts(context.versions), draft) if one.name.fingerprint == context.fingerprint]
    if len(vain) < VAIN_ARCHIVES:
        return None
    return Refusal(
        rule="archive-failed-again",
        ref=context.ref,
        summary=f"{count(len(vain), 'archive')} of this content came to nothing, the last in draft "
        f"{called(draft.dataset)}",
        remedies=("Find out in the console, or from Bria, what is wrong with it.", anew),
    )


def _told(failures: Sequence[FailedImage], names: dict[str, str]) -> str:
    """`"wave.png" (415, "not an image"), … and 3 more`."""
    told = [f"{quoted(names[one.key or ''])}{failure_words(one)}" for one in failures[:NAMED]]
    more = f" and {len(failures) - NAMED:,} more" if len(failures) > NAMED else ""
    return ", ".join(told) + more


def failure_words(failure: FailedImage) -> str:
    """Why an image was not taken, in the API's words: ` (415, "not an image")`; nothing where it does not tell."""
    parts = ([] if failure.code is None else [str(failure.code)]) + (
        [quoted(failure.message)] if failure.message else []
    )
    return f" ({', '.join(parts)})" if parts else ""
