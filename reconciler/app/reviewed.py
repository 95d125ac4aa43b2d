"""What was reviewed binds what is done: an apply that would do anything else is refused before its first request."""

from dataclasses import dataclass

from reconciler.app.fault import Refused
from reconciler.app.saved import read_saved
from reconciler.core.change import Refusal
from reconciler.core.order.equivalence import beyond, differences, meaning
from reconciler.core.order.stale import REMEDY
from reconciler.core.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A plan that somebody looked at. An exact one must be done as a whole; of another a part will do."""

    plan: Plan
    is_exact: bool

    @classmethod
    def read(cls, path: str, *, is_exact: bool) -> "Review":
        """From a plan file; as `read_saved`, refused where it is damaged and Unusable where there is none."""
        return cls(plan=read_saved(path), is_exact=is_exact)

    def require(self, now: Plan) -> None:
        """Refused where what is to be done now is not what was reviewed, or where that was refused itself."""
        found = [refusal for refusal in self.plan.refusals if refusal.ref is not None]
        found += _unequal(self.plan, now) if self.is_exact else _beyond(self.plan, now)
        if found:
            raise Refused(found)

    def leaves_out(self, now: Plan) -> bool:
        """Is there anything that was reviewed and is not to be done now?"""
        return bool(set(meaning(self.plan)) - set(meaning(now)))


def _unequal(reviewed: Plan, now: Plan) -> list[Refusal]:
    lines = differences(reviewed, now)
    if not lines:
        return []
    summary = "what would be done now is not what was reviewed (- only reviewed, + only now)"
    way = "Nothing is left to do: was it applied before?" if now.is_empty and not now.refusals else REMEDY
    return [Refusal(rule="plan-not-equal", ref=None, summary=summary, remedies=(*lines, way))]


def _beyond(reviewed: Plan, now: Plan) -> list[Refusal]:
    lines = beyond(reviewed, now)
    if not lines:
        return []
    summary = "more would be done now than was reviewed (+ not reviewed)"
    return [Refusal(rule="plan-beyond", ref=None, summary=summary, remedies=(*lines, REMEDY))]
