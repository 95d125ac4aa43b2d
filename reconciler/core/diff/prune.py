"""`--prune`: old versions of declared manifests, as a reviewed part of the plan."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.core.change import AliasState, Change, DatasetChange, RemovalChange, RemovedObject, Unchanged
from reconciler.core.desired import Desired, DesiredDataset
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.assessment import Verdict
from reconciler.core.diff.election import open_drafts
from reconciler.core.diff.retention import DatasetHistory, ModelHistory, old_datasets, old_models
from reconciler.core.fingerprint import model_fingerprint
from reconciler.core.plan import Basis
from reconciler.core.ref import Ref
from reconciler.core.text import quoted


def prune(
    desired: Desired,
    index: AccountIndex,
    verdicts: Iterable[Verdict],
    project_ids: Mapping[Ref, int],
    prints: Mapping[Ref, str],
) -> Iterator[Verdict]:
    """What may go of every manifest that was not refused, models first: a dataset goes with its last model."""
    verdicts = tuple(verdicts)
    kept = frozenset(_kept_ids(verdicts))
    refused = {refusal.ref for verdict in verdicts for refusal in verdict.refusals}
    going: set[int] = set()
    found: list[Verdict] = []
    for ref, model in sorted(desired.models.items()):
        project_id = project_ids.get(desired.project_of(ref))
        if ref in refused or model.dataset in refused or project_id is None:
            continue
        print_ = model_fingerprint(model, prints[model.dataset])
        versions = index.models(ref.name, project_id)
        objects = old_models(ModelHistory(family=versions, limit=model.history_limit, kept=kept, fingerprint=print_))
        going |= {item.id for item in objects}
        found.append(_verdict(ref, objects))
    for ref, dataset in sorted(desired.datasets.items()):
        project_id = project_ids.get(dataset.project)
        if ref not in refused and project_id is not None:
            found.append(_verdict(ref, _datasets(dataset, index, project_id, kept, going)))
    yield from (verdict for verdict in found if verdict.changes)


def _datasets(
    dataset: DesiredDataset, index: AccountIndex, project_id: int, kept: frozenset[int], going: set[int]
) -> tuple[RemovedObject, ...]:
    family = index.datasets(dataset.ref.name, project_id)
    used = frozenset(
        member.dataset.id
        for member in family
        if any(user.id not in going for user in index.all_models_on(member.dataset.id))
    )
    elected = frozenset(member.dataset.id for member in open_drafts(family)[:1])
    return old_datasets(DatasetHistory(family=family, limit=dataset.history_limit, kept=kept | elected), used)


def _kept_ids(verdicts: Iterable[Verdict]) -> Iterator[int]:
    """What is in force, what this plan works on, and what an alias names."""
    for verdict in verdicts:
        things: tuple[Unchanged | AliasState, ...] = (*verdict.unchanged, *verdict.aliases)
        yield from (thing.id for thing in things if thing.id is not None)
        for change in verdict.changes:
            yield from _worked_on(change)


def _worked_on(change: Change) -> Iterator[int]:
    ids: tuple[int | None, ...] = ()
    if isinstance(change, DatasetChange):
        ids = (change.origin_id, change.source_id)
    elif not isinstance(change, RemovalChange) and change.kind == "model":
        ids = (change.id, change.dataset_id)
    yield from (id_ for id_ in ids if id_ is not None)


def _verdict(ref: Ref, objects: tuple[RemovedObject, ...]) -> Verdict:
    if not objects:
        return Verdict()
    change = RemovalChange(ref=ref, reason="old versions are pruned", objects=objects)
    facts = tuple(f"{item.kind.value} {item.id} {quoted(item.name)}" for item in objects)
    return Verdict(changes=(change,), basis=(Basis(ref=ref, facts=facts),))
