"""What `ensure: absent` takes away: every live version of a manifest, listed one by one, or a refusal."""

from collections.abc import Iterable, Mapping

from reconciler.core.change import Refusal, RemovalChange, RemovedObject, Unchanged
from reconciler.core.desired import Absent, Desired
from reconciler.core.diff.account_index import AccountIndex, marks_of
from reconciler.core.diff.assessment import Verdict
from reconciler.core.kind import Kind
from reconciler.core.live import ModelStatus, RemoteDataset, RemoteModel, RemoteProject
from reconciler.core.plan import Basis
from reconciler.core.ref import Ref
from reconciler.core.text import count, quoted

_IN_TRAINING = (ModelStatus.IN_PROGRESS, ModelStatus.STOPPING)


def assess_absences(desired: Desired, index: AccountIndex, project_ids: Mapping[Ref, int]) -> Iterable[Verdict]:
    """A verdict for each absent manifest; models first, so that what they used is free when datasets are judged."""
    ids = {**_absent_projects(desired, index), **project_ids}
    going: set[int] = set()
    verdicts: dict[Ref, Verdict] = {}
    for ref in sorted(desired.absent, reverse=True):
        absent = desired.absent[ref]
        project_id = ids.get(absent.project)
        match ref.kind:
            case Kind.MODEL:
                verdicts[ref] = _models(absent, index, project_id)
                going |= {item.id for change in verdicts[ref].changes for item in _items(change)}
            case Kind.DATASET:
                verdicts[ref] = _datasets(absent, index, project_id, frozenset(going))
            case Kind.PROJECT:
                verdicts[ref] = _project(absent, desired, index, project_id)
    return [verdicts[ref] for ref in sorted(verdicts)]


def all_absent(desired: Desired) -> Desired:
    """The same tree as if every manifest said `ensure: absent`: what undoing a trial asks for."""
    gone = dict(desired.absent)
    for project in desired.projects.values():
        gone[project.ref] = Absent(
            ref=project.ref,
            location=project.location,
            project=project.ref,
            project_name=project.project_name,
            id=project.id,
        )
    for dataset in desired.datasets.values():
        gone[dataset.ref] = Absent(ref=dataset.ref, location=dataset.location, project=dataset.project)
    for model in desired.models.values():
        gone[model.ref] = Absent(ref=model.ref, location=model.location, project=desired.project_of(model.ref))
    return Desired(absent={ref: gone[ref] for ref in sorted(gone)}, warnings=desired.warnings)


def _items(change: object) -> tuple[RemovedObject, ...]:
    return change.objects if isinstance(change, RemovalChange) else ()


def _absent_projects(desired: Desired, index: AccountIndex) -> dict[Ref, int]:
    """Live ids of absent projects: the pinned one, else the one of that name that holds ours, else an empty one."""
    found = {}
    for ref, absent in desired.absent.items():
        if ref.kind is not Kind.PROJECT:
            continue
        if absent.id is not None:
            if absent.id in index.observed.projects:
                found[ref] = absent.id
            continue
        named = index.projects_named(absent.project_name)
        ours = [project for project in named if index.holds_ours(project.id, marks_of(ref, desired, {}))]
        ours += [project for project in named if index.is_empty(project.id)]
        if ours:
            found[ref] = ours[0].id
    return found


def _models(absent: Absent, index: AccountIndex, project_id: int | None) -> Verdict:
    family = () if project_id is None else index.models(absent.ref.name, project_id)
    live = [member.model for member in family if not member.model.is_gone]
    return _verdict(absent, [_removed_model(model) for model in live])


def _datasets(absent: Absent, index: AccountIndex, project_id: int | None, going: frozenset[int]) -> Verdict:
    family = index.datasets(absent.ref.name, project_id)
    for member in family:
        users = [model for model in index.all_models_on(member.dataset.id) if model.id not in going]
        if users:
            return Verdict(refusals=(_in_use(absent, member.dataset, users),), basis=(_basis(absent, ()),))
    return _verdict(absent, [_removed_dataset(member.dataset) for member in family])


def _project(absent: Absent, desired: Desired, index: AccountIndex, project_id: int | None) -> Verdict:
    if project_id is None:
        return _verdict(absent, [])
    datasets, models = index.strays(project_id, desired)
    if datasets or models:
        return Verdict(refusals=(_holds_strays(absent, project_id, datasets, models),), basis=(_basis(absent, ()),))
    return _verdict(absent, [_removed_project(index.observed.projects[project_id])])


def _verdict(absent: Absent, objects: list[RemovedObject]) -> Verdict:
    basis = (_basis(absent, objects),)
    if not objects:
        gone = Unchanged(ref=absent.ref, id=None, version=None, fingerprint=None, state="absent")
        return Verdict(unchanged=(gone,), basis=basis)
    change = RemovalChange(ref=absent.ref, reason="its manifest says `ensure: absent`", objects=tuple(objects))
    return Verdict(changes=(change,), basis=basis)


def _removed_model(model: RemoteModel) -> RemovedObject:
    stops = model.status in _IN_TRAINING
    reason = "in training: it is stopped first" if stops else "absent"
    return RemovedObject(kind=Kind.MODEL, id=model.id, name=model.name, reason=reason, stops=stops)


def _removed_dataset(dataset: RemoteDataset) -> RemovedObject:
    images = "" if dataset.images_count is None else f"with {count(dataset.images_count, 'image')} and their captions"
    return RemovedObject(kind=Kind.DATASET, id=dataset.id, name=dataset.name, reason=images or "absent")


def _removed_project(project: RemoteProject) -> RemovedObject:
    return RemovedObject(kind=Kind.PROJECT, id=project.id, name=project.project_name, reason="absent")


def _in_use(absent: Absent, dataset: RemoteDataset, users: list[RemoteModel]) -> Refusal:
    models = ", ".join(f"{quoted(model.name)} (id {model.id})" for model in users)
    return Refusal(
        rule="absent-in-use",
        ref=absent.ref,
        summary=f"{quoted(dataset.name)} (id {dataset.id}) is to be deleted, but {models} was trained on it",
        remedies=("Declare the model absent too, or delete it in the console.",),
    )


def _holds_strays(
    absent: Absent, project_id: int, datasets: tuple[RemoteDataset, ...], models: tuple[RemoteModel, ...]
) -> Refusal:
    return Refusal(
        rule="absent-holds-strays",
        ref=absent.ref,
        summary=f"project {project_id} is to be deleted, but it holds {count(len(datasets), 'dataset')} and "
        f"{count(len(models), 'model')} that git does not know, and they would go with it",
        remedies=("Move or delete them in the console first.",),
    )


def _basis(absent: Absent, objects: Iterable[RemovedObject]) -> Basis:
    facts = tuple(f"{item.kind.value} {item.id} {quoted(item.name)}" for item in objects)
    return Basis(ref=absent.ref, facts=facts or (f"nothing of {absent.ref} is live",))
