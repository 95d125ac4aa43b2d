"""What differs between two versions of a model, or of a dataset, live ones or those of two revisions: a value."""

from dataclasses import dataclass

from reconciler.core.change import FieldChange
from reconciler.core.diff.field import field_changes
from reconciler.core.kind import Kind
from reconciler.core.live import RemoteDataset, RemoteModel
from reconciler.core.look.dataset_diff import DatasetDifference, DatasetVersion, Side, compare_datasets
from reconciler.core.name import parse_dataset_name, parse_model_name
from reconciler.core.ref import Ref


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
