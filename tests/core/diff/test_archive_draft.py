"""What becomes of an open draft that takes an archive, by what it holds and what the API tells of its archive."""

from dataclasses import replace

import pytest

from reconciler.core.bulk_upload import NO_BULK_UPLOAD, BulkState, BulkUpload, FailedImage
from reconciler.core.change import DatasetChange, Origin
from reconciler.core.diff.assessment import Assessment
from reconciler.core.diff.diff import diff
from reconciler.core.live import RemoteDataset, RemoteImage
from reconciler.core.name import live_image_name
from reconciler.core.reason import Why
from reconciler.core.run_options import RunOptions
from reconciler.core.uploads import Archive
from tests.core.build import (
    DATASET,
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_project,
    print_of,
    sha,
    tree,
)

TWO = dataset(image("a", "text a."), image("b"), uploads=Archive())
OURS = f"poses v1 draft {print_of(TWO)} 0123"
OTHER = "poses v1 draft a000000000000 0123"
BOTH = (live_image(1, "a", "text a.", "manual"), live_image(2, "b"))
UNDER_WAY = BulkUpload(state=BulkState.PROCESSING, found=2, done=1)
DONE = BulkUpload(state=BulkState.COMPLETED, found=2, done=2)
FAILED = BulkUpload(state=BulkState.FAILED)
ONE_FAILED = BulkUpload(
    state=BulkState.COMPLETED,
    found=2,
    done=1,
    failed=1,
    failures=(FailedImage(filename=live_image_name("b.png", sha("b")), code=415, message="no image"),),
)


def draft(name: str, *images: RemoteImage, known: BulkUpload | None = NO_BULK_UPLOAD, id_: int = 10) -> RemoteDataset:
    return replace(live_dataset(id_, name, *images), upload_type="advanced", bulk_upload=known)


def assessed(*drafts: RemoteDataset, accepted: bool = False) -> Assessment:
    return diff(tree(TWO), account(live_project(), *drafts), RunOptions(accepted=(DATASET,) if accepted else ()))


def changed(*drafts: RemoteDataset, accepted: bool = False) -> DatasetChange:
    found = assessed(*drafts, accepted=accepted)
    assert not found.refusals
    (change,) = found.changes
    assert isinstance(change, DatasetChange)
    return change


def test_the_api_is_asked_only_where_images_are_missing() -> None:
    """One call more, for a draft that would be resumed and lacks images."""
    assert assessed(draft(OURS, known=None)).unasked == {10}
    assert assessed(draft(OURS, *BOTH, known=None)).unasked == frozenset()
    assert changed(draft(OURS, *BOTH, known=None)).origin is Origin.RESUME


@pytest.mark.parametrize("known", [NO_BULK_UPLOAD, BulkUpload(state=BulkState.PENDING)])
def test_an_empty_draft_that_nothing_was_sent_to_is_filled(known: BulkUpload) -> None:
    """U53: "pending" without figures may mean that nothing was sent."""
    change = changed(draft(OURS, known=known))
    assert (change.origin, change.origin_id, change.awaits_archive) == (Origin.RESUME, 10, False)
    assert change.cost.uploads == 2


def test_an_archive_of_this_content_that_is_under_way_is_waited_for() -> None:
    change = changed(draft(OURS, known=UNDER_WAY))
    assert (change.origin, change.awaits_archive, change.reason.why) == (Origin.RESUME, True, Why.ARCHIVE_UNDER_WAY)
    assert (change.cost.uploads, change.cost.bytes) == (0, 0)


def test_one_of_another_content_is_left_alone() -> None:
    (refusal,) = assessed(draft(OTHER, known=UNDER_WAY)).refusals
    assert refusal.rule == "archive-under-way"
    assert "(1 of 2 images)" in refusal.summary


@pytest.mark.parametrize(
    ("live", "why"),
    [
        (draft(OURS, known=FAILED), Why.ARCHIVE_FAILED),
        (draft(OTHER, known=FAILED), Why.ARCHIVE_FAILED),
        (draft(OTHER, BOTH[0], known=DONE), Why.DRAFT_TAKES_NO_IMAGE),
        (draft(OTHER, BOTH[0], known=NO_BULK_UPLOAD), Why.DRAFT_TAKES_NO_IMAGE),
    ],
)
def test_a_spent_draft_is_set_aside_and_another_is_begun(live: RemoteDataset, why: Why) -> None:
    """V52, V58: never a second archive into one dataset."""
    change = changed(live)
    assert (change.origin, change.version, change.reason.why, change.reason.id) == (Origin.CREATE, 2, why, 10)
    assert change.aside is not None
    assert (change.aside.id, change.aside.name) == (10, live.name)
    assert change.cost.uploads == 2


def test_images_that_the_api_did_not_take_are_named_until_somebody_asks_for_another_try() -> None:
    live = draft(OURS, BOTH[0], known=ONE_FAILED)
    (refusal,) = assessed(live).refusals
    assert refusal.rule == "archive-images-failed"
    assert 'the API did not take 1 image of the archive of draft "poses v1' in refusal.summary
    assert '"b.png" (415, "no image")' in refusal.summary
    assert changed(live, accepted=True).origin is Origin.CREATE


def test_archives_of_one_content_that_come_to_nothing_twice_are_not_sent_a_third_time_unasked() -> None:
    first = draft(f"{OURS} spent", known=None)
    second = draft(f"poses v2 draft {print_of(TWO)} 4567", known=FAILED, id_=11)
    (refusal,) = assessed(first, second).refusals
    assert refusal.rule == "archive-failed-again"
    assert changed(first, second, accepted=True).version == 3
    other = draft(f"{OTHER} spent", known=None)
    assert changed(other, second).version == 3


def test_a_draft_that_is_set_aside_is_no_duplicate_and_is_filled_by_nobody() -> None:
    found = assessed(draft(f"{OURS} spent", known=None))
    assert [note.rule for note in found.notes] == ["spent-draft"]
    (change,) = found.changes
    assert isinstance(change, DatasetChange)
    assert (change.origin, change.version, change.aside) == (Origin.CREATE, 2, None)


def test_a_draft_of_another_upload_type_is_left_and_what_people_wrote_in_it_is_kept() -> None:
    """The API never changes an upload type."""
    basic = live_dataset(10, OTHER, live_image(1, "a"), live_image(2, "b", "by hand.", "manual"))
    found = assessed(basic)
    (change,) = found.changes
    assert isinstance(change, DatasetChange)
    assert (change.origin, change.version) == (Origin.CREATE, 2)
    assert [(kept.text, kept.version) for kept in change.kept] == [("by hand.", 1)]
    assert [note.rule for note in found.notes] == ["duplicate"]


def test_a_caption_that_a_person_wrote_in_a_draft_that_is_set_aside_counts_as_lost_where_git_has_another() -> None:
    """So setting one aside is no way around the limit on rewrites."""
    edited = draft(OTHER, live_image(1, "a", "by hand.", "manual"), known=DONE)
    assert [(lost.before, lost.after) for lost in changed(edited).losses.captions] == [("by hand.", "text a.")]
    aside = replace(edited, name=f"{OTHER} spent")
    assert [(lost.before, lost.after) for lost in changed(aside).losses.captions] == [("by hand.", "text a.")]


def test_a_clone_that_was_never_checked_is_resumed_while_its_images_arrive() -> None:
    """What its source holds is on its way; only what no clone can bring needs another archive."""
    final = replace(live_dataset(5, "poses v1 (a000000000000)", *BOTH), upload_type="advanced")
    clone = draft(f"poses v2 draft {print_of(TWO)} 0123 of v1", live_image(3, "a", "text a.", "manual"), known=None)
    wanted = dataset(image("a", "other text."), image("b"), uploads=Archive())
    (change,) = diff(tree(wanted), account(live_project(), final, clone)).changes
    assert isinstance(change, DatasetChange)
    assert (change.origin, change.coming) == (Origin.RESUME, ())
    more = dataset(image("a", "other text."), image("b"), image("c"), uploads=Archive())
    assert diff(tree(more), account(live_project(), final, clone)).unasked == {10}
    (change,) = diff(tree(more), account(live_project(), final, replace(clone, bulk_upload=NO_BULK_UPLOAD))).changes
    assert isinstance(change, DatasetChange)
    assert (change.origin, change.aside is not None) == (Origin.CREATE, True)


def test_what_is_only_sent_again_is_told_apart_from_what_is_new() -> None:
    final = replace(live_dataset(5, "poses v1 (a000000000000)", *BOTH), upload_type="advanced")
    wanted = dataset(image("a", "other text."), image("b"), image("c"), uploads=Archive())
    (change,) = diff(tree(wanted), account(live_project(), final)).changes
    assert isinstance(change, DatasetChange)
    assert len(change.coming) == 3
    assert len(change.again) == 2
    assert [(one.before, one.after) for one in change.recaptioned] == [("text a.", "other text.")]
    assert (change.reason.why, change.reason.number) == (Why.TAKES_NO_IMAGE, 3)
