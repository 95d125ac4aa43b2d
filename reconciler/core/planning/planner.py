"""Make a plan of an assessment: what differs becomes ordered steps, each after what it needs."""

from collections.abc import Mapping
from dataclasses import replace

from reconciler import __version__
from reconciler.core.action import Action
from reconciler.core.change import Change, CheckpointChange, ModelChange, RemovalChange, RenameChange
from reconciler.core.cost import total
from reconciler.core.diff.assessment import Assessment
from reconciler.core.limit import Limits
from reconciler.core.plan import Plan, Subject
from reconciler.core.planning.first_steps import FirstSteps
from reconciler.core.planning.kinds import ACTIONS
from reconciler.core.planning.limit_check import check, expected
from reconciler.core.planning.removal import checkpoint_actions, removal_actions, rename_actions
from reconciler.core.ref import Ref
from reconciler.core.run_options import NOTHING_ASKED, RunOptions


def plan(
    assessment: Assessment,
    *,
    subject: Subject,
    limits: Limits,
    asked: RunOptions = NOTHING_ASKED,
    expect: Mapping[str, int] | None = None,
    calls: int = 0,
) -> Plan:
    """Order an assessment, which must have nothing unread.

    Refusals of the assessment and of the limits stand in the plan: it can be shown, and `apply` refuses it.
    """
    actions = _actions(assessment)
    cost = total(action.cost for action in actions)
    needed = {change.ref for change in assessment.changes} | {
        change.dataset for change in assessment.changes if isinstance(change, ModelChange)
    }
    return Plan(
        tool=__version__,
        subject=subject,
        changes=assessment.changes,
        actions=actions,
        wishes=tuple({wish.ref: wish for wish in assessment.wishes if wish.ref in needed}.values()),
        refusals=(
            *assessment.refusals,
            *check(assessment.changes, cost, limits, versions=assessment.versions),
            *expected(cost, expect or {}),
        ),
        aliases=assessment.aliases,
        notes=assessment.notes,
        unchanged=assessment.unchanged,
        basis=tuple(basis for basis in assessment.basis if basis.ref in needed),
        limits=limits,
        asked=asked,
        calls=calls,
    )


def _actions(assessment: Assessment) -> tuple[Action, ...]:
    """Every action stands after its needs: what all else stands in, renames, the kinds in their order, removals."""
    refused = {refusal.ref for refusal in assessment.refusals}
    changes = [change for change in assessment.changes if change.ref not in refused]
    before = FirstSteps(project_ids=assessment.project_ids)
    actions: list[Action] = []
    for change in changes:
        is_root = change.ref.kind.parent is None
        made = rename_actions(change) if isinstance(change, RenameChange) else _steps(change, before) if is_root else ()
        before.ids[change.ref] = before.needs(change.ref) + tuple(action.id for action in made)
        actions += made
    for change in changes:
        if change.ref.kind.parent is not None:
            made = _steps(change, before)
            before.made[change.ref] = before.made.get(change.ref, ()) + tuple(action.id for action in made[-1:])
            actions += made
    checkpoints = [change for change in changes if isinstance(change, CheckpointChange)]
    removals = [change for change in changes if isinstance(change, RemovalChange)]
    return (*actions, *checkpoint_actions(checkpoints, actions), *removal_actions(removals, actions))


def _steps(change: Change, before: FirstSteps) -> tuple[Action, ...]:
    return tuple(ACTIONS[change.ref.kind](change, before))


def select(assessment: Assessment, chosen: frozenset[Ref]) -> Assessment:
    """The part of an assessment that concerns the chosen refs; facts about the whole account stay."""

    def stays(ref: Ref | None) -> bool:
        return ref is None or ref in chosen

    return replace(
        assessment,
        changes=tuple(change for change in assessment.changes if stays(change.ref)),
        refusals=tuple(refusal for refusal in assessment.refusals if stays(refusal.ref)),
        notes=tuple(note for note in assessment.notes if stays(note.ref)),
        unchanged=tuple(item for item in assessment.unchanged if stays(item.ref)),
        aliases=tuple(alias for alias in assessment.aliases if stays(alias.ref)),
        basis=tuple(basis for basis in assessment.basis if stays(basis.ref)),
    )
