"""`--prune`: old versions of declared manifests go, and parts of those that stay; the plan shows it for review."""

from collections.abc import Iterable, Iterator

from reconciler.core.change import Change, DatasetChange, ModelChange, RemovalChange
from reconciler.core.diff.assessment import Verdict
from reconciler.core.diff.comparison import Comparison, Kept
from reconciler.core.diff.kinds import RULES
from reconciler.core.kind import Kind
from reconciler.core.live import LiveKey
from reconciler.core.loss import RemovedObject
from reconciler.core.plan import Basis
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref
from reconciler.core.state import AliasState, Unchanged
from reconciler.core.text import quoted


def prune(comparison: Comparison, verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """The versions that may be deleted, of every manifest that was not refused, and what may go of the others.

    The kinds come in the opposite of their order, because a dataset version may go if its last model goes too.
    """
    verdicts = tuple(verdicts)
    desired = comparison.desired
    ids = frozenset(_kept_ids(verdicts))
    refused = {refusal.ref for verdict in verdicts for refusal in verdict.refusals}
    going: set[LiveKey] = set()
    for kind in reversed(Kind):
        rules = RULES.get(kind)
        for ref in sorted(desired.of(kind)):
            project_id = comparison.project_id(ref)
            if rules is None or rules.old is None or project_id is None:
                continue
            if refused.isdisjoint((ref, *desired.ancestors(ref))):
                objects = rules.old(comparison, ref, project_id, Kept(ids=ids, going=frozenset(going)))
                going |= {(item.kind, item.id) for item in objects}
                if objects:
                    yield _verdict(ref, objects)
                if rules.inside is not None:
                    yield rules.inside(comparison, ref, project_id, Kept(ids=ids, going=frozenset(going)))


def _kept_ids(verdicts: Iterable[Verdict]) -> Iterator[LiveKey]:
    """Versions that are in force, that this plan works on, or that an alias names."""
    for verdict in verdicts:
        things: tuple[Unchanged | AliasState, ...] = (*verdict.unchanged, *verdict.aliases)
        yield from ((thing.ref.kind, thing.id) for thing in things if thing.id is not None)
        for change in verdict.changes:
            yield from ((kind, id_) for kind, id_ in _worked_on(change) if id_ is not None)


def _worked_on(change: Change) -> tuple[tuple[Kind, int | None], ...]:
    match change:
        case DatasetChange():
            return (Kind.DATASET, change.origin_id), (Kind.DATASET, change.source_id)
        case ModelChange():
            return (Kind.MODEL, change.id), (Kind.DATASET, change.dataset_id)
        case _:
            return ()


def _verdict(ref: Ref, objects: tuple[RemovedObject, ...]) -> Verdict:
    change = RemovalChange(ref=ref, reason=Reason(why=Why.PRUNED), objects=objects)
    facts = tuple(f"{item.kind.value} {item.id} {quoted(item.name)}" for item in objects)
    return Verdict(changes=(change,), basis=(Basis(ref=ref, facts=facts),))
