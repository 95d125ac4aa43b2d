"""The rules of the comparison for datasets: how one is judged, and when its versions are renamed, pruned or deleted."""

from dataclasses import replace

from reconciler.core.diff.assessment import Verdict, held, wish_for
from reconciler.core.diff.comparison import Comparison, Kept, KindRules
from reconciler.core.diff.content_match import unfit
from reconciler.core.diff.dataset import assess_dataset
from reconciler.core.diff.dataset_context import DatasetContext
from reconciler.core.diff.election import newest_numbers, next_version, open_drafts
from reconciler.core.diff.move import another_thing, move_all, move_these, renamed, several_named
from reconciler.core.live import Live, LiveKey, RemoteDataset, called, shown_name
from reconciler.core.loss import RemovedObject
from reconciler.core.name import FinalName, parse_dataset_name
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal


def _assess(comparison: Comparison, ref: Ref) -> Verdict:
    dataset = comparison.desired.datasets[ref]
    project_id = comparison.project_ids.get(dataset.project)
    verdict, training_data = assess_dataset(
        DatasetContext(
            dataset=dataset,
            fingerprint=comparison.prints[ref],
            desired=comparison.desired,
            index=comparison.index,
            project_id=project_id,
            versions=comparison.index.datasets(ref.name, project_id),
            asked=comparison.asked,
        )
    )
    if training_data is not None:
        comparison.training_data[ref] = training_data
    else:
        comparison.waits[ref] = Reason(why=Why.NEED_REFUSED if verdict.refusals else Why.NEED_IS_DRAFT, ref=ref)
    return verdict


def _hold(_: Comparison, ref: Ref, why: Reason) -> Verdict:
    return held(ref, why)


def _removed(
    comparison: Comparison, ref: Ref, project_id: int | None, going: frozenset[LiveKey]
) -> tuple[RemovedObject, ...] | Refusal:
    versions = [member.dataset for member in comparison.index.datasets(ref.name, project_id)]
    for dataset in versions:
        users = [
            live for live in comparison.index.users((dataset.kind, dataset.id)) if (live.kind, live.id) not in going
        ]
        if users:
            return _in_use(ref, dataset, users)
    return tuple(_removed_dataset(dataset) for dataset in versions)


def _removed_dataset(dataset: RemoteDataset) -> RemovedObject:
    number = dataset.images_count
    reason = Reason(why=Why.ABSENT) if number is None else Reason(why=Why.WITH_IMAGES, number=number)
    return RemovedObject(kind=dataset.kind, id=dataset.id, name=shown_name(dataset), reason=reason)


def _in_use(ref: Ref, dataset: RemoteDataset, users: list[Live]) -> Refusal:
    models = ", ".join(f"{called(model)}" for model in users)
    return Refusal(
        rule="absent-in-use",
        ref=ref,
        summary=f"{called(dataset)} is to be deleted, but {models} was trained on it",
        remedies=("Declare the model absent too, or delete it in the console.",),
    )


def _moved(comparison: Comparison, ref: Ref, project_id: int) -> Verdict | frozenset[int]:
    """All versions under a former manifest name, or one dataset that bears a name from the console."""
    index, source = comparison.index, comparison.desired.datasets[ref].moved_from or ""
    if members := index.datasets(source, project_id):
        objects = [renamed(m.dataset, str(replace(m.name, base=ref.name))) for m in members]
        numbers = {m.name.version for m in members}
        clashes = any(m.name.version in numbers for m in index.datasets(ref.name, project_id))
        return move_all(ref, source, objects, clashes=clashes)
    strays = [live for live in index.datasets_inside(project_id) if live.name == source]
    if not strays or parse_dataset_name(source) is not None:
        return Verdict()
    if len(strays) > 1:
        return several_named(ref, source, strays)
    return _moved_stray(comparison, ref, project_id, strays[0])


def _moved_stray(comparison: Comparison, ref: Ref, project_id: int, live: RemoteDataset) -> Verdict | frozenset[int]:
    """A dataset that was renamed in the console becomes a version only if it holds the declared content."""
    if live.images is None:
        return frozenset({live.id})
    fingerprint = comparison.prints[ref]
    version = next_version(comparison.index.datasets(ref.name, project_id))
    if reasons := unfit(live, wish_for(comparison.desired.datasets[ref], fingerprint, version)):
        return another_thing(ref, live, "; ".join(reasons))
    name = FinalName(base=ref.name, version=version, fingerprint=fingerprint)
    return move_these(ref, live.name, (renamed(live, str(name)),))


def _old(comparison: Comparison, ref: Ref, project_id: int, kept: Kept) -> tuple[RemovedObject, ...]:
    """Versions beyond the limit and duplicate drafts that no remaining model uses, the oldest first."""
    index, limit = comparison.index, comparison.desired.datasets[ref].history_limit
    versions = index.datasets(ref.name, project_id)
    numbers = newest_numbers(limit, (member.name.version for member in versions if member.dataset.is_completed))
    uploads = comparison.desired.datasets[ref].uploads
    elected = {member.dataset.id for member in open_drafts(versions, uploads)[:1]}
    found = []
    for member in sorted(versions, key=lambda member: (member.name.version, member.dataset.id)):
        live, key = member.dataset, (member.dataset.kind, member.dataset.id)
        is_used = any((user.kind, user.id) not in kept.going for user in index.users(key))
        if key in kept.ids or live.id in elected or is_used:
            continue
        if live.is_draft:
            found.append(_pruned(live, Reason(why=Why.DUPLICATE_DRAFT)))
        elif live.is_completed and numbers is not None and member.name.version not in numbers:
            found.append(_pruned(live, Reason(why=Why.OLD, number=limit)))
    return tuple(found)


def _pruned(live: RemoteDataset, reason: Reason) -> RemovedObject:
    return RemovedObject(kind=live.kind, id=live.id, name=shown_name(live), reason=reason)


RULES = KindRules(assess=_assess, hold=_hold, removed=_removed, moved=_moved, old=_old)
