"""What is to become of a declared model, given its live versions: the one place that decides when money is spent."""

from collections.abc import Iterable
from enum import StrEnum

from reconciler.core.desired import DesiredModel
from reconciler.core.diff.election import ALIVE, ModelMember, elect_model, newest_model
from reconciler.core.live import ModelStatus
from reconciler.core.value import dataclass


class Course(StrEnum):
    """What is to become of a declared model: the answer of the comparison, before a plan is made of it.

    `ModelStatus` is what the API says of one live model, and `State` is what a plan tells of an object that it leaves as
    it is. Two courses (STARTS, TRAINS) become a change and so have no state.
    """

    STANDS = "stands"
    """The version that git asks for is live."""
    STARTS = "starts"
    """It is live, was never started, and is to be."""
    FAILED = "failed"
    STOPPED = "stopped"
    UNSETTLED = "unsettled"
    """It has a status that says neither that it lives nor that it ended."""
    KEPT = "kept"
    """Another version stays in force (`retrain: never`)."""
    WAITS = "waits"
    """The training of a superseded version must end first."""
    TRAINS = "trains"
    """A new version is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The course, the version it is about, and trainings to stop before (superseded ones)."""

    course: Course
    member: ModelMember | None = None
    stops: tuple[ModelMember, ...] = ()

    @property
    def spends(self) -> bool:
        return self.course in (Course.STARTS, Course.TRAINS)


def decide(
    model: DesiredModel, fingerprint: str, versions: Iterable[ModelMember], *, retry: bool = False, start: bool = False
) -> Decision:
    """The course of a model whose desired fingerprint is given.

    `retry` is a person's order to train what failed or was stopped, `start` to start in spite of `start: false`.
    """
    versions = tuple(versions)
    if elected := elect_model(versions, fingerprint):
        starts = elected[0].model.is_startable and (model.policy.start or start)
        return Decision(course=Course.STARTS if starts else Course.STANDS, member=elected[0])
    ended = _ended(model, fingerprint, versions, retry=retry)
    return ended or _anew(model, versions, spends=model.policy.start or start)


def failures(fingerprint: str, versions: Iterable[ModelMember]) -> int:
    """How often a training of this fingerprint failed, counted from what is live."""
    return sum(m.name.fingerprint == fingerprint and m.model.status is ModelStatus.FAILED for m in versions)


def _ended(model: DesiredModel, fingerprint: str, versions: tuple[ModelMember, ...], *, retry: bool) -> Decision | None:
    """The newest one of this definition failed, was stopped, or is not settled; None where it is to be trained."""
    same = [member for member in versions if member.name.fingerprint == fingerprint and not member.model.is_gone]
    if not same:
        return None
    last = max(same, key=lambda member: (member.name.version, member.model.id))
    if last.model.status not in (ModelStatus.FAILED, ModelStatus.STOPPED, ModelStatus.STOPPING):
        return Decision(course=Course.UNSETTLED, member=last)
    # A training that is still being stopped has not ended yet: `--retry` counts once it has.
    if retry and last.model.status is not ModelStatus.STOPPING:
        return None
    if last.model.status is not ModelStatus.FAILED:
        return Decision(course=Course.STOPPED, member=last)
    # The first training is no retry, so one more failure than `retries` is allowed.
    again = model.policy.on_failure == "retrain" and failures(fingerprint, versions) <= model.policy.retries
    return None if again else Decision(course=Course.FAILED, member=last)


def _anew(model: DesiredModel, versions: tuple[ModelMember, ...], *, spends: bool) -> Decision:
    """No version of this definition is live: make one, unless the policy keeps or waits for another."""
    alive = [member for member in versions if member.model.status in ALIVE]
    newest = newest_model(alive)
    if newest is not None and model.policy.retrain == "never":
        return Decision(course=Course.KEPT, member=newest)
    running = tuple(member for member in alive if member.model.status is ModelStatus.IN_PROGRESS)
    if running and spends and model.policy.on_superseded == "wait":
        return Decision(course=Course.WAITS, member=running[-1])
    return Decision(course=Course.TRAINS, member=newest, stops=running if spends else ())
