"""The live side counted once: which objects are versions of which manifest, which are nobody's."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.core.desired import Desired
from reconciler.core.diff.election import ALIVE, Member, ModelMember
from reconciler.core.kind import Kind
from reconciler.core.live import ModelStatus, Observed, RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.name import parse_dataset_name, parse_model_name
from reconciler.core.ref import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """By what a project is known to be ours: names of its manifests, present, absent and former, and contents."""

    datasets: tuple[str, ...]
    models: tuple[str, ...]
    contents: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    """Live names that `moved` gives."""


def marks_of(project: Ref, desired: Desired, prints: Mapping[Ref, str]) -> Marks:
    """What the tree says about the content of a project."""
    datasets = desired.datasets_of(project)
    models = [model for dataset in datasets for model in desired.models_on(dataset.ref)]
    absent = [other.ref for other in desired.absent.values() if other.project == project]
    moved = [dataset.moved_from for dataset in datasets] + [model.moved_from for model in models]
    former = [name for name in moved if name is not None]
    return Marks(
        datasets=(*(d.ref.name for d in datasets), *(r.name for r in absent if r.kind is Kind.DATASET), *former),
        models=(*(m.ref.name for m in models), *(r.name for r in absent if r.kind is Kind.MODEL), *former),
        contents=tuple(prints[dataset.ref] for dataset in datasets),
        names=frozenset(former),
    )


class AccountIndex:
    """Indexes over one `Observed`, so that each question costs what it finds and not the whole fleet."""

    def __init__(self, observed: Observed) -> None:
        self.observed = observed
        self._datasets: dict[tuple[int | None, str], list[Member]] = defaultdict(list)
        self._models: dict[str, list[ModelMember]] = defaultdict(list)
        self._by_base: dict[str, list[Member]] = defaultdict(list)
        self._by_fingerprint: dict[str, list[Member]] = defaultdict(list)
        self._models_by_fingerprint: dict[str, list[ModelMember]] = defaultdict(list)
        self._models_on: dict[int, list[ModelMember]] = defaultdict(list)
        self._all_models_on: dict[int, list[RemoteModel]] = defaultdict(list)
        self._in_project: dict[int, list[RemoteDataset]] = defaultdict(list)
        self._models_in_project: dict[int, list[RemoteModel]] = defaultdict(list)
        self.families = {dataset.family for dataset in observed.datasets.values()} - {None}
        self._projects_named: dict[str, list[RemoteProject]] = defaultdict(list)
        for project in sorted(observed.projects.values(), key=lambda project: project.id):
            self._projects_named[project.project_name].append(project)
        for dataset in sorted(observed.datasets.values(), key=lambda dataset: dataset.id):
            self._count_dataset(dataset)
        for model in sorted(observed.models.values(), key=lambda model: model.id):
            self._count_model(model)

    def _count_dataset(self, dataset: RemoteDataset) -> None:
        if dataset.project_id is not None:
            self._in_project[dataset.project_id].append(dataset)
        if name := parse_dataset_name(dataset.name):
            member = Member(dataset=dataset, name=name)
            self._datasets[dataset.project_id, name.base].append(member)
            self._by_base[name.base].append(member)
            self._by_fingerprint[name.fingerprint].append(member)

    def _count_model(self, model: RemoteModel) -> None:
        if model.dataset_id is not None and not model.is_gone:
            self._all_models_on[model.dataset_id].append(model)
        project = self.project_of_model(model)
        if project is not None and model.status is not ModelStatus.DELETED:
            self._models_in_project[project].append(model)
        if name := parse_model_name(model.name):
            member = ModelMember(model=model, name=name)
            self._models[name.base].append(member)
            self._models_by_fingerprint[name.fingerprint].append(member)
            if model.dataset_id is not None and model.status in ALIVE:
                self._models_on[model.dataset_id].append(member)

    def project_of_model(self, model: RemoteModel) -> int | None:
        """The project of a model, by its own word or by its dataset's."""
        if model.project_id is not None or model.dataset_id is None:
            return model.project_id
        dataset = self.observed.datasets.get(model.dataset_id)
        return None if dataset is None else dataset.project_id

    def projects_named(self, name: str) -> tuple[RemoteProject, ...]:
        """Live projects of a name, by id."""
        return tuple(self._projects_named.get(name, ()))

    def datasets(self, base: str, project_id: int | None) -> tuple[Member, ...]:
        """The versions of a dataset manifest inside a project, by id."""
        return () if project_id is None else tuple(self._datasets.get((project_id, base), ()))

    def datasets_anywhere(self, base: str) -> tuple[Member, ...]:
        return tuple(self._by_base.get(base, ()))

    def models(self, base: str, project_id: int | None) -> tuple[ModelMember, ...]:
        """The versions of a model manifest, Deleted ones too, by id; those of another project are not ours."""
        return tuple(
            member
            for member in self._models.get(base, ())
            if project_id is None or self.project_of_model(member.model) in (None, project_id)
        )

    def models_on(self, dataset_id: int) -> tuple[ModelMember, ...]:
        """Living models of ours (Created, InProgress, Completed) on a dataset."""
        return tuple(self._models_on.get(dataset_id, ()))

    def all_models_on(self, dataset_id: int) -> tuple[RemoteModel, ...]:
        """Every model that was trained on a dataset and is not Deleted, whoever made it."""
        return tuple(self._all_models_on.get(dataset_id, ()))

    def dataset_holders(self, fingerprint: str) -> tuple[Member, ...]:
        return tuple(self._by_fingerprint.get(fingerprint, ()))

    def model_holders(self, fingerprint: str) -> tuple[ModelMember, ...]:
        return tuple(self._models_by_fingerprint.get(fingerprint, ()))

    def in_project(self, project_id: int) -> tuple[RemoteDataset, ...]:
        return tuple(self._in_project.get(project_id, ()))

    def models_in_project(self, project_id: int) -> tuple[RemoteModel, ...]:
        """Models of a project that are not Deleted."""
        return tuple(self._models_in_project.get(project_id, ()))

    def is_empty(self, project_id: int) -> bool:
        return not self.in_project(project_id) and not self.models_in_project(project_id)

    def strays(self, project_id: int, desired: Desired) -> tuple[tuple[RemoteDataset, ...], tuple[RemoteModel, ...]]:
        """What a project holds that no manifest declares."""
        datasets = (dataset for dataset in self.in_project(project_id) if not _declared_dataset(dataset, desired))
        models = (model for model in self.models_in_project(project_id) if not _declared_model(model, desired))
        return tuple(datasets), tuple(models)

    def holds_ours(self, project_id: int, marks: Marks) -> bool:
        """Does a project hold a version of one of these manifests, exactly the content of one, or one that moved?"""
        if any((project_id, base) in self._datasets for base in marks.datasets):
            return True
        holders = (holder for fingerprint in marks.contents for holder in self.dataset_holders(fingerprint))
        if any(holder.dataset.project_id == project_id for holder in holders):
            return True
        if marks.names and any(live.name in marks.names for live in self.in_project(project_id)):
            return True
        return any(
            self.project_of_model(member.model) == project_id
            for base in marks.models
            for member in self._models.get(base, ())
            if member.model.status is not ModelStatus.DELETED
        )


def _declared_dataset(dataset: RemoteDataset, desired: Desired) -> bool:
    name = parse_dataset_name(dataset.name)
    ref = None if name is None else Ref(Kind.DATASET, name.base)
    return ref in desired.datasets or ref in desired.absent


def _declared_model(model: RemoteModel, desired: Desired) -> bool:
    name = parse_model_name(model.name)
    ref = None if name is None else Ref(Kind.MODEL, name.base)
    return ref in desired.models or ref in desired.absent
