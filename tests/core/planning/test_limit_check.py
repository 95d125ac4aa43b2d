"""The limits of one apply: what is lost is counted the same, however a dataset version comes about."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.change import Change, DatasetChange, Origin
from reconciler.core.content_change import LostImage
from reconciler.core.cost import Cost
from reconciler.core.desired import DesiredDataset, DesiredImage
from reconciler.core.diff.diff import diff
from reconciler.core.limit import Limits
from reconciler.core.live import Observed, RemoteDataset
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.limit_check import check
from reconciler.core.planning.planner import plan
from tests.core.build import (
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_project,
    print_of,
    tree,
)

SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=20, models=0)
SHARE = "limit-image-removals-percent"
NAMES = tuple(f"i{number:02}" for number in range(20))


def wanted(names: tuple[str, ...], *, content: str = "", **fields: object) -> DesiredDataset:
    """A dataset of these images; with `content`, other pictures under the same names."""
    return dataset(*(image(name, content=f"{content}{name}") for name in names), **fields)  # type: ignore[arg-type]


def live(names: tuple[str, ...] = NAMES, *, id_: int = 10, name: str = "", captions: str = "seen.") -> RemoteDataset:
    """A live version that holds these images, and whose name says so."""
    source = "automatic" if captions == "seen." else "manual"
    images = (live_image(id_ * 100 + number, one, captions, source) for number, one in enumerate(names))
    return live_dataset(id_, name or f"poses v1 ({print_of(wanted(names))})", *images)


def planned(desired: DesiredDataset, observed: Observed, limits: Limits | None = None) -> Plan:
    """The plan of a tree with this dataset."""
    return plan(diff(tree(desired), observed), subject=SUBJECT, limits=limits or Limits())


def rules(plan_: Plan) -> list[str]:
    """The rules by which a plan is refused."""
    return [refusal.rule for refusal in plan_.refusals]


OF_20 = account(live_project(), live())
WALKS = {
    "19 of 20 replaced under their names": (
        dataset(image(NAMES[0]), *(image(name, content=f"other {name}") for name in NAMES[1:])),
        OF_20,
        19,
        20,
    ),
    "all 20 gone, five others declared": (wanted(("a", "b", "c", "d", "e")), OF_20, 20, 20),
    "`clone: never` with 2 of 20 kept": (wanted(NAMES[:2], clone="never"), OF_20, 18, 20),
    "5 of 8 gone": (wanted(NAMES[:3]), account(live_project(), live(NAMES[:8])), 5, 8),
    "removed from the draft already by a run that was cut off": (
        wanted(NAMES[:8]),
        account(live_project(), live(), live(NAMES[:8], id_=11, name="poses v2 draft a000000000000 abcd")),
        12,
        20,
    ),
    "live in the open draft alone": (
        wanted(NAMES[:2]),
        account(live_project(), live(NAMES[:8], id_=11, name="poses v1 draft a000000000000 abcd")),
        6,
        8,
    ),
    "a draft filled with others first, so that the share looks small": (
        wanted((*NAMES[:8], *(f"new{number}" for number in range(30)))),
        account(
            live_project(),
            live(),
            live(
                (*NAMES, *(f"new{number}" for number in range(30))),
                id_=11,
                name="poses v2 draft a000000000000 abcd",
            ),
        ),
        12,
        20,
    ),
}


@pytest.mark.parametrize(("desired", "observed", "gone", "of"), WALKS.values(), ids=WALKS.keys())
def test_no_way_leads_around_the_share(desired: DesiredDataset, observed: Observed, gone: int, of: int) -> None:
    """Whatever way a version is made, the images that it loses are counted, and allowing them is said."""
    made = planned(desired, observed)
    percent = -(-100 * gone // of)
    (refusal,) = made.refusals
    assert refusal.rule == SHARE
    assert refusal.summary == f"dataset/poses would lose {gone} of {of} images ({percent} %); the limit is 30 %"
    assert f"--allow image_removals_percent={percent}" in refusal.remedies[0]
    assert not planned(desired, observed, Limits(image_removals_percent=percent)).refusals
    assert rules(planned(desired, observed, Limits(image_removals_percent=100, image_removals=gone - 1))) == [
        "limit-image-removals"
    ]
    assert not planned(desired, observed, Limits(image_removals_percent=100, image_removals=gone)).refusals


def test_those_probes_are_of_every_origin() -> None:
    """The cases above are made as a clone, afresh, and in an open draft."""
    found = {
        change.origin
        for desired, observed, _, _ in WALKS.values()
        for change in planned(desired, observed).changes
        if isinstance(change, DatasetChange)
    }
    assert found == set(Origin)


@pytest.mark.parametrize(
    ("live_images", "gone", "configured", "is_over"),
    [
        (10, 3, 30, False),
        (10, 4, 30, True),
        (10, 4, 40, False),
        (5, 1, 30, False),
        (5, 2, 30, True),
        (4, 2, 30, False),
        (4, 3, 30, True),
        (4, 3, 75, False),
        (3, 1, 0, False),
        (3, 2, 0, True),
        (2, 1, 0, False),
        (2, 2, 30, True),
        (1, 1, 30, True),
        (5, 1, 0, True),
    ],
)
def test_the_share_counts_from_five_images_on(live_images: int, gone: int, configured: int, *, is_over: bool) -> None:
    """Of fewer than five images half may go, whatever a smaller limit says."""
    names = NAMES[:live_images]
    observed = account(live_project(), live(names))
    desired = wanted((*names[gone:], "another"))
    assert (rules(planned(desired, observed, Limits(image_removals_percent=configured))) == [SHARE]) == is_over


def test_renamed_files_and_twins_are_no_loss() -> None:
    """An image is its bytes: another file name loses nothing, nor does the second of two equal images."""
    twice = replace(live(NAMES[:6]), images=(*(live(NAMES[:6]).images or ()), live_image(7, NAMES[0])), images_count=7)
    desired = dataset(*(image(f"other-{name}", content=name) for name in NAMES[:6]), prefix="Another prefix,")
    made = planned(desired, account(live_project(), twice))
    assert not made.refusals
    (change,) = made.changes
    assert change.losses.is_none


def test_a_fresh_version_counts_the_captions_that_people_wrote() -> None:
    """`clone: never` replaces them as a clone would; the limit of none holds for both."""
    observed = account(live_project(), live(NAMES[:6], captions="by hand."))
    for clone in ("auto", "never"):
        desired = dataset(*(image(name, "by git.") for name in NAMES[:6]), clone=clone)
        made = planned(desired, observed)
        assert rules(made) == ["limit-caption-rewrites"]
        assert made.cost.rewrites == 6
        assert not planned(desired, observed, Limits(caption_rewrites=6)).refusals


def test_rewrites_that_a_cut_off_run_has_done_count_again() -> None:
    """The draft has git's captions already; the base still has those of people."""
    base = live(NAMES[:6], captions="by hand.")
    desired = dataset(*(image(one, "by git.") for one in NAMES[:6]))
    draft = live(NAMES[:6], id_=11, name=f"poses v2 draft {print_of(desired)} abcd", captions="by git.")
    assert rules(planned(desired, account(live_project(), base, draft))) == ["limit-caption-rewrites"]


def test_what_goes_says_where_it_still_is() -> None:
    """An image of the base stays in the base; one that only the draft holds is gone for good."""
    draft = live((*NAMES[:2], "extra"), id_=11, name="poses v2 draft a000000000000 abcd")
    (change,) = planned(wanted(NAMES[1:2]), account(live_project(), live(NAMES[:2]), draft)).changes
    assert [(lost.name, lost.kept_in) for lost in change.losses.images] == [("extra.png", None), (f"{NAMES[0]}.png", 1)]
    assert [lost.name for lost in change.losses.destroyed_images] == ["extra.png"]


def test_images_without_a_digest_are_lost_with_a_fresh_version() -> None:
    """What a person put into a version by hand is in no file, so no version made from files holds it."""
    by_hand = replace(live_image(1, "x"), image_name="holiday.png", caption="by hand.", caption_source="manual")
    base = live(NAMES[:6])
    held = live_dataset(10, base.name, *(base.images or ()), by_hand)
    (change,) = planned(wanted(NAMES[:6], clone="never"), account(live_project(), held)).changes
    assert change.losses.images == (
        LostImage(key="", name="holiday.png", kept_in=1, caption="by hand.", by_person=True),
    )


@given(st.integers(1, 12), st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)), st.sets(st.integers(0, 11)))
def test_losing_more_never_removes_a_refusal(
    live_images: int, gone: set[int], more: set[int], in_draft: set[int]
) -> None:
    """Whatever is live in base and draft: a tree that keeps less is refused wherever one that keeps more was."""
    base = live(NAMES[:live_images])
    drafted = tuple(f"d{number}" for number in sorted(in_draft))
    draft = live(drafted, id_=11, name="poses v2 draft a000000000000 abcd")
    observed = account(live_project(), base, *((draft,) if drafted else ()))
    everything = (*NAMES[:live_images], *drafted)

    def refused(without: set[int]) -> set[str]:
        kept = tuple(name for number, name in enumerate(everything) if number not in without)
        return set(rules(planned(wanted((*kept, "another")), observed, Limits(image_removals=3))))

    assert refused(gone) <= refused(gone | more)


def test_limits_are_judged_on_all_changes_together() -> None:
    """The absolute number counts every dataset."""
    few = DesiredImage(digest="0" * 64, size=1, name="x.png", path="x.png")
    (change,) = planned(dataset(few, prefix="Another,"), account(live_project(), live(NAMES[:2]))).changes
    both: list[Change] = [change, change]
    assert [refusal.rule for refusal in check(both, Cost(), Limits(image_removals=3, image_removals_percent=100))] == [
        "limit-image-removals"
    ]
