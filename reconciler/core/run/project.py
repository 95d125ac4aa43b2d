"""Which of several new projects of one name counts, and whether a project reads back as it was sent."""

from collections.abc import Container, Iterable, Mapping

from reconciler.core.diff.find_project import candidates
from reconciler.core.live import RemoteDataset, RemoteProject
from reconciler.core.name import parse_dataset_name
from reconciler.core.text import same_text


def alike_projects(projects: Iterable[RemoteProject], body: Mapping[str, str]) -> tuple[RemoteProject, ...]:
    """The projects that have the name, medium and type which were sent."""
    fields = ("project_name", "ip_medium", "ip_type")
    return tuple(one for one in projects if all(same_text(getattr(one, field), body.get(field)) for field in fields))


def elect_project(
    alike: Iterable[RemoteProject], datasets: Iterable[RemoteDataset], bases: Container[str]
) -> RemoteProject | None:
    """Of projects that are alike: the one that holds a version of our manifests, else the lowest id of the empty ones.

    `bases` are the names of the manifests of its datasets; None where every one of them is in use by others.
    """
    datasets = tuple(datasets)
    used = {dataset.project_id for dataset in datasets}
    names = ((dataset.project_id, parse_dataset_name(dataset.name)) for dataset in datasets)
    ours = {project_id for project_id, name in names if name is not None and name.base in bases}
    return candidates(alike, lambda id_: id_ in ours, lambda id_: id_ not in used).elected


def is_as_sent(project: RemoteProject, body: Mapping[str, str]) -> bool:
    """Do all fields that were sent read back? An empty text and none are the same."""
    return all(same_text(getattr(project, field) or "", text) for field, text in body.items())
