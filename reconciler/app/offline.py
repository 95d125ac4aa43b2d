"""Plan against a git revision: alone, without asking anyone, or beside what is live."""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.app.exceptions import WrongUsage
from reconciler.app.planning import Planned, Scope, chosen_refs, subject_of
from reconciler.app.revision import BaseTree
from reconciler.app.settings import Settings
from reconciler.core.desired import Desired
from reconciler.core.look.announced_end import announced_end
from reconciler.core.look.loosened import forgotten, loosened, repinned
from reconciler.core.look.offline import assess_offline, edited
from reconciler.core.plan import Plan
from reconciler.core.planning.archive_notes import archive_notes
from reconciler.core.planning.planner import plan, select
from reconciler.core.ref import Ref
from reconciler.core.refusal import Note
from reconciler.files.configuration import load_configuration


def plan_offline(settings: Settings, desired: Desired, base: BaseTree, scope: Scope) -> Plan:
    """What this tree changes in comparison with its base, as if the base were live; nothing is asked or read.

    WrongUsage where the scope asks for something that only the live side can tell.
    """
    if scope.retry or scope.prunes or scope.refresh == "full":
        raise WrongUsage("--retry, --prune and --refresh full are about what is live: they go with --base REV --live.")
    assessment = assess_offline(desired, base.desired, scope.asked)
    made = plan(
        replace(
            select(assessment, chosen_refs(desired, scope)),
            notes=(*config_notes(settings, base), *assessment.notes),
        ),
        subject=replace(subject_of(settings, desired), base=base.name),
        limits=settings.limits,
        asked=scope.asked,
        expect=settings.expect,
    )
    said = archive_notes(made, has_store=settings.archive_store is not None)
    return replace(made, notes=(*made.notes, *said, *announced_end(made, desired)))


def config_notes(settings: Settings, base: BaseTree) -> tuple[Note, ...]:
    """What `reconciler.yaml` lets through now and did not at the base, and that there was no base tree."""
    now = load_configuration(settings.root)
    then = base.configuration
    notes = [
        *repinned(then.account, now.account),
        *loosened(then.limits, now.limits),
        *forgotten(then.expect, now.expect),
    ]
    if not base.is_there:
        text = f"{base.name} has no folder of manifests: everything is new in comparison with it"
        notes.append(Note(rule="first-adoption", ref=None, text=text))
    return tuple(notes)


def beside(planned: Planned, settings: Settings, base: BaseTree) -> Planned:
    """A live plan, in which each object that differs although this change does not touch it is told apart."""
    desired = planned.desired
    offline = assess_offline(desired, base.desired)
    touched = edited(desired, base.desired) | {change.ref for change in offline.changes}
    found = _untouched(planned.plan, touched)
    notes = (*config_notes(settings, base), *found, *planned.plan.notes)
    return replace(planned, plan=replace(planned.plan, notes=notes))


def _untouched(plan: Plan, touched: Iterable[Ref]) -> Iterable[Note]:
    refs = sorted({change.ref for change in plan.changes} - frozenset(touched))
    return [Note(rule="drift", ref=ref, text="drift: not by this change") for ref in refs]
