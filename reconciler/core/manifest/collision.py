"""What can only be seen on all manifests together: one live name or id for two, one content twice."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from reconciler.core.desired import Absent, Desired, DesiredDataset, DesiredModel, DesiredProject
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.manifest.absent_rule import judge_absence
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.move_rule import judge_moves
from reconciler.core.problem import Problem, Severity
from reconciler.core.ref import Ref
from reconciler.core.text import quoted

_T = TypeVar("_T")


def judge_together(manifests: Mapping[Ref, Manifest], desired: Desired) -> Iterator[Problem]:
    """Problems between manifests. All mappings are sorted by ref; the later of two gets the Problem."""
    absent = (item for item in desired.absent.values() if item.ref.kind is Kind.PROJECT)
    projects: list[DesiredProject | Absent] = [*desired.projects.values(), *absent]
    yield from _names(manifests, projects)
    yield from _ids(manifests, projects)
    yield from _twins(manifests, desired.datasets, desired.models)
    yield from judge_absence(manifests)
    yield from judge_moves(manifests)


def _names(manifests: Mapping[Ref, Manifest], projects: Iterable[DesiredProject | Absent]) -> Iterator[Problem]:
    for first, second in _pairs(projects, lambda project: project.project_name):
        is_torn = manifests[first.ref].is_absent is not manifests[second.ref].is_absent
        yield Problem(
            rule="project-name-double",
            location=manifests[second.ref].document.at("spec", "project_name"),
            summary="two projects have one name on the live side",
            detail=f"{first.ref} (at {first.location}) and {second.ref} are both {quoted(second.project_name, 60)} there"
            + (f", and {second.ref} is to be deleted." if is_torn else "."),
            remedy="Remove one of the manifests, or correct its project_name."
            if is_torn
            else "Give one of them another project_name.",
        )


def _ids(manifests: Mapping[Ref, Manifest], projects: Iterable[DesiredProject | Absent]) -> Iterator[Problem]:
    pinned = (project for project in projects if project.id is not None)
    for first, second in _pairs(pinned, lambda project: project.id):
        yield Problem(
            rule="project-id-double",
            location=manifests[second.ref].document.at("metadata", "id"),
            summary="two manifests take over one project",
            detail=f"{first.ref} (at {first.location}) and {second.ref} both have id {second.id}.",
            remedy="Remove one of the two ids.",
        )


def _twins(
    manifests: Mapping[Ref, Manifest], datasets: Mapping[Ref, DesiredDataset], models: Mapping[Ref, DesiredModel]
) -> Iterator[Problem]:
    """Two with one fingerprint; the fingerprint itself is made only where all that it is made of is equal."""
    contents = {ref: _content(dataset) for ref, dataset in datasets.items()}
    for kept, other in _pairs(datasets.values(), lambda dataset: contents[dataset.ref]):
        yield _twin(manifests, kept.ref, other.ref, dataset_fingerprint(other))
    known = (model for model in models.values() if model.dataset in contents)
    for first, second in _pairs(
        known, lambda m: (contents[m.dataset], m.training_mode, m.training_version, m.parameters)
    ):
        fingerprint = model_fingerprint(second, dataset_fingerprint(datasets[second.dataset]))
        yield _twin(manifests, first.ref, second.ref, fingerprint)


def _content(dataset: DesiredDataset) -> tuple[object, ...]:
    return (
        (dataset.guide.family, dataset.guide.canonical),
        dataset.uploads,
        tuple(dataset.digests),
        dataset.captions,
    )


def _twin(manifests: Mapping[Ref, Manifest], first: Ref, second: Ref, fingerprint: str) -> Problem:
    return Problem(
        rule=f"{second.kind.value}-twin",
        location=manifests[second].location,
        summary=f"{first} and {second} are the same",
        detail=f"Both have the fingerprint {fingerprint}; {first} stands at {manifests[first].location}.",
        remedy="Keep one of them, unless both are meant.",
        severity=Severity.WARNING,
    )


def _pairs(items: Iterable[_T], key: Callable[[_T], object]) -> Iterator[tuple[_T, _T]]:
    """Each item whose key was there before, with the first one of that key."""
    first: dict[object, _T] = {}
    for item in items:
        other = first.setdefault(key(item), item)
        if other is not item:
            yield other, item
