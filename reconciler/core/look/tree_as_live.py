"""Take a tree as live: the observation that applying it would leave behind, without asking anyone."""

from collections.abc import Mapping
from itertools import count

from reconciler.core.desired import Desired, DesiredDataset, DesiredImage
from reconciler.core.diff.diff import fingerprints
from reconciler.core.fingerprint import model_fingerprint
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
from reconciler.core.ref import Ref

AUTOMATIC = "an automatic caption."
"""Stands for a caption that the API would write."""


def assume(desired: Desired) -> Observed:
    """Every manifest at version 1, complete and trained; ids count from 1 in the order of the refs, but for declared ones."""
    ids = _ids(desired)
    prints = fingerprints(desired)
    things: list[Live] = [_project(desired, ref, ids[ref]) for ref in desired.projects]
    things += [_dataset(dataset, prints[ref], ids) for ref, dataset in desired.datasets.items()]
    things += [_model(desired, ref, prints, ids) for ref in desired.models]
    return Observed(live=by_identity(things))


def _ids(desired: Desired) -> dict[Ref, int]:
    """A declared id stays; no other object gets it."""
    declared = {ref: project.id for ref, project in desired.projects.items() if project.id is not None}
    free = (number for number in count(1) if number not in declared.values())
    return {ref: declared[ref] if ref in declared else next(free) for ref in sorted(desired.refs)}


def _project(desired: Desired, ref: Ref, id_: int) -> RemoteProject:
    project = desired.projects[ref]
    return RemoteProject(
        id=id_,
        project_name=project.project_name,
        project_description=project.project_description,
        ip_name=project.ip_name,
        ip_description=project.ip_description,
        ip_medium=project.ip_medium,
        ip_type=project.ip_type,
    )


def _dataset(dataset: DesiredDataset, fingerprint: str, ids: Mapping[Ref, int]) -> RemoteDataset:
    name = FinalName(base=dataset.ref.name, version=1, fingerprint=fingerprint)
    images = tuple(_image(image, position) for position, image in enumerate(dataset.images, start=1))
    return RemoteDataset(
        id=ids[dataset.ref],
        name=str(name),
        status=DatasetStatus.COMPLETED,
        project_id=ids[dataset.project],
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
        caption=AUTOMATIC if image.caption is None else image.caption,
        caption_source="automatic" if image.caption is None else "manual",
    )


def _model(desired: Desired, ref: Ref, prints: Mapping[Ref, str], ids: Mapping[Ref, int]) -> RemoteModel:
    model = desired.models[ref]
    fingerprint = model_fingerprint(model, prints[model.dataset])
    return RemoteModel(
        id=ids[ref],
        name=str(FinalName(base=ref.name, version=1, fingerprint=fingerprint)),
        status=ModelStatus.COMPLETED,
        word="Completed",
        description=model.description,
        training_mode=model.training_mode,
        training_version=model.training_version,
        dataset_id=ids[model.dataset],
        project_id=ids[desired.project_of(ref)],
        parameters=model.parameters,
    )
