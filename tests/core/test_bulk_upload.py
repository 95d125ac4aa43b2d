"""What the API tells of an archive: what it says for certain, and which images it did not take."""

import pytest

from reconciler.core.bulk_upload import NO_BULK_UPLOAD, BulkState, BulkUpload, FailedImage


@pytest.mark.parametrize(
    ("known", "is_certain", "is_under_way", "is_over"),
    [
        (NO_BULK_UPLOAD, False, False, False),
        (BulkUpload(state=BulkState.PENDING), False, False, False),
        (BulkUpload(state=BulkState.PENDING, found=3), True, True, False),
        (BulkUpload(state=BulkState.PROCESSING), True, True, False),
        (BulkUpload(state=BulkState.UNKNOWN), True, True, False),
        (BulkUpload(state=BulkState.COMPLETED, found=3, done=3), True, False, True),
        (BulkUpload(state=BulkState.FAILED), True, False, True),
    ],
)
def test_what_a_state_says(known: BulkUpload, *, is_certain: bool, is_under_way: bool, is_over: bool) -> None:
    """U53: pending without a figure may mean that there was no upload at all."""
    assert (known.is_certain, known.is_under_way, known.is_over) == (is_certain, is_under_way, is_over)


def test_failures_are_found_by_the_digest_in_the_name() -> None:
    failures = tuple(
        FailedImage(filename=name)
        for name in ("sit.a2222222222222222.png", "wave.a1111111111111111.png", "strange.png", "")
    )
    known = BulkUpload(state=BulkState.COMPLETED, failed=4, failures=failures)
    found = known.failures_of(["a1111111111111111", "a2222222222222222", "a3333333333333333"])
    assert [failure.filename for failure in found] == ["sit.a2222222222222222.png", "wave.a1111111111111111.png"]
