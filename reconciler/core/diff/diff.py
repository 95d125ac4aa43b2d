"""Compare everything declared with everything live: `desired` and `observed` in, an assessment out."""

from collections.abc import Iterable, Iterator, Mapping

from reconciler.core.change import RenameChange
from reconciler.core.desired import Desired
from reconciler.core.diff.absence import assess_absences
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.diff.adopted import adoption_notes, misfit, new_names, removal_notes
from reconciler.core.diff.assessment import Assessment, Verdict, gather
from reconciler.core.diff.comparison import Comparison
from reconciler.core.diff.kinds import RULES
from reconciler.core.diff.prune import prune
from reconciler.core.fingerprint import dataset_fingerprint
from reconciler.core.kind import Kind
from reconciler.core.live import Observed
from reconciler.core.reason import Reason, Why
from reconciler.core.ref import Ref, in_order
from reconciler.core.refusal import Note
from reconciler.core.run_options import NOTHING_ASKED, RunOptions


def fingerprints(desired: Desired) -> dict[Ref, str]:
    """The fingerprint of every declared dataset. A caller that compares several times computes them once."""
    return {ref: dataset_fingerprint(dataset) for ref, dataset in desired.datasets.items()}


def diff(
    desired: Desired,
    observed: Observed,
    asked: RunOptions = NOTHING_ASKED,
    *,
    prints: Mapping[Ref, str] | None = None,
) -> Assessment:
    """Judge every object, with what was asked of this run.

    If `unread` of the assessment is not empty, these datasets must be read and compared again; all else means nothing.
    """
    comparison = Comparison(
        desired=desired, index=AccountIndex(observed), asked=asked, prints=prints or fingerprints(desired)
    )
    verdicts = tuple(_verdicts(comparison))
    return gather(verdicts, comparison.project_ids, _live_versions(comparison))


def _verdicts(comparison: Comparison) -> Iterator[Verdict]:
    """The verdicts on all objects, in the order of the kinds."""
    yield from _assess(comparison, (kind for kind in Kind if kind.parent is None))
    moves, unread = _move(comparison)
    if unread:
        yield Verdict(unread=unread)
        return
    made = (*moves, *_assess(comparison, (kind for kind in Kind if kind.parent is not None)))
    yield from made
    yield from new_names(comparison)
    yield from adoption_notes(comparison)
    removed = [*assess_absences(comparison)]
    if comparison.asked.prunes:
        removed += prune(comparison, made)
    yield from removed
    yield from removal_notes(comparison, removed)
    # A project may be refused although it holds versions of ours, such as what an apply left behind.
    is_ours = comparison.project_ids or any(comparison.index.named(ref) for ref in comparison.desired.refs)
    if comparison.index.observed.projects and comparison.desired.projects and not is_ours:
        text = "nothing of ours was found in this account"
        yield Verdict(notes=(Note(rule="nothing-ours", ref=None, text=text),))


def _assess(comparison: Comparison, kinds: Iterable[Kind]) -> Iterator[Verdict]:
    """Judge every declared object of these kinds; one whose parent was refused or is not complete waits for it."""
    for kind in kinds:
        all_declared, rules = comparison.desired.of(kind), RULES.get(kind)
        for ref in in_order(all_declared):
            declared = all_declared[ref]
            why = None if declared.parent is None else comparison.waits.get(declared.parent)
            if rules is None:
                continue
            if why is None and (refusal := misfit(comparison, ref)) is not None:
                comparison.waits[ref] = Reason(why=Why.NEED_REFUSED, ref=ref)
                yield Verdict(refusals=(refusal,))
            elif why is None:
                yield rules.assess(comparison, ref)
            else:
                comparison.waits[ref] = why
                yield rules.hold(comparison, ref, why)


def _move(comparison: Comparison) -> tuple[list[Verdict], frozenset[int]]:
    """The renames of every object whose manifest says `moved`, and the datasets that must be read for that.

    The index is made anew with the next names, so that all that follows compares the account as it will be. The kinds
    come in their order: a model that was renamed in the console is known by its dataset, which may get a name too.
    """
    verdicts: list[Verdict] = []
    unread: frozenset[int] = frozenset()
    for kind in Kind:
        rules = RULES.get(kind)
        if rules is None or rules.moved is None:
            continue
        former = [ref for ref, declared in comparison.desired.of(kind).items() if declared.moved_from is not None]
        for ref in in_order(former):
            project_id = comparison.project_id(ref)
            if project_id is None:
                continue
            found = rules.moved(comparison, ref, project_id)
            if isinstance(found, frozenset):
                unread |= found
                continue
            verdicts.append(found)
            comparison.index = AccountIndex(_renamed(comparison.index.observed, found))
    return verdicts, unread


def _renamed(observed: Observed, verdict: Verdict) -> Observed:
    """The account with the objects of a verdict under their new names."""
    renames = (item for change in verdict.changes if isinstance(change, RenameChange) for item in change.objects)
    return observed.updated(*(observed.live[item.kind, item.id].renamed(item.after) for item in renames))


def _live_versions(comparison: Comparison) -> int:
    """Live versions of all manifests, present and absent."""
    return sum(not live.is_gone for ref in comparison.desired.refs for live in comparison.index.named(ref))
