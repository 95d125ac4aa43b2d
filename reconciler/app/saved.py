"""Plan files: read with suspicion, written whole or not at all."""

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from reconciler.app.exceptions import WrongUsage, refused
from reconciler.core.change import Effect
from reconciler.core.limit import Limits
from reconciler.core.plan import Plan
from reconciler.core.planning.limit_check import check, expected
from reconciler.core.planning.plan_file import PlanDamaged, dump_plan, load_plan
from reconciler.core.planning.stale_plan import compare
from reconciler.core.reason import Why
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.state import State
from reconciler.core.text import shown
from reconciler.core.value import dataclass
from reconciler.files.planfile import PlanUnreadable, PlanUnwritable, read_plan, write_plan
from reconciler.render.words import capitalised


def read_saved(path: str) -> Plan:
    """A saved plan; refused where it is damaged or no file of text, WrongUsage where there is no such file."""
    place = Path(path)
    if not place.exists():
        raise WrongUsage(f"There is no plan file {shown(path)}.")
    try:
        return load_plan(read_plan(place))
    except (PlanDamaged, PlanUnreadable) as error:
        way = "Make it anew with `reconciler plan --out FILE`."
        raise refused("plan-damaged", f"{shown(path)} cannot be used: {error}", way) from None


def save(path: str, plan: Plan) -> None:
    """Write a plan file, whole or not at all; WrongUsage where that cannot be done, or where something else lies there."""
    place = Path(path)
    if place.exists() and not _is_plan(place):
        raise WrongUsage(f"{shown(path)} exists and is no plan file: it stays as it is. Choose another name.")
    try:
        write_plan(place, dump_plan(plan))
    except PlanUnwritable as error:
        raise WrongUsage(f"{capitalised(str(error))}.") from None


def _is_plan(place: Path) -> bool:
    """Does a file begin as plan files do, whole or damaged? An empty one may be overwritten, too."""
    try:
        text = read_plan(place)
    except PlanUnreadable:
        return False
    return not text.strip() or (text.lstrip().startswith("{") and '"digest"' in text[:200])


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which a saved plan is applied: today's limits and expectations.

    `versions` are the live ones of all manifests; a percentage of deletions is counted against them.
    """

    limits: Limits
    expect: Mapping[str, int] = field(default_factory=dict)
    versions: int = 0


def bind(saved: Plan, now: Plan, terms: Terms) -> Plan:
    """The part of `now` that a saved plan names, which is all of the saved plan; refused where anything has moved.

    A saved plan is input, not authority: what is executed is what planning gives now, and the limits are judged anew.
    """
    if saved.subject.base:
        return replace(now, refusals=(_offline(saved),))
    if saved.subject.destroys:
        return replace(now, refusals=(_destroying(),))
    refs = {action.ref for action in saved.actions}
    part = restricted(now, refs)
    found = [refusal for refusal in saved.refusals if refusal.ref is not None]
    found += _unaccepted(saved, now)
    found += unasked(saved, now) or compare(saved, now)
    if found:
        return replace(part, refusals=tuple(found))
    over = check(part.changes, part.cost, terms.limits, versions=terms.versions)
    kept = (refusal for refusal in now.refusals if refusal.ref in refs)
    return replace(part, refusals=(*kept, *over, *expected(part.cost, terms.expect)), limits=terms.limits)


def restricted(plan: Plan, refs: set[Ref]) -> Plan:
    """The part of a plan that concerns these objects."""
    return replace(
        plan,
        changes=tuple(change for change in plan.changes if change.ref in refs),
        actions=tuple(action for action in plan.actions if action.ref in refs),
    )


def _offline(saved: Plan) -> Refusal:
    summary = f"this plan was compared with git {saved.subject.base}: it names no live object, so it cannot be applied"
    way = "Apply what it allows: `reconciler apply --within FILE`, or nothing else than it: `--equivalent-to FILE`."
    return Refusal(rule="plan-offline", ref=None, summary=summary, remedies=(way,))


def _destroying() -> Refusal:
    summary = "this plan is one of `reconciler destroy`, which deletes what it shows and asks first"
    return Refusal(rule="plan-destroys", ref=None, summary=summary, remedies=("`reconciler destroy` makes it anew.",))


def _unaccepted(saved: Plan, now: Plan) -> list[Refusal]:
    """What was accepted for the saved plan must be accepted again by whoever applies it."""
    missing = [ref for ref in saved.asked.accepted if ref not in now.asked.accepted]
    if not missing:
        return []
    flags = " ".join(f"--accept {ref}" for ref in missing)
    summary = f"this plan rests on what was accepted when it was made: {', '.join(str(ref) for ref in missing)}"
    return [Refusal(rule="plan-accepted", ref=None, summary=summary, remedies=(f"Say it again: `{flags}`.",))]


def unasked(saved: Plan, now: Plan) -> list[Refusal]:
    """What a person asked for when the plan was made, and must ask for again: it is never taken from a file.

    Only orders that the plan carries out count: a `--retry` that trained nothing need not be said again.
    """
    trained = {change.ref for change in saved.changes if change.effect in {Effect.TRAIN, Effect.START}}
    flags = [f"--retry {ref}" for ref in saved.asked.retry if ref in trained and ref not in now.asked.retry]
    flags += [f"--start {ref}" for ref in saved.asked.start if ref in trained and ref not in now.asked.start]
    found = [_asked("plan-asked", "this plan trains what a person asked for when it was made", flags)] if flags else []
    going = {change.ref for change in now.changes if change.effect is Effect.DELETE}
    going |= {one.ref for one in now.unchanged if one.state is State.ABSENT}
    pruned = sorted({change.ref for change in saved.changes if change.reason.why is Why.PRUNED} - going)
    if pruned and not now.asked.prunes:
        summary = f"this plan deletes versions that the manifests do not ask to delete: {', '.join(map(str, pruned))}"
        found.append(_asked("plan-asked", summary, ["--prune"]))
    thinned = sorted({change.ref for change in saved.changes if change.effect is Effect.DELETE_CHECKPOINTS} - going)
    if thinned and not pruned and not now.asked.prunes:
        summary = f"this plan deletes checkpoints, which an apply does only where it is asked to: {', '.join(map(str, thinned))}"
        found.append(_asked("plan-asked", summary, ["--prune"]))
    return found


def _asked(rule: str, summary: str, flags: list[str]) -> Refusal:
    return Refusal(rule=rule, ref=None, summary=summary, remedies=(f"Say it again: `{' '.join(flags)}`.",))
