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
    """Of projects that are alike: the one that holds a version of our manifests, else the lowest id of the others.

    Those others are empty, or only begun: a run fills what it made before it knows whether that counts, so drafts of
    its own say nothing. `bases` are the names of the manifests of its datasets; None where all are in use by others.
    """
    ours: set[int | None] = set()
    foreign: set[int | None] = set()
    begun: set[int | None] = set()
    for dataset in datasets:
        name = parse_dataset_name(dataset.name)
        is_ours = name is not None and name.base in bases
        (begun if is_ours and dataset.is_draft else ours if is_ours else foreign).add(dataset.project_id)
    return candidates(
        alike, lambda id_: id_ in ours or (id_ in begun and id_ in foreign), lambda id_: id_ not in foreign
    ).elected


def is_as_sent(project: RemoteProject, body: Mapping[str, str]) -> bool:
    """Do all fields that were sent read back? An empty text and none are the same."""
    return all(same_text(getattr(project, field) or "", text) for field, text in body.items())
