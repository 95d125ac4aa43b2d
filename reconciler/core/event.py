"""What an apply tells while it runs, and the report that folds out of it."""

from enum import StrEnum
from typing import Literal

from reconciler.core.ref import Ref
from reconciler.core.value import dataclass


class Outcome(StrEnum):
    """How an action ended; UNKNOWN: the answer was lost and looking could not decide."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


class EndReason(StrEnum):
    """What a report must know of an ending beside its outcome; the words for people are never read back."""

    TRAINED = "trained"
    NOTHING_TO_DO = "nothing-to-do"
    """The effect was there already."""
    WAITS_FOR_CAPTIONS = "waits-for-captions"
    NO_CAPACITY = "no-capacity"
    ANOTHER_APPLY = "another-apply"
    OTHER_FAMILY = "other-family"
    """The first answer shows that the account, or the project, is of another family than the manifests."""
    INTERRUPTED = "interrupted"
    NAME_KEPT = "name-kept"
    """The API does not rename an adopted object, which goes on under the name that people gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An action begins. `at` is seconds since the apply began."""

    event: Literal["started"] = "started"
    action: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed:
    """An action that takes long tells how far it is; `total` 0 where nobody knows."""

    event: Literal["progressed"] = "progressed"
    action: str
    at: float
    text: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InTraining:
    """An action waits for the end of a training; told at the beginning and after each look.

    `began` is when it was started, in seconds since the apply began; None where that was before the apply, and nobody
    knows when. `text` says how it came about.
    """

    event: Literal["in-training"] = "in-training"
    action: str
    at: float
    began: float | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttled:
    """A request waits for the rate limit, or after a 429."""

    event: Literal["throttled"] = "throttled"
    at: float
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """An action ended. `detail` says what was done, or why not and what to do; `id` is the live object's."""

    event: Literal["finished"] = "finished"
    action: str
    at: float
    outcome: Outcome
    detail: str = ""
    id: int | None = None
    exit_code: int = 0
    """The exit code that this ending asks for: 1 failed, 4 another apply at work, 5 deadline met; 0 none."""
    reason: EndReason | None = None


Event = Started | Progressed | InTraining | Throttled | Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One action and how it ended."""

    action: str
    ref: Ref
    outcome: Outcome
    detail: str = ""
    id: int | None = None
    """The live object's."""
    exit_code: int = 0
    reason: EndReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole apply: one result for every planned action, in the plan's order."""

    results: tuple[Result, ...]
    calls: int
    seconds: float
    is_simulated: bool = False
    """Are the seconds those of a simulated server?"""
    interrupted: bool = False
    notes: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in self.results)
