"""What differs between two versions of a model or dataset, as a value: two live ones, or those of two revisions in git.

A manifest of a tree is compared as if it had been applied, without asking anyone.
"""

from dataclasses import replace

from reconciler.core.change import FieldChange
from reconciler.core.desired import Desired
from reconciler.core.diff.field import field_changes
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteDataset, RemoteModel
from reconciler.core.look.dataset_diff import DatasetDifference, DatasetVersion, Side, compare_datasets
from reconciler.core.look.tree_as_live import tree_as_live
from reconciler.core.name import parse_dataset_name, parse_model_name
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelVersion:
    """A model to compare, and the dataset it was trained on, None where that is not live any more."""

    label: str
    model: RemoteModel
    dataset: DatasetVersion | None
    is_live: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDifference:
    """What differs between two models: their own definitions, and the datasets that they were trained on.

    `dataset` is None where one of the two is not live any more; `missing` then says which, by the label of its model.
    """

    ref: Ref
    before: Side
    after: Side
    fields: tuple[FieldChange, ...]
    dataset: DatasetDifference | None
    missing: tuple[str, ...] = ()

    @property
    def is_none(self) -> bool:
        return not self.fields and not self.missing and (self.dataset is None or self.dataset.is_none)

    @property
    def is_untold(self) -> bool:
        """Do the names say that the definitions differ, and nothing that is live says in what?"""
        return self.is_none and self.before.fingerprint != self.after.fingerprint


Difference = DatasetDifference | ModelDifference


def compare_models(ref: Ref, before: ModelVersion, after: ModelVersion) -> ModelDifference:
    """Mode, version, parameters, description and the dataset's version; then what is in the datasets."""
    difference = None
    if before.dataset is not None and after.dataset is not None:
        difference = compare_datasets(_dataset_ref(after.dataset.dataset), before.dataset, after.dataset)
    fields = field_changes(_definition(before, beside=after), _definition(after, beside=before))
    return ModelDifference(
        ref=ref,
        before=_model_side(before),
        after=_model_side(after),
        fields=fields,
        dataset=difference,
        missing=tuple(version.label for version in (before, after) if version.dataset is None),
    )


def _definition(version: ModelVersion, *, beside: ModelVersion) -> dict[str, object]:
    """Fields with one set of keys for both, so that each is compared by itself; None where a version has none."""
    model, told = version.model, dict(version.model.parameters)
    names = sorted(told.keys() | dict(beside.model.parameters).keys())
    return {
        "dataset": None if version.dataset is None or beside.dataset is None else version.dataset.title,
        "description": model.description or "",
        "training_mode": model.training_mode,
        "training_version": model.training_version,
        "training": {name: told.get(name) for name in names},
    }


def _model_side(version: ModelVersion) -> Side:
    name = parse_model_name(version.model.name)
    return Side(
        label=version.label,
        id=version.model.id if version.is_live else None,
        fingerprint=None if name is None else name.fingerprint,
    )


def _dataset_ref(dataset: RemoteDataset) -> Ref | None:
    name = parse_dataset_name(dataset.name)
    return None if name is None else Ref(Kind.DATASET, name.base)


def compare_trees(ref: Ref, before: Desired, after: Desired, labels: tuple[str, str]) -> Difference:
    """What differs in one manifest; both trees must declare it."""
    if ref.kind is Kind.MODEL:
        return compare_models(ref, _model_of_tree(ref, before, labels[0]), _model_of_tree(ref, after, labels[1]))
    return compare_datasets(ref, _dataset_of_tree(ref, before, labels[0]), _dataset_of_tree(ref, after, labels[1]))


def _dataset_of_tree(ref: Ref, desired: Desired, label: str) -> DatasetVersion:
    found = next(one for one in tree_as_live(_only(ref, desired)).datasets.values())
    return DatasetVersion(label=label, title=ref.name, dataset=_without_automatic_texts(found), is_live=False)


def _model_of_tree(ref: Ref, desired: Desired, label: str) -> ModelVersion:
    dataset = desired.models[ref].dataset
    observed = tree_as_live(_only(dataset, desired, model=ref))
    found = next(one for one in observed.models.values())
    return ModelVersion(label=label, model=found, dataset=_dataset_of_tree(dataset, desired, label), is_live=False)


def _only(dataset: Ref, desired: Desired, model: Ref | None = None) -> Desired:
    """The part of a tree that a dataset or a model needs, so that no other is fingerprinted."""
    needed = (desired.datasets[dataset].project, dataset, *(() if model is None else (model,)))
    return Desired(present={ref: desired.present[ref] for ref in needed})


def _without_automatic_texts(dataset: RemoteDataset) -> RemoteDataset:
    """Automatic captions have no text before the API wrote them."""
    images = dataset.images or ()
    return replace(
        dataset,
        images=tuple(replace(image, caption=None) if image.is_automatic else image for image in images),
    )
