"""What the lists must show before an apply may end, so that the next plan sees what this one made."""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.core.kind import Kind
from reconciler.core.live import ModelStatus, RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.text import normal


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One object as a read by id showed it last: the texts that plans compare, and what else they compare.

    `images` is how many a dataset holds; `started` says that the training of a model was started.
    """

    kind: Kind
    id: int
    texts: tuple[str, ...]
    images: int | None = None
    started: bool = False


def made_project(project: RemoteProject) -> Made:
    """A project as it must be listed."""
    return Made(kind=Kind.PROJECT, id=project.id, texts=_project_texts(project))


def made_dataset(dataset: RemoteDataset) -> Made:
    """A dataset as it must be listed: plans compare its count and prefix without reading it."""
    count = None if dataset.images is None else len(dataset.images)
    return Made(kind=Kind.DATASET, id=dataset.id, texts=_dataset_texts(dataset), images=count)


def made_model(model: RemoteModel, *, started: bool = False) -> Made:
    """A model as it must be listed."""
    return Made(kind=Kind.MODEL, id=model.id, texts=_model_texts(model), started=started)


def shows_project(made: Made, listed: Iterable[RemoteProject]) -> bool:
    """Does a list of projects show one as it was made?"""
    return any(one.id == made.id and _project_texts(one) == made.texts for one in listed)


def shows_dataset(made: Made, listed: Iterable[RemoteDataset]) -> bool:
    """Does a list of datasets show one as it was made?"""
    return any(
        one.id == made.id
        and _dataset_texts(one) == made.texts
        and (one.images_count is None or one.images_count == made.images)
        for one in listed
    )


def shows_model(made: Made, listed: Iterable[RemoteModel]) -> bool:
    """Does a list of models show one as it was made, or further on its way?"""
    return any(
        one.id == made.id
        and _model_texts(one) == made.texts
        and not (made.started and one.status is ModelStatus.CREATED)
        for one in listed
    )


def _project_texts(project: RemoteProject) -> tuple[str, ...]:
    fields = (project.project_name, project.project_description, project.ip_name, project.ip_description)
    return tuple(normal(text or "") for text in fields)


def _dataset_texts(dataset: RemoteDataset) -> tuple[str, ...]:
    return (dataset.name, dataset.status, "" if dataset.guide is None else dataset.guide.canonical)


def _model_texts(model: RemoteModel) -> tuple[str, ...]:
    return (model.name, normal(model.description or ""))
