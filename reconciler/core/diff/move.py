"""`moved: {from: …}`: live objects under a former name are renamed in place; no upload, no training."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.core.change import Refusal, RenameChange, RenamedObject
from reconciler.core.desired import Desired, DesiredDataset, DesiredModel
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.assessment import Verdict, wish_for
from reconciler.core.diff.content_match import unfit
from reconciler.core.diff.election import next_version
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.live import Observed, RemoteDataset, RemoteModel
from reconciler.core.name import FinalName, LiveName, parse_dataset_name, parse_model_name
from reconciler.core.plan import Basis
from reconciler.core.ref import Ref
from reconciler.core.text import quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The account as it will be once everything is renamed, and what that takes.

    `unread` holds datasets whose content must be read to know which version they are.
    """

    observed: Observed
    verdicts: tuple[Verdict, ...] = ()
    unread: frozenset[int] = frozenset()


def move(desired: Desired, observed: Observed, project_ids: Mapping[Ref, int], prints: Mapping[Ref, str]) -> Moves:
    """Rename, in thought, every live object whose manifest says where it came from.

    Datasets first: a model that was renamed in the console is known by the dataset that it was trained on.
    """
    verdicts: list[Verdict] = []
    unread: set[int] = set()
    for dataset in desired.datasets.values():
        if dataset.moved_from is not None and (project_id := project_ids.get(dataset.project)) is not None:
            found = _datasets(dataset, AccountIndex(observed), project_id, prints[dataset.ref])
            if isinstance(found, frozenset):
                unread |= found
                continue
            verdicts.append(found)
            observed = _renamed(observed, found)
    for model in desired.models.values():
        if model.moved_from is not None and (project_id := project_ids.get(desired.project_of(model.ref))) is not None:
            found_models = _models(model, AccountIndex(observed), project_id, prints[model.dataset])
            verdicts.append(found_models)
            observed = _renamed(observed, found_models)
    return Moves(observed=observed, verdicts=tuple(verdicts), unread=frozenset(unread))


def _datasets(
    dataset: DesiredDataset, index: AccountIndex, project_id: int, fingerprint: str
) -> Verdict | frozenset[int]:
    source = dataset.moved_from or ""
    if members := index.datasets(source, project_id):
        bears_name = bool(index.datasets(dataset.ref.name, project_id))
        return _family(dataset.ref, source, [(Kind.DATASET, m.dataset, m.name) for m in members], bears_name)
    strays = [live for live in index.in_project(project_id) if live.name == source]
    if not strays or parse_dataset_name(source) is not None:
        return Verdict()
    return _stray_dataset(dataset, index, project_id, fingerprint, strays)


def _stray_dataset(
    dataset: DesiredDataset, index: AccountIndex, project_id: int, fingerprint: str, strays: list[RemoteDataset]
) -> Verdict | frozenset[int]:
    """A dataset that the console renamed: it is the version that its content says, or it is refused."""
    if len(strays) > 1:
        return _ambiguous(dataset.ref, dataset.moved_from or "", [live.id for live in strays])
    (live,) = strays
    if live.images is None:
        return frozenset({live.id})
    version = next_version(index.datasets(dataset.ref.name, project_id))
    if reasons := unfit(live, wish_for(dataset, fingerprint, version)):
        return _other_content(dataset.ref, live.name, live.id, "; ".join(reasons))
    name = FinalName(base=dataset.ref.name, version=version, fingerprint=fingerprint)
    return _verdict(dataset.ref, live.name, [_object(Kind.DATASET, live, str(name))])


def _models(model: DesiredModel, index: AccountIndex, project_id: int, dataset_fingerprint: str) -> Verdict:
    source = model.moved_from or ""
    if members := [m for m in index.models(source, project_id) if not m.model.is_gone]:
        bears_name = any(not m.model.is_gone for m in index.models(model.ref.name, project_id))
        return _family(model.ref, source, [(Kind.MODEL, m.model, m.name) for m in members], bears_name)
    strays = [live for live in index.models_in_project(project_id) if live.name == source]
    if not strays or parse_model_name(source) is not None:
        return Verdict()
    return _stray_model(model, index, project_id, dataset_fingerprint, strays)


def _stray_model(
    model: DesiredModel, index: AccountIndex, project_id: int, dataset_fingerprint: str, strays: list[RemoteModel]
) -> Verdict:
    """A model that the console renamed: it is ours if it was trained on our dataset in the declared way."""
    if len(strays) > 1:
        return _ambiguous(model.ref, model.moved_from or "", [live.id for live in strays])
    (live,) = strays
    dataset = index.observed.datasets.get(live.dataset_id or 0)
    named = None if dataset is None else parse_dataset_name(dataset.name)
    if named is None or Ref(Kind.DATASET, named.base) != model.dataset:
        return _other_content(model.ref, live.name, live.id, f"it was not trained on a version of {model.dataset}")
    if (live.training_mode or model.training_mode) != model.training_mode or (
        live.training_version or model.training_version
    ) != model.training_version:
        return _other_content(model.ref, live.name, live.id, "its training_mode or training_version differs")
    told = dict(live.parameters)
    if any(name in told and told[name] != value for name, value in model.parameters):
        return _other_content(model.ref, live.name, live.id, "its training parameters differ")
    fingerprint = model_fingerprint(model, named.fingerprint or dataset_fingerprint)
    version = next_version(index.models(model.ref.name, project_id))
    name = FinalName(base=model.ref.name, version=version, fingerprint=fingerprint)
    return _verdict(model.ref, live.name, [_object(Kind.MODEL, live, str(name))])


_Renaming = tuple[Kind, RemoteDataset | RemoteModel, LiveName]
"""A live object and its parsed name, whose base is to change."""


def _family(ref: Ref, source: str, members: Sequence[_Renaming], bears_name: bool) -> Verdict:
    """Every version under a former manifest name takes the new one; refused where numbers would clash."""
    if bears_name:
        return _both(ref, source)
    objects = [_object(kind, live, str(replace(name, base=ref.name))) for kind, live, name in members]
    return _verdict(ref, source, objects)


def _object(kind: Kind, live: RemoteDataset | RemoteModel, after: str) -> RenamedObject:
    description = live.description or "" if isinstance(live, RemoteModel) else ""
    return RenamedObject(kind=kind, id=live.id, before=live.name, after=after, description=description)


def _verdict(ref: Ref, source: str, objects: list[RenamedObject]) -> Verdict:
    change = RenameChange(ref=ref, reason=f"it was called {quoted(source)}", objects=tuple(objects))
    facts = tuple(f"{item.kind.value} {item.id} {quoted(item.before)}" for item in objects)
    return Verdict(changes=(change,), basis=(Basis(ref=ref, facts=facts),))


def _both(ref: Ref, source: str) -> Verdict:
    return Verdict(
        refusals=(
            Refusal(
                rule="moved-both",
                ref=ref,
                summary=f"versions of both {ref.name} and {quoted(source)} are live: numbers would clash",
                remedies=("Remove `moved` from the manifest; the versions under the former name stay as they are.",),
            ),
        )
    )


def _ambiguous(ref: Ref, source: str, ids: Iterable[int]) -> Verdict:
    listed = ", ".join(str(id_) for id_ in ids)
    return Verdict(
        refusals=(
            Refusal(
                rule="moved-ambiguous",
                ref=ref,
                summary=f"several live objects are named {quoted(source)} (ids {listed})",
                remedies=("Rename all but the one that is meant in the console.",),
            ),
        )
    )


def _other_content(ref: Ref, name: str, id_: int, why: str) -> Verdict:
    return Verdict(
        refusals=(
            Refusal(
                rule="moved-differs",
                ref=ref,
                summary=f"{quoted(name)} (id {id_}) cannot become {ref}: {why}",
                remedies=("Make the manifest what that object is, or remove `moved` to have a new version made.",),
            ),
        )
    )


def _renamed(observed: Observed, verdict: Verdict) -> Observed:
    """The account with the objects of a verdict under their new names."""
    names = {
        (item.kind, item.id): item.after
        for change in verdict.changes
        if isinstance(change, RenameChange)
        for item in change.objects
    }
    versions: list[RemoteDataset | RemoteModel] = [*observed.datasets.values(), *observed.models.values()]
    renamed = [replace(one, name=names[one.kind, one.id]) for one in versions if (one.kind, one.id) in names]
    return observed.updated(*renamed)
