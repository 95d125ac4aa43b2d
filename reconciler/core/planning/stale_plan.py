"""Is a saved plan still what this tree and this account give? Judged for each object, and told with what moved."""

from collections.abc import Container, Iterable

from reconciler.core.action import Action
from reconciler.core.plan import Basis, Plan
from reconciler.core.ref import Ref
from reconciler.core.refusal import Refusal
from reconciler.core.state import State

REMEDY = "Plan again, and review what it says now."


def compare(saved: Plan, now: Plan) -> tuple[Refusal, ...]:
    """Why a saved plan must not be executed; empty where each action and each change in it is what planning gives now.

    Actions are what is done, changes what people were shown. `now` may hold more: unrelated movement does not matter.
    """
    if saved.subject.endpoint != now.subject.endpoint:
        summary = f"this plan was made against {saved.subject.endpoint}, not {now.subject.endpoint}"
        return (Refusal(rule="plan-foreign", ref=None, summary=summary, remedies=("Apply it where it was made.",)),)
    if other := other_overlay(saved, now):
        return (other,)
    if saved.subject.account and now.subject.account and saved.subject.account != now.subject.account:
        summary = f"this plan was made for the account {saved.subject.account}, not {now.subject.account}"
        return (Refusal(rule="plan-foreign", ref=None, summary=summary, remedies=("Apply it where it was made.",)),)
    then, today = _by_ref(saved.actions), _by_ref(now.actions)
    wishes = {wish.ref: wish for wish in now.wishes}
    moved = [ref for ref in then if then[ref] != today.get(ref)]
    moved += [wish.ref for wish in saved.wishes if wishes.get(wish.ref) != wish]
    reasons = _Reasons(saved, now, today)
    found = {ref: reasons.why(ref) for ref in moved}
    for ref in (*then, *(change.ref for change in saved.changes)):
        if ref not in found and saved.changes_of(ref) != now.changes_of(ref):
            found[ref] = "what the file shows of it is not what would be done"
    return tuple(_refusal(ref, reason) for ref, reason in found.items())


def other_overlay(saved: Plan, now: Plan) -> Refusal | None:
    """Why a plan that was made under another overlay allows nothing; None if it is the same."""
    made, meant = saved.subject.overlay, now.subject.overlay
    if made == meant:
        return None
    summary = f"this plan was made {_under(made)}, and what would be done now is planned {_under(meant)}"
    way = f"Say `--overlay {made}`" if made else "Leave --overlay and RECONCILER_OVERLAY out"
    return Refusal(rule="plan-overlay", ref=None, summary=summary, remedies=(f"{way}, or use a plan of this overlay.",))


def _under(overlay: str) -> str:
    return f"under the overlay {overlay}" if overlay else "without an overlay"


def _by_ref(actions: Iterable[Action]) -> dict[Ref, list[Action]]:
    found: dict[Ref, list[Action]] = {}
    for action in actions:
        found.setdefault(action.ref, []).append(action)
    return found


class _Reasons:
    """Why objects moved. All is looked up by object, because a forged plan may name a hundred thousand (H55)."""

    def __init__(self, saved: Plan, now: Plan, today: Container[Ref]) -> None:
        self._today = today
        self._refused = {refusal.ref: refusal.summary for refusal in reversed(now.refusals)}
        self._settled = {item.ref for item in now.unchanged if item.state is not State.HELD}
        self._then, self._now = _facts(saved.basis), _facts(now.basis)

    def why(self, ref: Ref) -> str:
        """The reason, as a clause."""
        if refused := self._refused.get(ref):
            return f"it is refused now: {refused}"
        if ref not in self._today and ref in self._settled:
            return "it is in sync already; was this plan applied before?"
        return _movement(self._then.get(ref, ()), self._now.get(ref, ()))


def _refusal(ref: Ref, reason: str) -> Refusal:
    return Refusal(rule="plan-stale", ref=ref, summary=f"{ref} is not what this plan saw: {reason}", remedies=(REMEDY,))


def _facts(basis: Iterable[Basis]) -> dict[Ref, tuple[str, ...]]:
    return {item.ref: item.facts for item in basis}


def _movement(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    known, told = set(before), set(after)
    gone = [fact for fact in before if fact not in told]
    come = [fact for fact in after if fact not in known]
    if not gone and not come:
        return "the manifests, or what it needs, changed since"
    parts = ([f"then {'; '.join(gone)}"] if gone else []) + ([f"now {'; '.join(come)}"] if come else [])
    return ", ".join(parts)
