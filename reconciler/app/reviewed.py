"""What was reviewed binds what is done: an apply that would do anything else is refused before its first request."""

from collections.abc import Iterable

from reconciler.app.exceptions import Refused
from reconciler.app.saved import read_saved
from reconciler.core.plan import Plan
from reconciler.core.planning.review_binding import beyond, differences, meaning
from reconciler.core.planning.stale_plan import REMEDY, other_overlay
from reconciler.core.refusal import Refusal
from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Plans that somebody looked at, the newest first. An exact one must be done as a whole; of others a part will do."""

    plans: tuple[Plan, ...]
    is_exact: bool

    @classmethod
    def read(cls, *paths: str, is_exact: bool) -> "Review":
        """From plan files; as `read_saved`, refused where one is damaged and WrongUsage where there is none."""
        return cls(plans=tuple(map(read_saved, paths)), is_exact=is_exact)

    def require(self, now: Plan) -> None:
        """Refused where what is to be done now is not what was reviewed, or where that was refused itself."""
        others = [other for plan in self.plans if (other := other_overlay(plan, now)) is not None]
        if others:
            raise Refused(others[:1])
        found = (
            _beyond(self.plans, now) if not self.is_exact else [*_refused(self.plans), *_unequal(self.plans[0], now)]
        )
        if found:
            raise Refused(found)

    def leaves_out(self, now: Plan) -> bool:
        """Is there anything that was reviewed last and is not to be done now?"""
        return bool(set(meaning(self.plans[0])) - set(meaning(now)))


def _refused(plans: Iterable[Plan]) -> list[Refusal]:
    """What a plan refused about an object was not reviewed to be done."""
    return [refusal for plan in plans for refusal in plan.refusals if refusal.ref is not None]


def _unequal(reviewed: Plan, now: Plan) -> list[Refusal]:
    lines = differences(reviewed, now)
    if not lines:
        return []
    summary = "what would be done now is not what was reviewed (- only reviewed, + only now)"
    way = "Nothing is left to do: was it applied before?" if now.is_empty and not now.refusals else REMEDY
    return [Refusal(rule="plan-not-equal", ref=None, summary=summary, remedies=(*lines, way))]


def _beyond(reviewed: Iterable[Plan], now: Plan) -> list[Refusal]:
    lines = beyond(reviewed, now)
    if not lines:
        return []
    summary = "more would be done now than was reviewed (+ not reviewed)"
    return [Refusal(rule="plan-beyond", ref=None, summary=summary, remedies=(*lines, REMEDY))]
