"""What comparing says about a dataset, case by case."""

from dataclasses import replace

import pytest

from reconciler.core.change import Change, DatasetChange, Origin
from reconciler.core.content_change import ImageEffect
from reconciler.core.desired import DesiredDataset
from reconciler.core.diff.diff import diff
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.guide import PrefixGuide
from reconciler.core.live import DatasetStatus, Observed
from reconciler.core.reason import Why
from reconciler.core.run_options import RunOptions
from reconciler.core.uploads import Archive
from tests.core.build import (
    DATASET,
    MODEL,
    PREFIX,
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_model,
    live_project,
    model,
    print_of,
    tree,
)

TWO = dataset(image("a", "text a."), image("b"))
FINAL = f"poses v1 ({print_of(TWO)})"
LIVE_TWO = (live_image(1, "a", "text a.", "manual"), live_image(2, "b"))


def only(changes: tuple[Change, ...]) -> DatasetChange:
    """The one change, which is a dataset's."""
    (change,) = changes
    assert isinstance(change, DatasetChange)
    return change


def test_committed_and_final_is_in_sync_without_a_read() -> None:
    """Completed and final is the commit marker: count and prefix of the list are all that is compared."""
    live = replace(live_dataset(10, FINAL, *LIVE_TWO), images=None)
    found = diff(tree(TWO), account(live_project(), live))
    assert not found.changes
    assert not found.unread
    assert [(item.state, item.version) for item in found.unchanged if item.ref == DATASET] == [("in sync", 1)]


def test_nothing_live_is_created_from_nothing() -> None:
    """A first version is uploaded; its prefix is set although the server writes one of its own."""
    change = only(diff(tree(TWO), account(live_project())).changes)
    assert change.origin is Origin.CREATE
    assert change.version == 1
    (guide,) = change.guide
    assert guide.after == PREFIX
    assert [item.effect for item in change.images] == [ImageEffect.ADDED] * 2
    assert not change.stale


def test_a_changed_image_clones_the_newest_version() -> None:
    """Completed datasets are frozen: the next version starts as a clone, and only what differs is sent."""
    live = live_dataset(10, "poses v1 (a000000000000)", *LIVE_TWO)
    wanted = dataset(image("a", "text a."), image("b", content="other bytes"))
    change = only(diff(tree(wanted), account(live_project(), live)).changes)
    assert (change.origin, change.origin_id, change.version, change.base_version) == (Origin.CLONE, 10, 2, 1)
    (item,) = change.images
    assert item.effect is ImageEffect.REPLACED
    assert item.replaces


def test_the_base_is_read_before_anything_is_said() -> None:
    """Where the desired fingerprint is not live, the newest completed version must be read."""
    live = replace(live_dataset(10, "poses v1 (a000000000000)", *LIVE_TWO), images=None)
    found = diff(tree(TWO), account(live_project(), live))
    assert found.unread == {10}
    assert not found.changes


def test_in_force_as_it_stands_costs_nothing() -> None:
    """Pulling captions into git changes the fingerprint and not the content: nothing is cloned."""
    pulled = dataset(image("a", "text a."), image("b", "seen."))
    found = diff(tree(pulled), account(live_project(), live_dataset(10, FINAL, *LIVE_TWO)))
    assert not found.changes
    assert [item.version for item in found.unchanged if item.ref == DATASET] == [1]


def test_in_force_keeps_the_models_of_its_own_fingerprint() -> None:
    """V: a model trained for the version's own fingerprint still counts after a pull."""
    pulled = dataset(image("a", "text a."), image("b", "seen."))
    trained = live_model(20, f"max v1 ({model_fingerprint(model(), print_of(TWO))})")
    world = account(live_project(), live_dataset(10, FINAL, *LIVE_TWO), trained)
    assert not diff(tree(pulled, model()), world).changes


def test_a_prefix_edit_regenerates_automatic_captions_only() -> None:
    """Captions that people wrote stay; only automatic ones follow the new prefix."""
    wanted = replace(TWO, guide=PrefixGuide(text="A photo of Lora,"))
    change = only(diff(tree(wanted), account(live_project(), live_dataset(10, FINAL, *LIVE_TWO))).changes)
    assert change.stale
    assert change.regenerated == 1
    (guide,) = change.guide
    assert (guide.before, guide.after) == (PREFIX, "A photo of Lora,")


def test_a_reverted_version_is_used_again() -> None:
    """git revert costs nothing: an older version with the desired fingerprint is in force again."""
    newer = live_dataset(11, "poses v2 (a000000000000)", live_image(3, "c"))
    found = diff(tree(TWO), account(live_project(), live_dataset(10, FINAL, *LIVE_TWO), newer))
    assert not found.changes


def test_a_revert_survives_a_disagreeing_twin() -> None:
    """A final name that disagrees does not count as that fingerprint; the next version is made from the newest."""
    wrong = live_dataset(10, FINAL, live_image(1, "a", "text a.", "manual"))
    change = only(diff(tree(TWO), account(live_project(), wrong)).changes)
    assert (change.origin, change.version) == (Origin.CLONE, 2)


def test_a_disagreeing_version_with_a_living_model_is_refused() -> None:
    """Only where a live model hangs on it is the disagreement a refusal, naming both values."""
    wrong = live_dataset(10, FINAL, live_image(1, "a", "text a.", "manual"))
    found = diff(tree(TWO, model()), account(live_project(), wrong, live_model(20, "max v1 (a111111111111)")))
    (refusal,) = found.refusals
    assert refusal.rule == "dataset-disagrees"
    assert "holds 1 images, git declares 2" in refusal.summary


def test_a_completed_dataset_without_its_model_is_read_first() -> None:
    """Before money is spent on a completed dataset its content is compared, not its name believed."""
    live = live_dataset(10, FINAL, *LIVE_TWO)
    unread = diff(tree(TWO, model()), account(live_project(), replace(live, images=None)))
    assert unread.unread == {10}
    read = diff(tree(TWO, model()), account(live_project(), live))
    (change,) = read.changes
    assert change.ref == MODEL


def test_an_open_draft_is_resumed_and_not_cloned_again() -> None:
    """A half-made draft goes on from there, whatever fingerprint it was begun for."""
    base = live_dataset(10, "poses v1 (a000000000000)", *LIVE_TWO)
    draft = live_dataset(11, "poses v2 draft a111111111111 3f2a", live_image(3, "a", "text a.", "manual"))
    wanted = dataset(image("a", "text a."), image("c"))
    change = only(diff(tree(wanted), account(live_project(), base, draft)).changes)
    assert (change.origin, change.origin_id, change.version) == (Origin.RESUME, 11, 2)
    assert [item.name for item in change.images] == ["c.png"]


def test_of_several_open_drafts_the_lowest_id_is_elected() -> None:
    """One open draft per manifest: every other is a duplicate, never used, and named."""
    drafts = [live_dataset(id_, f"poses v{v} draft a111111111111 3f2a") for id_, v in ((12, 1), (11, 2))]
    found = diff(tree(TWO), account(live_project(), *drafts))
    assert only(found.changes).origin_id == 11
    assert [note.rule for note in found.notes if note.ref == DATASET] == ["duplicate"]


def test_an_unchecked_clone_reads_its_source() -> None:
    """A draft marked ` of v1` is checked against version 1 first."""
    base = live_dataset(10, "poses v1 (a000000000000)", *LIVE_TWO)
    draft = live_dataset(11, "poses v2 draft a111111111111 3f2a of v1", *LIVE_TWO)
    wanted = dataset(image("a", "text a."))
    change = only(diff(tree(wanted), account(live_project(), base, draft)).changes)
    assert (change.source_id, change.source_version) == (10, 1)


def test_clone_never_uses_no_draft_that_is_an_unchecked_clone() -> None:
    """After following our advice the failed clone is a duplicate, and the version is a fresh upload."""
    base = live_dataset(10, "poses v1 (a000000000000)", *LIVE_TWO)
    draft = live_dataset(11, "poses v2 draft a111111111111 3f2a of v1", *LIVE_TWO)
    wanted = replace(dataset(image("a", "text a.")), clone="never")
    found = diff(tree(wanted), account(live_project(), base, draft))
    change = only(found.changes)
    assert (change.origin, change.version) == (Origin.CREATE, 3)


def test_a_foreign_image_in_a_draft_of_ours_is_refused() -> None:
    """An image without a digest in a draft of ours was put there by somebody: nothing is done to it."""
    strange = replace(live_image(3, "c"), image_name="holiday.png")
    draft = live_dataset(11, "poses v1 draft a111111111111 3f2a", strange)
    (refusal,) = diff(tree(TWO), account(live_project(), draft)).refusals
    assert refusal.rule == "draft-foreign-image"
    assert "holiday.png" in refusal.summary


def test_an_unchecked_clone_whose_source_is_gone_is_refused() -> None:
    """Nothing can be said of a clone that was never checked when its source is gone."""
    draft = live_dataset(11, "poses v2 draft a111111111111 3f2a of v1", *LIVE_TWO)
    (refusal,) = diff(tree(TWO), account(live_project(), draft)).refusals
    assert refusal.rule == "clone-source-gone"


def test_a_draft_that_is_all_that_is_asked_for_is_kept_open() -> None:
    """`status: draft` and a finished draft: nothing to do, said as such."""
    wanted = replace(TWO, completed=False)
    draft = live_dataset(11, f"poses v1 draft {print_of(wanted)} 3f2a", *LIVE_TWO)
    found = diff(tree(wanted, model()), account(live_project(), draft))
    assert not found.changes
    assert {item.ref: item.state for item in found.unchanged if item.ref.kind != "project"} == {
        DATASET: "draft",
        MODEL: "held",
    }


def test_a_finished_draft_is_completed_when_git_asks_for_it() -> None:
    """From `status: draft` to `status: completed`: the draft is completed, nothing is sent again."""
    draft = live_dataset(11, f"poses v1 draft {print_of(TWO)} 3f2a", *LIVE_TWO)
    change = only(diff(tree(TWO), account(live_project(), draft)).changes)
    assert not change.images
    assert not change.captions
    assert change.wish.completed


def test_twins_in_a_draft_of_ours_lose_the_higher_id() -> None:
    """Of two live images with one digest the higher id is removed, listed in the plan."""
    draft = live_dataset(11, f"poses v1 draft {print_of(TWO)} 3f2a", *LIVE_TWO, live_image(9, "a", "x"))
    change = only(diff(tree(TWO), account(live_project(), draft)).changes)
    assert [(item.effect, item.id) for item in change.images] == [(ImageEffect.TWIN, 9)]


def test_hand_written_captions_of_older_versions_are_carried() -> None:
    """An image that comes back takes the hand-written caption of the newest version that holds it."""
    old = live_dataset(10, "poses v1 (a000000000000)", live_image(1, "a"), live_image(2, "b", "by hand.", "manual"))
    new = live_dataset(11, "poses v2 (a111111111111)", live_image(3, "a"))
    wanted = dataset(image("a"), image("b"), image("c"))
    change = only(diff(tree(wanted), account(live_project(), old, new)).changes)
    assert [(kept.name, kept.text, kept.version) for kept in change.kept] == [("b.png", "by hand.", 1)]


def test_a_version_that_may_hold_the_caption_is_read_first() -> None:
    """Carrying over needs the images of older versions: they are read when an undeclared image comes."""
    old = replace(live_dataset(10, "poses v1 (a000000000000)", live_image(2, "b")), images=None)
    new = live_dataset(11, "poses v2 (a111111111111)", live_image(3, "a"))
    assert diff(tree(dataset(image("a"), image("b"))), account(live_project(), old, new)).unread == {10}


def test_a_caption_that_git_wrote_is_changed_freely() -> None:
    """The base's fingerprint proves that its manual caption came from git: no rewrite of a person's words."""
    wanted = dataset(image("a", "new text."), image("b"))
    change = only(diff(tree(wanted), account(live_project(), live_dataset(10, FINAL, *LIVE_TWO))).changes)
    assert [(item.before, item.after) for item in change.captions] == [("text a.", "new text.")]
    assert change.losses.captions == ()


def test_a_caption_that_a_person_wrote_is_a_rewrite() -> None:
    """The fingerprint comes out right only without this caption: a person wrote it, and replacing it is counted."""
    mine = (LIVE_TWO[0], live_image(2, "b", "a person wrote this.", "manual"))
    wanted = dataset(image("a", "text a."), image("b", "git says this."))
    change = only(diff(tree(wanted), account(live_project(), live_dataset(10, FINAL, *mine))).changes)
    assert [item.name for item in change.captions] == ["b.png"]
    assert [item.name for item in change.losses.captions] == ["b.png"]


def test_drift_of_a_declared_caption_in_a_draft_is_corrected() -> None:
    """Git declared this caption when the draft was begun: the console's word is drift, and git wins."""
    typo = (live_image(1, "a", "typo", "manual"), LIVE_TWO[1])
    draft = live_dataset(11, f"poses v1 draft {print_of(TWO)} 3f2a", *typo)
    change = only(diff(tree(TWO), account(live_project(), draft)).changes)
    assert [item.after for item in change.captions] == ["text a."]
    assert change.losses.captions == ()


@pytest.mark.parametrize("mark", [" of v1", " stale"])
def test_completed_by_hand_half_way_never_counts(mark: str) -> None:
    """A draft that a person completed while its name was marked is neither in force nor a base."""
    hand = live_dataset(10, f"poses v2 draft {print_of(TWO)} 3f2a{mark}", *LIVE_TWO, status=DatasetStatus.COMPLETED)
    change = only(diff(tree(TWO), account(live_project(), hand)).changes)
    assert (change.origin, change.version) == (Origin.CREATE, 3)


def test_completed_by_hand_and_equal_is_in_force() -> None:
    """Unmarked and equal to what is desired: in force as it stands, and not renamed."""
    hand = live_dataset(10, f"poses v1 draft {print_of(TWO)} 3f2a", *LIVE_TWO, status=DatasetStatus.COMPLETED)
    assert not diff(tree(TWO), account(live_project(), hand)).changes


def test_an_unknown_status_is_not_settled() -> None:
    """F24: a status this release does not know is refused, not written to."""
    odd = live_dataset(10, FINAL, *LIVE_TWO, status=DatasetStatus.UNKNOWN)
    assert [refusal.rule for refusal in diff(tree(TWO), account(live_project(), odd)).refusals] == [
        "dataset-status-unknown"
    ]


def test_reading_everything_finds_drift() -> None:
    """`--refresh=full` compares committed content as well."""
    drifted = live_dataset(10, FINAL, live_image(1, "a", "typo", "manual"), LIVE_TWO[1])
    world = account(live_project(), drifted)
    assert not diff(tree(TWO), world).changes
    assert only(diff(tree(TWO), world, RunOptions(reads_all=True)).changes).version == 2


def test_versions_of_another_project_are_not_ours() -> None:
    """A dataset is found by its name inside its project only."""
    other = live_dataset(10, "poses v7 (a000000000000)", *LIVE_TWO, project_id=2)
    world: Observed = account(live_project(), live_project(2, project_name="Other"), other)
    assert only(diff(tree(TWO), world).changes).version == 1


def test_a_lying_name_is_not_in_force() -> None:
    """A console edit slipped in during the commit: the content disproves the name, so nothing is spent on it."""
    declared = dataset(image("a", "text a."), image("b"))
    edited = (live_image(1, "a", "a person wrote this.", "manual"), LIVE_TWO[1])
    lying = live_dataset(10, f"poses v2 ({print_of(declared)})", *edited)
    undeclared = dataset(image("a"), image("b"))
    change = only(diff(tree(undeclared), account(live_project(), lying)).changes)
    assert (change.origin, change.version) == (Origin.CLONE, 3)


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (dataset(image("a", "text a."), image("c"), uploads=Archive()), Why.TAKES_NO_IMAGE),
        (dataset(image("a", "text a."), uploads=Archive()), Why.CLONED),
        (dataset(image("a", "text b."), image("b"), uploads=Archive()), Why.CLONED),
        (dataset(image("a", "text a."), image("c")), Why.UPLOAD_TYPE_CHANGED),
        (dataset(image("a", "text a.")), Why.UPLOAD_TYPE_CHANGED),
        (dataset(image("c"), uploads=Archive()), Why.NOTHING_STAYS),
    ],
)
def test_an_archive_takes_no_further_image(wanted: DesiredDataset, why: Why) -> None:
    """A clone keeps the upload type: images can be removed and captions edited in one of an archive, never added."""
    live = replace(live_dataset(10, "poses v1 (a000000000001)", *LIVE_TWO), upload_type="advanced")
    change = only(diff(tree(wanted), account(live_project(), live)).changes)
    assert change.reason.why is why
    assert change.origin is (Origin.CLONE if why is Why.CLONED else Origin.CREATE)
