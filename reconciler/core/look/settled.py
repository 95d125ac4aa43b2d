"""What two trees have in common, so that comparing them need not look at it: it is in sync, whatever else changes.

Objects count as common where both trees hold the same object, not an equal one: a base that is read beside the working tree does
(`files.known_tree`). A dataset is settled together with the models on it, or not at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from reconciler.core.desired import Declared, Desired, DesiredDataset, DesiredModel
from reconciler.core.fingerprint import dataset_fingerprint, model_fingerprint
from reconciler.core.ref import Ref
from reconciler.core.state import State, Unchanged


def settled(desired: Desired, base: Desired) -> frozenset[Ref]:
    """The datasets and models that are in sync in whatever way the rest of both trees differs.

    Other objects may equal one of these by chance, or by a copy: that means something only where the other one is not declared.
    The first dataset of each project is left out: it shows that the project is not empty, and of which family it is.
    """
    return frozenset(
        one.ref
        for project in desired.projects
        for dataset in desired.datasets_of(project)[1:]
        if _is_common(dataset, desired, base)
        for one in (dataset, *desired.models_on(dataset.ref))
    )


def without(tree: Desired, refs: frozenset[Ref]) -> Desired:
    """A tree without some of its objects."""
    return replace(tree, present={ref: one for ref, one in tree.present.items() if ref not in refs}) if refs else tree


def in_sync(desired: Desired, refs: Iterable[Ref]) -> Iterator[Unchanged]:
    """What a comparison says of settled objects."""
    prints: dict[Ref, str] = {}
    for ref in refs:
        match desired.present[ref]:
            case DesiredDataset() as dataset:
                prints[ref] = dataset_fingerprint(dataset)
                yield _unchanged(ref, prints[ref], images=len(dataset.images))
            case DesiredModel() as model:
                yield _unchanged(ref, model_fingerprint(model, prints[model.dataset]), dataset=model.dataset)
            case _:
                raise AssertionError(f"{ref} is never settled")


def in_order(
    found: Iterable[Unchanged], more: Iterable[Unchanged], present: Mapping[Ref, Declared]
) -> tuple[Unchanged, ...]:
    """Both together, in the order of the tree; what the tree does not hold comes at the end, as it came."""
    by_ref: dict[Ref, list[Unchanged]] = {}
    for one in (*found, *more):
        by_ref.setdefault(one.ref, []).append(one)
    ordered = (one for ref in present for one in by_ref.pop(ref, ()))
    return (*ordered, *(one for ones in by_ref.values() for one in ones))


def _unchanged(ref: Ref, fingerprint: str, *, images: int | None = None, dataset: Ref | None = None) -> Unchanged:
    return Unchanged(
        ref=ref, id=None, version=None, fingerprint=fingerprint, state=State.IN_SYNC, images=images, dataset=dataset
    )


def _is_common(dataset: DesiredDataset, desired: Desired, base: Desired) -> bool:
    """Do both trees hold the same dataset with the same models in the same project, all of them complete and trained?"""
    ours, theirs = desired.models_on(dataset.ref), base.models_on(dataset.ref)
    return (
        base.present.get(dataset.ref) is dataset
        and base.present.get(dataset.project) is desired.present[dataset.project]
        and dataset.completed
        and dataset.moved_from is None
        and len(ours) == len(theirs)
        and all(base.present.get(model.ref) is model and _is_plain(model) for model in ours)
    )


def _is_plain(model: DesiredModel) -> bool:
    return model.policy.start and model.moved_from is None
