"""Whose draft it is, which one is elected and what it is called, as tables."""

from dataclasses import replace

import pytest

from reconciler.core.event import Outcome
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import DatasetStatus, RemoteDataset
from reconciler.core.name import DraftName, FinalName, parse_dataset_name
from reconciler.core.run.draft_ownership import (
    DraftOwnership,
    claimable,
    claimed_name,
    draft_name,
    final_name,
    guided_name,
    is_stale_after_claim,
    left_alone,
    moved_since,
    not_elected,
    ownership,
    sight_draft,
    stored_differently,
)
from reconciler.core.run.ending import ANOTHER_APPLY
from reconciler.core.uploads import ONE_BY_ONE
from reconciler.core.wish import DatasetWish
from tests.core.build import DATASET, PREFIX, PROJECT, live_dataset, live_image

MARK = "3f2a"
WISH = DatasetWish(
    ref=DATASET,
    project=PROJECT,
    version=3,
    fingerprint="a9f3c1a2b7d40",
    uploads=ONE_BY_ONE,
    guide=PrefixGuide(text=PREFIX),
    increase_resolution=True,
    completed=True,
    images=(),
)
OWN = "poses v3 draft a9f3c1a2b7d40 3f2a"
OTHER_MARK = "poses v3 draft a9f3c1a2b7d40 beef"
OTHER_WISH = "poses v3 draft abbbbbbbbbbbb 3f2a"
FINAL = "poses v3 (a9f3c1a2b7d40)"
OTHER_FINAL = "poses v3 (abbbbbbbbbbbb)"


def draft(name: str, id_: int = 7, **fields: object) -> RemoteDataset:
    """An open draft of this name, whatever the name says."""
    return live_dataset(id_, name, status=DatasetStatus.DRAFT, **fields)  # type: ignore[arg-type]


def completed(name: str, id_: int = 7) -> RemoteDataset:
    """A completed dataset of this name."""
    return live_dataset(id_, name, status=DatasetStatus.COMPLETED)


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        (None, DraftOwnership.GONE),
        (draft(OWN), DraftOwnership.OWN),
        (draft(f"{OWN} of v2 stale"), DraftOwnership.OWN),
        (draft(FINAL), DraftOwnership.OWN),
        (draft(OTHER_MARK), DraftOwnership.OTHER_RUN),
        (draft(OTHER_WISH), DraftOwnership.OTHER_RUN),
        (draft(OTHER_FINAL), DraftOwnership.OTHER_RUN),
        (draft("Anna's poses"), DraftOwnership.RENAMED),
        (draft("poses v4 draft a9f3c1a2b7d40 3f2a"), DraftOwnership.RENAMED),
        (draft("faces v3 draft a9f3c1a2b7d40 3f2a"), DraftOwnership.RENAMED),
        (completed(FINAL), DraftOwnership.COMPLETED),
        (replace(draft(OWN), status=DatasetStatus.UNKNOWN), DraftOwnership.UNSETTLED),
    ],
)
def test_draft_ownership(dataset: RemoteDataset | None, expected: DraftOwnership) -> None:
    """Only an open draft of this wish with the own mark, or under its own final name, is the run's own."""
    assert ownership(dataset, WISH, MARK) is expected


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [
        (draft(OTHER_MARK), DraftOwnership.OWN),
        (draft(OTHER_WISH), DraftOwnership.OWN),
        (draft(OTHER_FINAL), DraftOwnership.OWN),
        (draft("poses v4 draft a9f3c1a2b7d40 3f2a"), DraftOwnership.RENAMED),
        (draft("Anna"), DraftOwnership.RENAMED),
        (completed(OWN), DraftOwnership.COMPLETED),
        (None, DraftOwnership.GONE),
    ],
)
def test_claimable(dataset: RemoteDataset | None, expected: DraftOwnership) -> None:
    """Any open draft of this manifest and number may be claimed, whoever filled it for whatever before."""
    assert claimable(dataset, WISH) is expected


@pytest.mark.parametrize(
    ("found", "dataset", "words", "code"),
    [
        (DraftOwnership.OTHER_RUN, draft(OTHER_MARK), ANOTHER_APPLY, 4),
        (DraftOwnership.RENAMED, draft("Anna"), 'renamed to "Anna"', 1),
        (DraftOwnership.COMPLETED, completed(FINAL), ANOTHER_APPLY, 4),
        (DraftOwnership.COMPLETED, completed(OWN), "by hand", 1),
        (DraftOwnership.COMPLETED, None, "by hand", 1),
        (DraftOwnership.UNSETTLED, draft(OWN), "status", 1),
        (DraftOwnership.GONE, None, "gone", 1),
    ],
)
def test_left_alone(found: DraftOwnership, dataset: RemoteDataset | None, words: str, code: int) -> None:
    """Another run's draft asks for exit 4, a person's doing for exit 1; each says what was found."""
    ending = left_alone(found, dataset, 7)
    assert (ending.outcome, ending.exit_code, ending.id) == (Outcome.FAILED, code, 7)
    assert words in ending.detail


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (OTHER_WISH, OWN),
        (f"{OTHER_MARK} of v2", f"{OWN} of v2"),
        (f"{OTHER_MARK} stale", f"{OWN} stale"),
        (OTHER_FINAL, OWN),
    ],
)
def test_claimed_name(name: str, expected: str) -> None:
    """A claim writes the own fingerprint and mark, and keeps every phase."""
    parsed = parse_dataset_name(name)
    assert parsed is not None
    assert str(claimed_name(parsed, WISH, MARK)) == expected


def test_names_of_a_wish() -> None:
    """The names that a run gives to the version of a wish."""
    assert draft_name(WISH, MARK, of=2) == DraftName(
        base="poses", version=3, fingerprint="a9f3c1a2b7d40", mark=MARK, of=2
    )
    assert final_name(WISH) == FinalName(base="poses", version=3, fingerprint="a9f3c1a2b7d40")


def test_moved_since() -> None:
    """A draft moved if an image came, went or changed its text, or if a regeneration may have changed it."""
    one, two = live_image(1, "wave"), live_image(2, "jump")
    before = draft(OWN)
    still = replace(before, images=(one, two), images_count=2)
    assert not moved_since(still, replace(still, name=OTHER_MARK))
    assert moved_since(still, replace(still, images=(one,)))
    assert moved_since(still, replace(still, images=(one, replace(two, caption="other"))))
    assert moved_since(still, replace(still, images=(one, replace(two, caption_source="manual"))))
    assert moved_since(replace(still, captions_update_status="in_progress"), still)
    assert moved_since(still, replace(still, captions_update_status="in_progress"))


def test_a_claim_of_a_draft_that_moves() -> None:
    """Captions that moved while a draft was claimed lag behind, unless a phase covers that already."""
    name = draft_name(WISH, MARK)
    empty, filled = draft(OWN), draft(OWN, images=(live_image(1, "wave"),))
    assert is_stale_after_claim(name, empty, filled)
    assert not is_stale_after_claim(name, filled, filled)
    assert not is_stale_after_claim(name, filled, empty)
    assert not is_stale_after_claim(replace(name, of=2), empty, filled)
    assert not is_stale_after_claim(replace(name, stale=True), empty, filled)


def test_a_prefix_and_the_captions_that_are_there() -> None:
    """Only a draft that holds images becomes stale by a new prefix."""
    assert str(guided_name(draft(OWN), WISH, MARK)) == OWN
    assert str(guided_name(draft(OWN, images=(live_image(1, "wave"),)), WISH, MARK)) == f"{OWN} stale"


def test_election() -> None:
    """The lowest id of all open drafts above the newest completed version is elected, whatever its fingerprint."""
    listed = (completed("poses v2 (a9f3c1a2b7d40)", 3), draft("poses v2 draft a9f3c1a2b7d40 aaaa", 4))
    alone = sight_draft((*listed, draft(OWN, 7)), 7, WISH, 1)
    assert not_elected(alone, 7, WISH) is None
    lost = not_elected(sight_draft((*listed, draft(OTHER_WISH, 6), draft(OWN, 7)), 7, WISH, 1), 7, WISH)
    assert lost is not None
    assert lost.exit_code == 4
    assert "(id 6) is elected; nothing was filled" in lost.detail
    unseen = not_elected(sight_draft(listed, 7, WISH, 1), 7, WISH)
    assert unseen is not None
    assert "in no list" in unseen.detail
    late = not_elected(sight_draft((completed(FINAL, 6), draft(OWN, 7)), 7, WISH, 1), 7, WISH)
    assert late is not None
    assert late.exit_code == 4
    assert "completed meanwhile" in late.detail


def test_a_clone_that_the_plan_passed_by() -> None:
    """Under `clone: never` an unchecked clone of a lower number is a duplicate, and no rival of the own draft."""
    passed = draft("poses v2 draft a9f3c1a2b7d40 aaaa of v1", 6)
    rival = draft("poses v3 draft a9f3c1a2b7d40 aaaa of v1", 6)
    assert not_elected(sight_draft((passed, draft(OWN, 7)), 7, WISH, 1), 7, WISH) is None
    assert not_elected(sight_draft((rival, draft(OWN, 7)), 7, WISH, 1), 7, WISH) is not None


def test_stored_differently() -> None:
    """Names read back byte for byte, prefixes modulo outer white space."""
    name = draft_name(WISH, MARK)
    assert stored_differently(name, WISH.guide, draft(OWN, prefix=f"{PREFIX} ")) is None
    assert "stores the name" in (stored_differently(name, WISH.guide, draft(f"{OWN} ")) or "")
    assert "stores the caption_prefix" in (stored_differently(name, WISH.guide, draft(OWN, prefix="Other,")) or "")
    assert '""' in (stored_differently(name, WISH.guide, replace(draft(OWN), guide=None)) or "")
