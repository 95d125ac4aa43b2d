"""What is said of a plan's archives beforehand: how they travel, what they cost in calls, and that a store is needed."""

from collections.abc import Iterator

from reconciler.core.action import UploadArchive
from reconciler.core.change import DatasetChange, Origin
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note, Refusal
from reconciler.core.text import count

MISSING_STORE = "archive-store-missing"
"""The rule of the note in a plan, and of the refusal of an apply."""
MANY = 100
"""Captions from which on it is worth a word that they may have to be written again."""
STORE_FLAG = "`--archive-store`, or RECONCILER_ARCHIVE_STORE"


def archives_to_send(plan: Plan) -> tuple[Ref, ...]:
    """The datasets of which a plan sends an archive, not those of which it waits for one."""
    return tuple(
        action.ref for action in plan.actions if isinstance(action.step, UploadArchive) and not action.step.is_sent
    )


def archive_notes(plan: Plan, *, has_store: bool) -> Iterator[Note]:
    """What a reviewer must know of each archive; `has_store`: a store is named where the plan is made."""
    yield from _clones(plan)
    for ref in archives_to_send(plan):
        text = (
            "its images travel in one archive. That its address answers is tried from here; "
            "whether the API can read it is known only when it has tried"
        )
        yield Note(rule="archive", ref=ref, text=text)
        if not has_store:
            text = f"apply refuses this where no store for archives is named ({STORE_FLAG}), and none is named here"
            yield Note(rule=MISSING_STORE, ref=ref, text=text)
        yield from (note for change in plan.changes_of(ref) if (note := _captions(change)) is not None)


def _clones(plan: Plan) -> Iterator[Note]:
    """A word about clones that may lose who wrote their captions (U74): each is then written again, which may take hours."""
    for change in plan.changes:
        if (
            not isinstance(change, DatasetChange)
            or change.origin is not Origin.CLONE
            or not change.wish.uploads.is_once
        ):
            continue
        if (number := change.written_again) < MANY:
            continue
        text = f"where a clone loses who wrote its captions, {count(number, 'caption')} are written again, a call each"
        if change.wish.zipped_texts:
            text += "; with `clone: never` they travel in a new archive"
        yield Note(rule="archive-clone-captions", ref=change.ref, text=text)


def _captions(change: object) -> Note | None:
    """A word about captions that are written one by one, which may take hours."""
    if not isinstance(change, DatasetChange) or not (number := change.captions_after_archive):
        return None
    verb = "is" if number == 1 else "are"
    text = f"{count(number, 'caption')} {verb} written one by one after the archive, a call each"
    if change.wish.guide.reads_zipped_captions and not change.wish.zipped_texts:
        text += "; if git declared one for every image, they would travel in it"
    return Note(rule="archive-captions", ref=change.ref, text=text)


def missing_store(plan: Plan) -> tuple[Refusal, ...]:
    """Why a plan cannot be applied where no store is named; the whole plan, since it is no fault of an object."""
    if not (refs := archives_to_send(plan)):
        return ()
    return (
        Refusal(
            rule=MISSING_STORE,
            ref=None,
            summary=f"no store for archives is named, and this plan needs one ({', '.join(map(str, refs))})",
            remedies=(f"Name a bucket of yours, as s3://BUCKET/PREFIX, gs://, az:// or file:// ({STORE_FLAG}).",),
        ),
    )
