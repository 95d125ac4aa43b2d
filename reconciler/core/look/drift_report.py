"""What differs between git and the live side, as values, and which differences an ignore rule hides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from reconciler.core.look.ignore import Ignore
from reconciler.core.reason import Reason
from reconciler.core.ref import Ref
from reconciler.core.state import Unchanged
from reconciler.core.value import dataclass


class Cause(StrEnum):
    """Where a difference comes from, as far as it can be told."""

    CONSOLE = "console"
    DELETED = "deleted"
    """It was live, and git asks for it still: the console deleted it, or this tool did (`destroy`)."""
    EITHER = "console or git"
    GIT = "git"
    PROGRESS = "in progress"
    HELD = "held"
    """It waits for another object: one that was refused, or is a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that differs or is under way. `differs` is False where waiting is all that is left to do.

    `field` is the one field that differs, `strays` for what git does not know, empty for the object as a whole. `rest`
    belongs to the text, and is put into words when it is printed.
    """

    ref: Ref
    cause: Cause
    text: str
    rest: Reason | Unchanged | None = None
    field: str = ""
    differs: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ill:
    """An object that is as declared and yet does not serve."""

    ref: Ref
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A difference that is hidden, and the rule that says why."""

    drift: Drift
    rule: Ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """All that differs, the worst cause first, what is ignored, rules that are over, and what does not serve.

    `idle` are rules about an object that git does not declare; `declared` the objects that it does.
    """

    drifts: tuple[Drift, ...] = ()
    ills: tuple[Ill, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    expired: tuple[Ignore, ...] = ()
    idle: tuple[Ignore, ...] = ()
    declared: frozenset[Ref] = frozenset()

    @property
    def differs(self) -> bool:
        return any(drift.differs for drift in self.drifts)


def leave_out(found: DriftReport, rules: Sequence[Ignore], today: date) -> DriftReport:
    """The same without the differences that a rule ignores on this day; what is only under way stays."""
    in_force = [rule for rule in rules if not rule.is_over(today)]
    drifts: list[Drift] = []
    ignored: list[Ignored] = []
    for drift in found.drifts:
        rule = next((rule for rule in in_force if drift.differs and rule.fits(drift.ref, drift.field)), None)
        if rule is None:
            drifts.append(drift)
        else:
            ignored.append(Ignored(drift=drift, rule=rule))
    expired = tuple(rule for rule in rules if rule.is_over(today))
    idle = tuple(rule for rule in in_force if rule.ref not in found.declared)
    return replace(found, drifts=tuple(drifts), ignored=tuple(ignored), expired=expired, idle=idle)
