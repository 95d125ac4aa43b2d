"""A manifest of a tree as a version to compare, without asking anyone: what a live one would be after an apply."""

from dataclasses import replace

from reconciler.core.desired import Desired
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteDataset
from reconciler.core.look.dataset_diff import DatasetVersion, compare_datasets
from reconciler.core.look.tree_as_live import assume
from reconciler.core.look.version_diff import Difference, ModelVersion, compare_models
from reconciler.core.ref import Ref


def compare_trees(ref: Ref, before: Desired, after: Desired, labels: tuple[str, str]) -> Difference:
    """What differs in one manifest; both trees must declare it."""
    if ref.kind is Kind.MODEL:
        return compare_models(ref, _model(ref, before, labels[0]), _model(ref, after, labels[1]))
    return compare_datasets(ref, _dataset(ref, before, labels[0]), _dataset(ref, after, labels[1]))


def _dataset(ref: Ref, desired: Desired, label: str) -> DatasetVersion:
    found = next(one for one in assume(_only(ref, desired)).datasets.values())
    return DatasetVersion(label=label, title=ref.name, dataset=_untold(found), is_live=False)


def _model(ref: Ref, desired: Desired, label: str) -> ModelVersion:
    dataset = desired.models[ref].dataset
    observed = assume(_only(dataset, desired, model=ref))
    found = next(one for one in observed.models.values())
    return ModelVersion(label=label, model=found, dataset=_dataset(dataset, desired, label), is_live=False)


def _only(dataset: Ref, desired: Desired, model: Ref | None = None) -> Desired:
    """The part of a tree that a dataset or a model needs, so that no other is fingerprinted."""
    needed = (desired.datasets[dataset].project, dataset, *(() if model is None else (model,)))
    return Desired(present={ref: desired.present[ref] for ref in needed})


def _untold(dataset: RemoteDataset) -> RemoteDataset:
    """Automatic captions have no text before the API wrote them."""
    images = dataset.images or ()
    return replace(
        dataset,
        images=tuple(
            replace(image, caption=None) if image.caption_source == "automatic" else image for image in images
        ),
    )
