"""An account as it stands, and what of it this tool made."""

from dataclasses import replace

from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.leftover import leftovers
from reconciler.core.live import (
    DatasetStatus,
    ModelStatus,
    Observed,
    RemoteDataset,
    RemoteModel,
    RemoteProject,
    by_identity,
)
from reconciler.core.look.overview import overview

LORA = RemoteProject(id=1, project_name="Lora")
EMPTY = RemoteProject(id=2, project_name="Empty")
OLD = RemoteDataset(id=10, name="old v1 (a0000000000aa)", status=DatasetStatus.COMPLETED, project_id=1)
HAND = RemoteDataset(id=11, name="by hand", status=DatasetStatus.DRAFT, project_id=1)
LOST = RemoteDataset(id=12, name="lost", status=DatasetStatus.DRAFT, project_id=99)
TRAINED = RemoteModel(id=20, name="big v1 (a0000000000bb)", status=ModelStatus.COMPLETED, dataset_id=10)
SECOND = replace(TRAINED, id=21, name="big v2 (a0000000000cc)")
GONE = replace(TRAINED, id=22, status=ModelStatus.DELETED)
ORPHAN = replace(TRAINED, id=23, dataset_id=77, project_id=1)
THINGS = (ORPHAN, GONE, SECOND, TRAINED, LOST, HAND, OLD, EMPTY, LORA)


def account() -> Observed:
    return Observed(live=by_identity(THINGS))


def test_everything_stands_under_what_it_belongs_to() -> None:
    """What is Deleted is left out, and what belongs to no live project comes last."""
    lora, empty, rest = overview(account()).projects
    assert (lora.project, empty.project, rest.project) == (LORA, EMPTY, None)
    assert [one.dataset for one in lora.datasets] == [OLD, HAND]
    assert [one.models for one in lora.datasets] == [(TRAINED, SECOND), ()]
    assert lora.models == (ORPHAN,)
    assert (empty.datasets, empty.models) == ((), ())
    assert [one.dataset for one in rest.datasets] == [LOST]
    assert set(overview(account()).live) == set(THINGS) - {GONE}


def test_leftovers_are_known_by_their_names_and_bear_the_manifest_that_deletes_them() -> None:
    """Where no declared project or no dataset tells the parent, nothing is guessed."""
    index = AccountIndex(account())
    big, old = sorted(leftovers((TRAINED, SECOND, OLD, HAND, LORA), index, {1: "lora"}), key=lambda one: one.ref.name)
    assert (str(big.ref), big.objects) == ("model/big", (TRAINED, SECOND))
    assert old.manifest == (
        "{apiVersion: reconciler/v1, kind: Dataset, metadata: {name: old, ensure: absent}, spec: {project: lora}}"
    )
    assert big.manifest == (
        "{apiVersion: reconciler/v1, kind: Model, metadata: {name: big, ensure: absent}, spec: {dataset: old}}"
    )
    assert [one.manifest for one in leftovers((ORPHAN,), index, {1: "lora"})] == [""]
    assert [one.manifest for one in leftovers((OLD,), index, {})] == [""]
    assert [one.manifest for one in leftovers((LORA, OLD), index, {})] == [""]  # others work in that project


def test_a_project_that_holds_nothing_else_goes_as_a_whole() -> None:
    """By its id, under a name that no manifest has; never one that is empty."""
    index = AccountIndex(Observed(live=by_identity((LORA, EMPTY, OLD, TRAINED))))
    strays = (TRAINED, OLD, EMPTY, LORA)
    project, dataset, model = leftovers(strays, index, {})
    assert project.manifest == (
        "{apiVersion: reconciler/v1, kind: Project, metadata: {name: lora, id: 1, ensure: absent}, spec: {}}"
    )
    assert "spec: {project: lora}" in dataset.manifest
    assert "spec: {dataset: old}" in model.manifest
    other = leftovers(strays, index, {}, taken=["lora"])
    assert "name: project-1, id: 1" in other[0].manifest
    assert "spec: {project: project-1}" in other[1].manifest
