"""Take a tree as live: the observation that applying it would leave behind, without asking anyone."""

from collections.abc import Callable, Mapping
from itertools import count, islice

from reconciler.core.desired import Desired, DesiredImage
from reconciler.core.diff.diff import fingerprints
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.live import (
    DatasetStatus,
    Live,
    ModelStatus,
    Observed,
    RemoteDataset,
    RemoteImage,
    RemoteModel,
    RemoteProject,
    by_identity,
)
from reconciler.core.name import FinalName, live_image_name
from reconciler.core.ref import Ref, in_order
from reconciler.core.rest import NO_REST, Rest
from reconciler.core.value import dataclass

SOME_TEXT = "an automatic caption."
"""Stands for a caption that the API would write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    """A tree with the ids that its objects get, and the fingerprints of its datasets."""

    desired: Desired
    ids: Mapping[Ref, int]
    prints: Mapping[Ref, str]


def tree_as_live(desired: Desired, ids: Mapping[Ref, int] | None = None) -> Observed:
    """Every manifest at version 1, complete and trained. `ids` are those of a larger tree, of which this one is a part."""
    tree = _Tree(desired=desired, ids=assumed_ids(desired) if ids is None else ids, prints=fingerprints(desired))
    refs = (ref for ref in desired.present if ref.kind in KINDS)
    return Observed(live=by_identity(KINDS[ref.kind](tree, ref) for ref in refs))


def assumed_ids(desired: Desired, rest: Rest = NO_REST) -> dict[Ref, int]:
    """Ids count from 1 in the order of the refs. A declared id stays; no other object gets it.

    Objects of the rest of the tree have ids, too, which nobody asks for.
    """
    declared = {ref: project.id for ref, project in desired.projects.items() if project.id is not None}
    taken = frozenset(declared.values())
    free = (number for number in count(1) if number not in taken)
    ids: dict[Ref, int] = {}
    passed = 0
    for ref in in_order(desired.refs):
        behind = rest.before(ref)
        passed += sum(1 for _ in islice(free, behind - passed))
        ids[ref] = declared[ref] if ref in declared else next(free)
    return ids


def _project(tree: _Tree, ref: Ref) -> RemoteProject:
    project = tree.desired.projects[ref]
    return RemoteProject(
        id=tree.ids[ref],
        is_assumed=True,
        project_name=project.project_name,
        project_description=project.project_description,
        ip_name=project.ip_name,
        ip_description=project.ip_description,
        ip_medium=project.ip_medium,
        ip_type=project.ip_type,
    )


def _dataset(tree: _Tree, ref: Ref) -> RemoteDataset:
    dataset = tree.desired.datasets[ref]
    images = tuple(_image(image, position) for position, image in enumerate(dataset.images, start=1))
    return RemoteDataset(
        id=tree.ids[ref],
        is_assumed=True,
        name=str(FinalName(base=ref.name, version=1, fingerprint=tree.prints[ref])),
        status=DatasetStatus.COMPLETED,
        project_id=tree.ids[dataset.project],
        family=dataset.guide.family,
        guide=dataset.guide,
        upload_type=dataset.uploads.upload_type,
        images_count=len(images),
        images=images,
    )


def _image(image: DesiredImage, id_: int) -> RemoteImage:
    return RemoteImage(
        id=id_,
        image_name=live_image_name(image.name, image.digest),
        caption=SOME_TEXT if image.caption is None else image.caption,
        caption_source="automatic" if image.caption is None else "manual",
    )


def _model(tree: _Tree, ref: Ref) -> RemoteModel:
    model = tree.desired.models[ref]
    fingerprint = model_fingerprint(model, tree.prints[model.dataset])
    return RemoteModel(
        id=tree.ids[ref],
        is_assumed=True,
        name=str(FinalName(base=ref.name, version=1, fingerprint=fingerprint)),
        status=ModelStatus.COMPLETED,
        word="Completed",
        description=model.description,
        training_mode=model.training_mode,
        training_version=model.training_version,
        dataset_id=tree.ids[model.dataset],
        project_id=tree.ids[tree.desired.project_of(ref)],
        parameters=model.parameters,
    )


KINDS: Mapping[Kind, Callable[[_Tree, Ref], Live]] = {
    Kind.PROJECT: _project,
    Kind.DATASET: _dataset,
    Kind.MODEL: _model,
}
"""What each kind of object is once it is live; a kind without a live side has no row."""
