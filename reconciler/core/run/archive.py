"""What a run does next about the archive of a draft, and what is told of images that did not arrive."""

from collections.abc import Mapping
from enum import StrEnum

from reconciler.core.bulk_upload import BulkUpload, FailedImage
from reconciler.core.diff.archive_draft import failure_words
from reconciler.core.live import RemoteDataset
from reconciler.core.run.caption import missing
from reconciler.core.text import count, quoted
from reconciler.core.wish import DatasetWish

NAMED = 20
"""Images that did not arrive which the report of a run names."""


class ArchiveMove(StrEnum):
    """What is to be done about an archive."""

    SEND = "send"
    WAIT = "wait"
    ARRIVED = "arrived"
    """Every image that is wanted is there, and the API works on none."""
    IN_VAIN = "in vain"
    """It is over, and images are missing."""


def archive_move(draft: RemoteDataset, wish: DatasetWish, known: BulkUpload, *, is_sent: bool) -> ArchiveMove:
    """What is to be done, by what the draft holds and what the API tells; `is_sent`: an archive was sent to it.

    Where the status is not to be had (V82, V83), the images that arrive are the only sign.
    """
    if known.is_under_way:
        return ArchiveMove.WAIT
    if not missing(draft, wish):
        return ArchiveMove.ARRIVED
    if known.is_over:
        return ArchiveMove.IN_VAIN
    if is_sent:
        return ArchiveMove.WAIT
    return ArchiveMove.IN_VAIN if draft.images else ArchiveMove.SEND


def arrival_words(draft: RemoteDataset, wish: DatasetWish, known: BulkUpload) -> str:
    """`1,000 images arrived; the API counts 1,000 found in the archive, 1,000 taken`."""
    here = draft.content.keyed
    said = f"{count(sum(image.key in here for image in wish.images), 'image')} arrived"
    if not known.is_certain:
        return f"{said}; the API does not tell what it counted"
    failed = f", {known.failed:,} not taken" if known.failed else ""
    return f"{said}; the API counts {known.found:,} found in the archive, {known.done:,} taken{failed}"


def shortfall_words(draft: RemoteDataset, wish: DatasetWish, known: BulkUpload) -> str:
    """Which images did not arrive, with the API's reasons: `3 of 1,000 images did not arrive: "a.png" (415, …), …`."""
    lost = missing(draft, wish)
    reasons = {failure.key: failure for failure in known.failures if failure.key is not None}
    told = [f"{quoted(image.name)}{_reason(reasons, image.key)}" for image in lost[:NAMED]]
    more = f" and {len(lost) - NAMED:,} more" if len(lost) > NAMED else ""
    return f"{len(lost):,} of {count(len(wish.images), 'image')} did not arrive: {', '.join(told)}{more}"


def _reason(reasons: Mapping[str, FailedImage], key: str) -> str:
    return failure_words(reasons[key]) if key in reasons else ""
