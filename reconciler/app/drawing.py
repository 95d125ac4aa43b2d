"""One version that draws: what it is, the request for an order, and what becomes of the answer. The request is sent once."""

from collections.abc import Callable, Iterator
from dataclasses import field, replace

from reconciler.api.error import CallFailed, Rejected, Unauthorised
from reconciler.api.generation import JobState, Result
from reconciler.api.operation import Sending
from reconciler.app.exceptions import Refused, refused
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.simulated_waits import at_least
from reconciler.core.desired import Desired
from reconciler.core.diff.election import ModelMember
from reconciler.core.generation.body import Asked, asked
from reconciler.core.generation.declared import declared_drawer
from reconciler.core.guide import LEGACY_END_WORDS, PrefixGuide
from reconciler.core.live import ModelStatus, RemoteModel, called
from reconciler.core.order import Drawer, Order
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass

POLL = 2.0
"""Seconds between two looks at what is not ready."""

RETIRED = (403, 404, 410)
"""Statuses by which the first version of the API may say that the whole family is retired (V01)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One request that is about to be sent: the version that draws, and what is kept of it beside each result."""

    member: ModelMember
    drawer: Drawer
    asked: Asked
    record: dict[str, object] = field(repr=False)

    def notes(self) -> Iterator[str]:
        """What a person should know of a request that is about to be paid for: clauses."""
        if self.asked.is_job:
            return
        yield f"{LEGACY_END_WORDS} (docs/families.md)"
        if "prompt" not in self.asked.body:
            return
        if not self.drawer.prefix:
            yield "the API shows no prefix of this model, so the prompt is sent as it is"
        elif self._runs_together:
            yield "the prefix of this model ends without a space, and the prompt stands right behind it: begin that with one"
        if not self.asked.sent_prompt.isascii():
            yield "the documents ask for prompts in English without special characters"

    @property
    def _runs_together(self) -> bool:
        """Does the prompt stand right behind the prefix, without a space between?"""
        prefix = self.drawer.prefix
        prompt = self.asked.sent_prompt.removeprefix(prefix)
        return len(prompt) < len(self.asked.sent_prompt) and not prefix[-1].isspace() and not prompt[:1].isspace()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a request gave: results; or the words why there are none, and whether asking again could change that."""

    results: tuple[Result, ...] = ()
    words: str = ""
    is_final: bool = True


def drawer_in(desired: Desired, ref: Ref) -> Drawer:
    """The model as its manifest describes it."""
    model = desired.models[ref]
    return declared_drawer(model, desired.projects[desired.datasets[model.dataset].project])


async def live_drawer(opened: Session, planned: Planned, ref: Ref, member: ModelMember) -> Drawer:
    """The version as the account has it. Refused where it does not draw at all."""
    found = await opened.client.get_drawer(member.model.id)
    if found is None or found[0].is_gone:
        raise refused("generation-model", f"{called(member.model)} is gone")
    model, prefix = found
    if model.status is not ModelStatus.COMPLETED:
        raise refused("generation-model", f"{called(model)} is {model.word}, and only trained models draw")
    declared = drawer_in(planned.desired, ref)
    return replace(
        declared,
        version=model.training_version or declared.version,
        prefix=(_prefix_of_dataset(planned, model) if prefix is None else prefix) or "",
        is_expert=declared.is_expert if model.training_mode is None else model.training_mode == "expert",
        checkpoints=model.checkpoint_steps or (),
    )


def _prefix_of_dataset(planned: Planned, model: RemoteModel) -> str | None:
    """The prefix of the dataset that a model was trained on, which cannot have changed since: a completed one is frozen."""
    dataset = planned.observed.datasets.get(model.dataset_id or 0)
    guide = None if dataset is None else dataset.guide
    return guide.text if isinstance(guide, PrefixGuide) else None


def generation_of(member: ModelMember, drawer: Drawer, order: Order) -> Generation:
    """The request for an order that the rules allow."""
    wanted = asked(order, drawer, member.model.id)
    record: dict[str, object] = {
        "model": drawer.ref.name,
        "version": member.name.version,
        "fingerprint": member.name.fingerprint,
        "training_version": drawer.version or "fibo",
        "kind": order.draws.value,
        "operation": wanted.operation,
        "prompt": order.prompt,
        "sent_prompt": wanted.sent_prompt,
        "seed": order.given.get("seed"),
        "checkpoint": order.checkpoint,
        "parameters": dict(wanted.recorded),
    }
    return Generation(member=member, drawer=drawer, asked=wanted, record=record)


async def answered(
    opened: Session,
    wanted: Asked,
    *,
    patience: float,
    sending: Sending | None = None,
    note_job: Callable[[str], None] = lambda _job: None,
) -> Answered:
    """Send the request once, and wait for a job that it begins. CallFailed where its answer is no answer.

    `note_job` is told of the id of a job before anything else is asked.
    """
    if not wanted.is_job:
        drawn = await opened.client.draw(wanted.operation, wanted.body, wanted.ids, sending)
        return Answered(results=drawn.results)
    job = await opened.client.begin_drawing(wanted.operation, wanted.body, sending)
    note_job(job)
    return await ended(opened, job, patience, is_new=True)


async def ended(opened: Session, job: str, patience: float, *, is_new: bool = False) -> Answered:
    """Ask for the status of a job until it ends, or the patience does. To ask costs nothing, and a 429 is waited for.

    Each question counts towards the rate limit, so a new job is not asked for at once, and pauses grow.
    """
    end = opened.clock.now() + patience
    pauses = _pauses(poll_of(opened))
    if is_new:
        await opened.clock.sleep(next(pauses))
    while True:
        try:
            status = await opened.client.get_drawing(job)
        except CallFailed as error:
            if error.status == 429 and opened.clock.now() < end:
                continue
            words = f"job {job}: whether it drew anything is unknown, its status cannot be read: {error.message}"
            return Answered(words=words, is_final=False)
        if status.result is not None:
            return Answered(results=(status.result,))
        if status.state is not JobState.RUNNING:
            return Answered(words=f"job {job} failed: {status.words or status.state.value}")
        if opened.clock.now() >= end:
            words = f"job {job} still runs after {patience:g} s, and what it draws is not waited for any longer"
            return Answered(words=words, is_final=False)
        await opened.clock.sleep(next(pauses))


def _pauses(first: float) -> Iterator[float]:
    """Half as long again each time, up to five times the first."""
    most, pause = first * 5, first
    while True:
        yield pause
        pause = min(pause * 1.5, most)


def poll_of(opened: Session) -> float:
    """Seconds between two looks at what is not ready."""
    return at_least(POLL, 0.1, opened.client.server_time)


def lost_words(error: CallFailed) -> str:
    """What is known where an answer was lost: nothing."""
    return (
        f"the answer to {error.operation} is lost: {error.message}. Whether anything was drawn and paid for is unknown, "
        "and nothing was sent again. Generate once more only if you accept to pay twice"
    )


def explained(error: Rejected | Unauthorised, wanted: Asked) -> CallFailed | Refused:
    """An answer of the first version that may mean the end of the family, and not that a model is missing (V01)."""
    if wanted.is_job or error.status not in RETIRED:
        return error
    words = f"{error.message}; the model is there, so this may be the announced end of its family ({LEGACY_END_WORDS})"
    return type(error)(error.operation, words, error.status)
