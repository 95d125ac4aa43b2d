"""`generate`: let one version of a model draw, fetch at once what it drew, and write it with what it was drawn from.

A request that draws costs each time. It is sent once, and where its answer is lost nobody claims to know what became of it.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace
from pathlib import Path

from reconciler.api.error import CallFailed, Lost, Rejected, Unauthorised
from reconciler.api.generation import JobState, Result
from reconciler.app.chosen_version import chosen_model
from reconciler.app.exceptions import Refused, WrongUsage, refused, undeclared
from reconciler.app.generation_results import ResultCollector, trusted
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.app.simulated_waits import at_least
from reconciler.core.desired import Desired
from reconciler.core.diff.election import ModelMember
from reconciler.core.generation.body import Asked, asked
from reconciler.core.generation.declared import declared_drawer
from reconciler.core.generation.rules import misfit, misuse, wrong_model
from reconciler.core.generation.wrong import Wrong
from reconciler.core.guide import LEGACY_END_WORDS, PrefixGuide
from reconciler.core.live import ModelStatus, RemoteModel, called
from reconciler.core.order import Drawer, Order
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass

POLL = 2.0
"""Seconds between two looks at what is not ready."""

_RETIRED = (403, 404, 410)
"""Statuses by which the first version of the API may say that the whole family is retired (V01)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest:
    """What is asked for, and where it goes. `version` is an alias, a number as `v2`, a fingerprint, `current`, or empty."""

    ref: Ref
    order: Order
    version: str = ""
    folder: Path
    hosts: tuple[str, ...] = ()
    patience: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the use case speaks with a person: sentences, and whether results may be fetched from hosts that nobody named."""

    say: Callable[[str], None]
    keep: Callable[[Path], None]
    """Told of each file as soon as it is written."""
    may_fetch: Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Files that were written, and what did not come, each with the reason."""

    files: tuple[Path, ...] = ()
    missed: tuple[str, ...] = ()


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
        if not self.asked.sent_prompt.isascii():
            yield "the documents ask for prompts in English without special characters"


def require_order(desired: Desired, request: GenerateRequest) -> None:
    """Hold an order against the rules and the manifest, before anything is sent.

    Which version draws is known only to the account where one is named, so the rules for its model wait until then.
    """
    if request.ref not in desired.models:
        raise undeclared(request.ref, desired.refs)
    _require(misuse(request.order))
    if not request.version:
        _require_fit(request.order, _drawer(desired, request.ref))


def _drawer(desired: Desired, ref: Ref) -> Drawer:
    model = desired.models[ref]
    return declared_drawer(model, desired.projects[desired.datasets[model.dataset].project])


def _require_fit(order: Order, drawer: Drawer) -> None:
    reason = wrong_model(order.draws, drawer)
    if reason is not None:
        raise refused("generation-model", reason)
    _require(misfit(order, drawer))


def _require(wrongs: Iterable[Wrong]) -> None:
    found = [wrong.words for wrong in wrongs]
    if found:
        raise WrongUsage(" ".join(f"{words[0].upper()}{words[1:]}." for words in found))


async def prepare(opened: Session, planned: Planned, request: GenerateRequest) -> Generation:
    """The version that draws and the request for it. Refused where it cannot draw this; nothing was paid for then."""
    member = chosen_model(planned, request.ref, request.version, "generation-version")
    found = await opened.client.get_drawer(member.model.id)
    if found is None or found[0].is_gone:
        raise refused("generation-model", f"{called(member.model)} is gone")
    model, prefix = found
    if model.status is not ModelStatus.COMPLETED:
        raise refused("generation-model", f"{called(model)} is {model.word}, and only trained models draw")
    declared = _drawer(planned.desired, request.ref)
    drawer = replace(
        declared,
        version=model.training_version or declared.version,
        prefix=(_prefix_of_dataset(planned, model) if prefix is None else prefix) or "",
        is_expert=declared.is_expert if model.training_mode is None else model.training_mode == "expert",
        checkpoints=model.checkpoint_steps or (),
    )
    _require_fit(request.order, drawer)
    wanted = asked(request.order, drawer, member.model.id)
    record: dict[str, object] = {
        "model": request.ref.name,
        "version": member.name.version,
        "fingerprint": member.name.fingerprint,
        "training_version": drawer.version or "fibo",
        "kind": request.order.draws.value,
        "operation": wanted.operation,
        "prompt": request.order.prompt,
        "sent_prompt": wanted.sent_prompt,
        "seed": request.order.given.get("seed"),
        "checkpoint": request.order.checkpoint,
        "parameters": dict(wanted.recorded),
    }
    return Generation(member=member, drawer=drawer, asked=wanted, record=record)


def _prefix_of_dataset(planned: Planned, model: RemoteModel) -> str | None:
    """The prefix of the dataset that a model was trained on, which cannot have changed since: a completed one is frozen."""
    dataset = planned.observed.datasets.get(model.dataset_id or 0)
    guide = None if dataset is None else dataset.guide
    return guide.text if isinstance(guide, PrefixGuide) else None


async def generate(
    opened: Session, settings: Settings, generation: Generation, request: GenerateRequest, told: Told
) -> Outcome:
    """Send the request once, wait for its results, and write them."""
    for note in generation.notes():
        told.say(f"Note: {note}.")
    try:
        return await _generated(opened, settings, generation, request, told)
    except asyncio.CancelledError:
        told.say(
            "Stopped while a request that costs was under way: what it draws is paid for, and not all was fetched."
        )
        raise


async def _generated(
    opened: Session, settings: Settings, generation: Generation, request: GenerateRequest, told: Told
) -> Outcome:
    try:
        results = await _drawn(opened, generation, request)
    except Lost as error:
        return Outcome(missed=(_unknown(error),))
    except (Rejected, Unauthorised) as error:
        raise _explained(error, generation.asked) from None
    if isinstance(results, str):
        return Outcome(missed=(results,))
    for warning in dict.fromkeys(result.warning for result in results if result.warning):
        told.say(f"The API warns: {warning}")
    collector = ResultCollector(opened, request.folder, generation.record, told.keep)
    hosts = trusted(settings.endpoint, results, request.hosts, told.may_fetch)
    files, missed = await collector.collect(results, hosts, patience=request.patience, poll=_poll(opened))
    wanted = generation.asked.body.get("num_results", 1)
    lacking = wanted - len(results) if isinstance(wanted, int) else 0
    if lacking > 0:
        missed = (*missed, f"{lacking} of {wanted} results did not come: moderation blocked them, most likely")
    return Outcome(files=files, missed=missed)


def _poll(opened: Session) -> float:
    return at_least(POLL, 0.1, opened.client.server_time)


async def _drawn(opened: Session, generation: Generation, request: GenerateRequest) -> tuple[Result, ...] | str:
    """The results; or why a job has none."""
    wanted = generation.asked
    if not wanted.is_job:
        return (await opened.client.draw(wanted.operation, wanted.body, wanted.ids)).results
    job = await opened.client.begin_drawing(wanted.operation, wanted.body)
    return await _ended(opened, job, request.patience)


async def _ended(opened: Session, job: str, patience: float) -> tuple[Result, ...] | str:
    """Ask for the status of a job until it ends, or the patience does. To ask costs nothing."""
    end = opened.clock.now() + patience
    while True:
        try:
            status = await opened.client.get_drawing(job)
        except CallFailed as error:
            return f"job {job}: whether it drew anything is unknown, its status cannot be read: {error.message}"
        if status.result is not None:
            return (status.result,)
        if status.state is not JobState.RUNNING:
            return f"job {job} failed: {status.words or status.state.value}"
        if opened.clock.now() >= end:
            return f"job {job} still runs after {patience:g} s, and what it draws is not waited for any longer"
        await opened.clock.sleep(_poll(opened))


def _unknown(error: Lost) -> str:
    return (
        f"the answer to {error.operation} is lost: {error.message}. Whether anything was drawn and paid for is unknown, "
        "and nothing was sent again. Generate once more only if you accept to pay twice"
    )


def _explained(error: Rejected | Unauthorised, wanted: Asked) -> CallFailed | Refused:
    """An answer of the first version that may mean the end of the family, and not that a model is missing (V01)."""
    if wanted.is_job or error.status not in _RETIRED:
        return error
    words = f"{error.message}; the model is there, so this may be the announced end of its family ({LEGACY_END_WORDS})"
    return type(error)(error.operation, words, error.status)
