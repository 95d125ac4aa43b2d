"""Plan against a git revision: alone, without asking anyone, or beside what is live."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.app.alias_check import with_alias_check
from reconciler.app.exceptions import WrongUsage
from reconciler.app.history import models_of
from reconciler.app.planning import Planned, Scope, chosen_refs, overlay_limits, subject_of
from reconciler.app.promotion_check import with_promotion_check
from reconciler.app.revision import BaseTree
from reconciler.app.settings import Settings
from reconciler.app.sibling_roots import with_elsewhere
from reconciler.core.consequence import Consequence
from reconciler.core.desired import Desired
from reconciler.core.diff.account_index import AccountIndex
from reconciler.core.look.announced_end import announced_end
from reconciler.core.look.consequences import Merge, consequences, forgotten, loosened, repinned
from reconciler.core.look.crossing import Crossing
from reconciler.core.look.elsewhere import declared_twice
from reconciler.core.look.guard_moves import guard_moves
from reconciler.core.look.offline import assess_offline, edited
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.archive_notes import archive_notes
from reconciler.core.planning.planner import plan, select
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from reconciler.core.rest import NO_REST, Rest, UnchangedRows
from reconciler.core.text import in_words
from reconciler.files.configuration import load_configuration
from reconciler.files.overlay import with_overlay


def plan_offline(settings: Settings, desired: Desired, base: BaseTree, scope: Scope, rest: Rest = NO_REST) -> Plan:
    """What this tree changes in comparison with its base, as if the base were live; nothing is asked or read.

    `rest` is what both trees hold besides, in common. Crossing if it must be compared as well. WrongUsage where the scope asks
    for something that only the live side can tell.
    """
    desired = with_elsewhere(settings, desired)
    if rest and desired.elsewhere:
        raise Crossing
    if scope.retry or scope.prunes or scope.refresh == "full":
        raise WrongUsage("--retry, --prune and --refresh full are about what is live: they go with --base REV --live.")
    assessment = assess_offline(desired, base.desired, scope.asked, rest)
    refs = chosen_refs(desired, scope)
    made = plan(
        replace(select(assessment, refs), notes=(*_first_adoption(settings, base), *assessment.notes)),
        subject=replace(_with(subject_of(settings, desired), rest), base=base.name),
        limits=settings.limits,
        asked=scope.asked,
        expect=settings.expect,
    )
    said = archive_notes(made, has_store=settings.archive_store is not None)
    made = replace(
        made,
        notes=(*made.notes, *said, *announced_end(made, desired), *declared_twice(desired)),
        consequences=_consequences(Merge(before=base.desired, after=desired, plan=made), settings, base, refs),
    )
    made = replace(made, notes=(*overlay_limits(settings, made), *made.notes))
    made = with_alias_check(made, desired, settings.root, base.desired)
    made = with_promotion_check(made, desired, settings, refs, base)
    if not rest:
        return made
    unheld = sum(one.ref not in desired.present for one in made.unchanged)
    return replace(made, unchanged=UnchangedRows(tuple(made.unchanged), rest, unheld))


def _with(subject: Subject, rest: Rest) -> Subject:
    """The numbers of the whole tree."""
    return replace(
        subject,
        datasets=subject.datasets + len(rest.datasets.names),
        images=subject.images + rest.images,
        models=subject.models + len(rest.models.names),
    )


def _first_adoption(settings: Settings, base: BaseTree) -> tuple[Note, ...]:
    if base.is_elsewhere:
        text = f"nothing of {base.name} is in the account {settings.account}: everything is new there"
        return (Note(rule="first-adoption", ref=None, text=text),)
    if base.origins:
        return tuple(_origins(base))
    if base.is_there:
        return ()
    text = f"{base.name} has no folder of manifests: everything is new in comparison with it"
    return (Note(rule="first-adoption", ref=None, text=text),)


def _origins(base: BaseTree) -> Iterable[Note]:
    """From which root each object came."""
    for root in sorted(set(base.origins.values())):
        refs = in_words([str(ref) for ref in sorted(base.origins) if base.origins[ref] == root], "and")
        text = f"{refs} stood in {root} at {base.name}: what is live goes on"
        yield Note(rule="moved-root", ref=None, text=text)


def _consequences(merge: Merge, settings: Settings, base: BaseTree, refs: frozenset[Ref]) -> tuple[Consequence, ...]:
    """What merging does without a call, and at the end what `reconciler.yaml` lets through now and did not at the base.

    Of the objects only the chosen ones count. A manifest that is gone cannot be chosen, so it counts where none was left out.
    """
    now = with_overlay(load_configuration(settings.root), settings.overlay)
    was = base.configuration
    chosen = refs if refs != frozenset(merge.after.refs) else refs | frozenset(merge.before.refs)
    told = (*consequences(merge), *guard_moves(base.declared, merge.after))
    found = (one for one in told if one.ref is None or one.ref in chosen)
    return (
        *found,
        *repinned(was.account, now.account),
        *loosened(was.limits, now.limits),
        *forgotten(was.expect, now.expect),
    )


def beside(planned: Planned, settings: Settings, base: BaseTree, scope: Scope) -> Planned:
    """A live plan, in which each object that differs although this change does not touch it is told apart."""
    desired, refs = planned.desired, chosen_refs(planned.desired, scope)
    offline = assess_offline(desired, base.desired)
    touched = edited(desired, base.desired) | {change.ref for change in offline.changes}
    index = AccountIndex(planned.observed)
    merge = Merge(
        before=base.desired,
        after=desired,
        plan=planned.plan,
        live={ref: models_of(planned, index, ref) for ref in desired.models},
    )
    made = replace(
        planned.plan,
        notes=(*_first_adoption(settings, base), *_untouched(planned.plan, touched), *planned.plan.notes),
        consequences=_consequences(merge, settings, base, refs),
    )
    made = with_alias_check(made, desired, settings.root, base.desired)
    return replace(planned, plan=with_promotion_check(made, desired, settings, refs, base))


def _untouched(plan: Plan, touched: Iterable[Ref]) -> Iterable[Note]:
    refs = sorted({change.ref for change in plan.changes} - frozenset(touched))
    return [Note(rule="drift", ref=ref, text="drift: not by this change") for ref in refs]
