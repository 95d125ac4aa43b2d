"""What comparing says about a project: found, owned, taken over, created, updated, or refused."""

from dataclasses import replace

import pytest

from reconciler.core.change import ProjectChange
from reconciler.core.diff.absence import all_absent
from reconciler.core.diff.diff import diff
from reconciler.core.kind import Kind
from reconciler.core.live import DatasetStatus, RemoteDataset, RemoteProject
from reconciler.core.run_options import RunOptions
from tests.core.build import (
    DATASET,
    PROJECT,
    account,
    dataset,
    image,
    live_dataset,
    live_image,
    live_model,
    live_project,
    print_of,
    project,
    tree,
)

ONE = dataset(image("a"))
FINAL = f"poses v1 ({print_of(ONE)})"


def ours(id_: int = 10, project_id: int = 1) -> RemoteDataset:
    """A version of the declared dataset."""
    return live_dataset(id_, FINAL, live_image(id_, "a"), project_id=project_id)


def test_nothing_of_that_name_is_created() -> None:
    """A project that no name matches is created with all declared fields."""
    (change,) = diff(tree(), account()).changes
    assert isinstance(change, ProjectChange)
    assert change.id is None
    assert dict(change.body)["ip_type"] == "defined_character"


def test_a_changed_description_is_an_update_with_all_mutable_fields() -> None:
    """PUT carries undeclared fields as observed: safe under merge and under replace."""
    world = account(live_project(project_description="kept"), ours())
    found = diff(tree(ONE, of=project(ip_description="a woman")), world)
    (change,) = found.changes
    assert isinstance(change, ProjectChange)
    assert dict(change.body) == {
        "project_name": "Branded Character",
        "project_description": "kept",
        "ip_name": "Lora",
        "ip_description": "a woman",
    }
    assert [field.path for field in change.fields] == ["ip_description"]
    assert "old-words" in [note.rule for note in found.notes]


def test_an_empty_project_of_the_same_kind_is_ours() -> None:
    """Found by name, empty, same medium and type: used as it is."""
    found = diff(tree(), account(live_project()))
    assert not found.changes
    assert [item.state for item in found.unchanged] == ["in sync"]


@pytest.mark.parametrize(
    "content",
    [live_dataset(10, "Holiday pictures"), live_model(20, "Their model", dataset_id=None)],
    ids=["a dataset", "a model"],
)
def test_a_project_made_by_hand_is_not_taken_over_silently(content: RemoteDataset) -> None:
    """H52: a project that holds only what people made needs `metadata.id` or `--accept`."""
    world = account(live_project(), content)
    (refusal,) = diff(tree(), world).refusals
    assert refusal.rule == "take-over"
    assert "metadata: {id: 1}" in refusal.remedies[0]
    assert not diff(tree(), world, RunOptions(accepted=(PROJECT,))).refusals
    assert not diff(tree(of=project(id=1)), world).refusals


def test_of_several_the_one_that_holds_ours_counts() -> None:
    """Two projects of one name: ours is where our versions live, whatever the ids."""
    world = account(live_project(1), live_project(2), ours(project_id=2))
    found = diff(tree(ONE), world)
    assert not found.changes
    assert found.project_ids == {PROJECT: 2}
    assert "duplicate" in [note.rule for note in found.notes]


def test_two_that_hold_ours_are_refused() -> None:
    """Nothing tells which of two projects with our versions is meant."""
    world = account(live_project(1), live_project(2), ours(10, 1), ours(11, 2))
    (refusal,) = diff(tree(ONE), world).refusals
    assert refusal.rule == "project-ambiguous"


def test_of_two_that_are_begun_the_older_one_counts() -> None:
    """Two applies at once may each begin a draft in a project of its own: only what is completed makes one ours."""
    begun = live_dataset(11, "poses v1 draft a0123456789ab 3f2a", project_id=2, status=DatasetStatus.DRAFT)
    for first in (replace(begun, id=10, project_id=1), ours(10, 1)):
        found = diff(tree(ONE), account(live_project(1), live_project(2), first, begun))
        assert not [refusal for refusal in found.refusals if refusal.ref == PROJECT]
        assert found.project_ids == {PROJECT: 1}
        assert "duplicate" in [note.rule for note in found.notes]
    alone = diff(tree(ONE), account(live_project(1, ip_type="icons"), live_project(2), begun))
    assert alone.project_ids == {PROJECT: 2}, "an empty one of another type is somebody else's"


def test_medium_and_type_cannot_change() -> None:
    """The API has no way to change them: a refusal that says what to do."""
    world = account(live_project(ip_medium="photography"), ours())
    found = diff(tree(ONE), world)
    assert [refusal.rule for refusal in found.refusals] == ["project-immutable"]
    assert [item.state for item in found.unchanged if item.ref == DATASET] == ["held"]


def test_a_pinned_id_that_is_not_there_is_refused() -> None:
    """H50: an id of another account."""
    (refusal,) = diff(tree(of=project(id=99)), account(live_project())).refusals
    assert refusal.rule == "project-id-missing"


def test_a_renamed_project_is_never_answered_by_training() -> None:
    """Missing by name, while its datasets live elsewhere: refused with both ids."""
    world = account(live_project(7, project_name="Old name"), ours(10, 7))
    (refusal,) = diff(tree(ONE), world).refusals
    assert refusal.rule == "project-renamed"
    assert "id 7" in refusal.summary
    assert "id 10" in refusal.summary
    accepted = diff(tree(ONE), world, RunOptions(accepted=(PROJECT,)))
    assert not [refusal for refusal in accepted.refusals if refusal.ref == PROJECT]


def test_strays_are_said_aloud() -> None:
    """What git does not know is counted in a note, and never touched."""
    world = account(live_project(), ours(), live_dataset(11, "Holiday"), live_model(20, "Their model"))
    (note,) = [note for note in diff(tree(ONE), world).notes if note.rule == "stray"]
    assert note.text == "project 1 holds 1 dataset and 1 model that git does not know"


def test_an_account_without_anything_of_ours_says_so() -> None:
    """F45: a wrong account is noticed on the first line."""
    other: RemoteProject = live_project(3, project_name="Somebody else's")
    assert "nothing-ours" in [note.rule for note in diff(tree(), account(other)).notes]


@pytest.mark.parametrize(("home", "renamed"), [(1, 1), (2, 2), (None, 1)])
def test_of_two_projects_of_a_former_name_the_one_that_holds_ours_is_renamed(home: int | None, renamed: int) -> None:
    """`moved` finds a project as its present name would: by what it holds; the lowest id if none holds anything of ours."""
    former = (live_project(1, project_name="Old"), live_project(2, project_name="Old"))
    things = () if home is None else (ours(project_id=home),)
    found = diff(tree(ONE, of=project(moved_from="Old")), account(*former, *things))
    (change,) = [one for one in found.changes if isinstance(one, ProjectChange)]
    assert change.id == renamed
    assert [field.path for field in change.fields] == ["project_name"]


def test_an_absent_project_is_the_one_that_holds_ours() -> None:
    """What is deleted is found as what is kept: never somebody else's project of the same name."""
    gone = all_absent(tree(ONE))
    theirs, mine = live_project(1), live_project(2)
    found = diff(gone, account(theirs, mine, live_dataset(9, "Holiday"), ours(project_id=2)))
    assert not found.refusals
    deleted = [item for change in found.changes for item in change.losses.objects]
    assert [item.id for item in deleted if item.kind is Kind.PROJECT] == [2]
