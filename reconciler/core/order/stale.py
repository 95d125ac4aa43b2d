"""Is a saved plan still what this tree and this account give? Object by object, with what moved."""

from collections.abc import Iterable, Mapping

from reconciler.core.action import Action
from reconciler.core.change import Refusal
from reconciler.core.plan import Basis, Plan
from reconciler.core.ref import Ref

REMEDY = "Plan again, and review what it says now."


def compare(saved: Plan, now: Plan) -> tuple[Refusal, ...]:
    """Why a saved plan must not be executed; empty where every action in it is what planning gives now.

    `now` may hold more: unrelated movement does not matter.
    """
    if saved.subject.endpoint != now.subject.endpoint:
        summary = f"this plan was made against {saved.subject.endpoint}, not {now.subject.endpoint}"
        return (Refusal(rule="plan-foreign", ref=None, summary=summary, remedies=("Apply it where it was made.",)),)
    then, today = _by_ref(saved.actions), _by_ref(now.actions)
    wishes = {wish.ref: wish for wish in now.wishes}
    moved = [ref for ref in then if then[ref] != today.get(ref)]
    moved += [wish.ref for wish in saved.wishes if wishes.get(wish.ref) != wish and wish.ref not in moved]
    return tuple(_refusal(ref, saved, now, today) for ref in moved)


def _by_ref(actions: Iterable[Action]) -> dict[Ref, tuple[Action, ...]]:
    found: dict[Ref, tuple[Action, ...]] = {}
    for action in actions:
        found[action.ref] = (*found.get(action.ref, ()), action)
    return found


def _refusal(ref: Ref, saved: Plan, now: Plan, today: Mapping[Ref, tuple[Action, ...]]) -> Refusal:
    refused = next((refusal.summary for refusal in now.refusals if refusal.ref == ref), "")
    if refused:
        reason = f"it is refused now: {refused}"
    elif ref not in today and any(item.ref == ref and item.state != "held" for item in now.unchanged):
        reason = "it is in sync already; was this plan applied before?"
    else:
        reason = _movement(_facts(saved.basis, ref), _facts(now.basis, ref))
    return Refusal(rule="plan-stale", ref=ref, summary=f"{ref} is not what this plan saw: {reason}", remedies=(REMEDY,))


def _facts(basis: Iterable[Basis], ref: Ref) -> tuple[str, ...]:
    return next((item.facts for item in basis if item.ref == ref), ())


def _movement(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    gone = [fact for fact in before if fact not in after]
    come = [fact for fact in after if fact not in before]
    if not gone and not come:
        return "the manifests, or what it needs, changed since"
    parts = ([f"then {'; '.join(gone)}"] if gone else []) + ([f"now {'; '.join(come)}"] if come else [])
    return ", ".join(parts)
