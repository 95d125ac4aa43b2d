"""The rules of the comparison for models: how one is judged, and when its versions are renamed, pruned or deleted."""

from dataclasses import replace

from reconciler.core.change import RenamedObject
from reconciler.core.diff.alias import resolve_aliases
from reconciler.core.diff.assessment import TrainingData, Verdict, held, wish_for
from reconciler.core.diff.checkpoint import dispensable_checkpoints
from reconciler.core.diff.comparison import Comparison, Kept, KindRules
from reconciler.core.diff.election import ModelMember, newest_numbers, next_version
from reconciler.core.diff.model import assess_model
from reconciler.core.diff.move import another_thing, move_all, move_these, renamed, several_named
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.live import LiveKey, ModelStatus, RemoteModel, shown_name
from reconciler.core.loss import RemovedObject
from reconciler.core.name import FinalName, LiveName, parse_dataset_name, parse_model_name
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.wish import DatasetWish

_IN_TRAINING = (ModelStatus.IN_PROGRESS, ModelStatus.STOPPING)
_AT_WORK = (*_IN_TRAINING, ModelStatus.SYNCING, ModelStatus.UNKNOWN)


def _assess(comparison: Comparison, ref: Ref) -> Verdict:
    model = comparison.desired.models[ref]
    training_data = comparison.training_data[model.dataset]
    project_id = comparison.project_id(ref)
    verdict = assess_model(model, training_data, comparison.desired, comparison.index, project_id, comparison.asked)
    return (
        replace(verdict, wishes=_wish_behind(comparison, model.dataset, training_data)) if verdict.changes else verdict
    )


def _wish_behind(comparison: Comparison, dataset: Ref, training_data: TrainingData) -> tuple[DatasetWish, ...]:
    """What a live dataset must hold when a model is trained on it. A dataset that this plan makes has its own wish."""
    if training_data.id is None:
        return ()
    wish = comparison.wishes.get(dataset)
    if wish is None:
        made = wish_for(comparison.desired.datasets[dataset], comparison.prints[dataset], training_data.version)
        wish = comparison.wishes[dataset] = made
    return (wish,)


def _hold(comparison: Comparison, ref: Ref, why: Reason) -> Verdict:
    versions = comparison.index.models(ref.name, comparison.project_id(ref))
    return replace(held(ref, why), aliases=resolve_aliases(comparison.desired.models[ref], None, versions))


def _removed(
    comparison: Comparison, ref: Ref, project_id: int | None, _: frozenset[LiveKey]
) -> tuple[RemovedObject, ...]:
    versions = () if project_id is None else comparison.index.models(ref.name, project_id)
    return tuple(_removed_model(member.model) for member in versions if not member.model.is_gone)


def _removed_model(model: RemoteModel) -> RemovedObject:
    stops = model.status in _IN_TRAINING
    reason = Reason(why=Why.IN_TRAINING if stops else Why.ABSENT)
    return RemovedObject(kind=model.kind, id=model.id, name=shown_name(model), reason=reason, stops=stops)


def _moved(comparison: Comparison, ref: Ref, project_id: int) -> Verdict:
    """All versions under a former manifest name, or one model that bears a name from the console."""
    index, source = comparison.index, comparison.desired.models[ref].moved_from or ""
    if members := [m for m in index.models(source, project_id) if not m.model.is_gone]:
        objects = [_renamed(m.model, replace(m.name, base=ref.name)) for m in members]
        numbers = {m.name.version for m in members}
        own = (m for m in index.models(ref.name, project_id) if not m.model.is_gone)
        return move_all(ref, source, objects, clashes=any(m.name.version in numbers for m in own))
    strays = [live for live in index.models_inside(project_id) if live.name == source]
    if not strays or parse_model_name(source) is not None:
        return Verdict()
    if len(strays) > 1:
        return several_named(ref, source, strays)
    return _moved_stray(comparison, ref, project_id, strays[0])


def _moved_stray(comparison: Comparison, ref: Ref, project_id: int, live: RemoteModel) -> Verdict:
    """A model that was renamed in the console becomes a version only if it was trained as declared, on our dataset."""
    model = comparison.desired.models[ref]
    dataset = comparison.index.observed.datasets.get(live.dataset_id or 0)
    named = None if dataset is None else parse_dataset_name(dataset.name)
    if named is None or Ref(Kind.DATASET, named.base) != model.dataset:
        return another_thing(ref, live, f"it was not trained on a version of {model.dataset}")
    pairs = ((live.training_mode, model.training_mode), (live.training_version, model.training_version))
    if any(told is not None and declared is not None and told != declared for told, declared in pairs):
        return another_thing(ref, live, "its training_mode or training_version differs")
    told = dict(live.parameters)
    if any(name in told and told[name] != value for name, value in model.parameters):
        return another_thing(ref, live, "its training parameters differ")
    fingerprint = model_fingerprint(model, named.fingerprint)
    version = next_version(comparison.index.models(ref.name, project_id))
    name = FinalName(base=ref.name, version=version, fingerprint=fingerprint)
    return move_these(ref, live.name, (_renamed(live, name),))


def _renamed(live: RemoteModel, name: LiveName) -> RenamedObject:
    """The description is sent along with the name: nobody documents whether a PUT keeps what it does not name (U11)."""
    return renamed(live, str(name), description=live.description or "")


def _old(comparison: Comparison, ref: Ref, project_id: int, kept: Kept) -> tuple[RemovedObject, ...]:
    """Versions beyond the limit, and duplicates that were never trained; the oldest first.

    Trainings of the declared definition that failed stay: they are counted, so that `retries` ends.
    """
    model = comparison.desired.models[ref]
    fingerprint, limit = model_fingerprint(model, comparison.prints[model.dataset]), model.history_limit
    versions = [member for member in comparison.index.models(ref.name, project_id) if not member.model.is_gone]
    numbers = newest_numbers(limit, (member.name.version for member in versions))
    found = []
    for member in sorted(versions, key=lambda member: (member.name.version, member.model.id)):
        live = member.model
        if (live.kind, live.id) in kept.ids or live.status in _AT_WORK:
            continue
        if _is_duplicate(member, versions, kept):
            found.append(_pruned(live, Reason(why=Why.DUPLICATE_MODEL)))
        elif member.name.fingerprint != fingerprint and numbers is not None and member.name.version not in numbers:
            found.append(_pruned(live, Reason(why=Why.OLD, number=limit)))
    return tuple(found)


def _is_duplicate(member: ModelMember, versions: list[ModelMember], kept: Kept) -> bool:
    """Created and never started, beside one of the same definition that is kept."""
    twin = any(
        (other.model.kind, other.model.id) in kept.ids and other.name.fingerprint == member.name.fingerprint
        for other in versions
        if other is not member
    )
    return twin and member.model.is_startable


def _pruned(live: RemoteModel, reason: Reason) -> RemovedObject:
    return RemovedObject(kind=live.kind, id=live.id, name=shown_name(live), reason=reason)


RULES = KindRules(assess=_assess, hold=_hold, removed=_removed, moved=_moved, old=_old, inside=dispensable_checkpoints)
