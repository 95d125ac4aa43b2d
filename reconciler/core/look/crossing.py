"""What in the part of a tree that was read is about the rest (`core.look.groups`)."""

from collections.abc import Collection, Iterator, Sequence

from reconciler.core.desired import Desired
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.look.groups import Groups, project_digest
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.ref import Ref

ACROSS = frozenset({"dataset-left-out"})
"""Rules of warnings that ask about datasets of other groups: what they say of a part is not what they say of the whole."""


class Crossing(Exception):
    """Something in the part is about the rest. `groups` are to be touched, too; where it names none, all must be read."""

    def __init__(self, groups: Collection[int] = ()) -> None:
        super().__init__()
        self.groups = frozenset(groups)


def require_apart(loaded: Loaded, groups: Groups, untouched: Sequence[int]) -> None:
    """Crossing if what was read in the part declares, names or was called what the rest declares, or has another project for it."""
    of = {
        kind: dict(zip(objects.names, objects.of, strict=True))
        for kind, objects in ((Kind.DATASET, groups.datasets), (Kind.MODEL, groups.models))
    }
    named = {group for ref in _named(loaded) if (group := of.get(ref.kind, {}).get(ref.name)) is not None}
    crossing = {group for group in named if untouched[group]} | _of_other_projects(loaded, groups, untouched)
    if crossing:
        raise Crossing(crossing)


def _named(loaded: Loaded) -> Iterator[Ref]:
    yield from loaded.broken
    for manifest in loaded.manifests:
        yield manifest.ref
        if manifest.parent is not None:
            yield manifest.parent
        if manifest.moved_from is not None:
            yield Ref(manifest.ref.kind, manifest.moved_from)


def _of_other_projects(loaded: Loaded, groups: Groups, untouched: Sequence[int]) -> set[int]:
    """Groups of the rest whose projects are declared otherwise than they were, or not at all."""
    now = {one.ref.name: project_digest(one) for one in loaded.manifests if one.ref.kind is Kind.PROJECT}
    same = {name for name, digest in groups.projects.items() if now.get(name) == digest}
    rows = zip(groups.datasets.stands, groups.datasets.of, strict=True)
    return {group for project, group in rows if project not in same and untouched[group]}


def require_no_twins(desired: Desired, groups: Groups, untouched: Sequence[int]) -> None:
    """Crossing if an object of the part has the fingerprint of one of the rest. Two objects with one content have one fingerprint."""
    datasets, models = _prints(desired)
    prints = {*datasets.values(), *models.values()}
    crossing = {
        group
        for objects in (groups.datasets, groups.models)
        for print_, group in zip(objects.prints, objects.of, strict=True)
        if print_ in prints and untouched[group]
    }
    if crossing:
        raise Crossing(crossing)


def _prints(desired: Desired) -> tuple[dict[Ref, str], dict[Ref, str]]:
    datasets = {ref: dataset_fingerprint(dataset) for ref, dataset in desired.datasets.items()}
    return datasets, {ref: model_fingerprint(one, datasets[one.dataset]) for ref, one in desired.models.items()}
