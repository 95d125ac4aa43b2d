"""`generate`: let one version of a model draw, fetch at once what it drew, and write it with what it was drawn from.

A request that draws costs each time. It is sent once, and where its answer is lost nobody claims to know what became of it.
"""

import asyncio
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from reconciler.api.error import Lost, Rejected, Unauthorised
from reconciler.app.chosen_version import chosen_model
from reconciler.app.drawing import (
    Answered,
    Generation,
    answered,
    drawer_in,
    ended,
    explained,
    generation_of,
    live_drawer,
    lost_words,
    poll_of,
)
from reconciler.app.exceptions import WrongUsage, refused, undeclared
from reconciler.app.generation_results import ResultCollector, trusted
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.core.desired import Desired
from reconciler.core.generation.rules import misfit, misuse, wrong_model
from reconciler.core.generation.wrong import Wrong
from reconciler.core.order import Drawer, Order
from reconciler.core.ref import Ref
from reconciler.core.text import shown
from reconciler.core.value import dataclass
from reconciler.files.drawn import write_drawn
from reconciler.files.job_note import NoJobNote, forget_job, note_job, read_job_note

GENERATED: Final = "generated"
"""The folder of results, where nobody names another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsRequest:
    """Where results of a model go, from which hosts they may come, and for how many seconds they are looked for."""

    ref: Ref
    folder: Path
    hosts: tuple[str, ...] = ()
    patience: float = 600.0

    def taking_up(self, job: str) -> str:
        """The command that takes a job up later."""
        where = "" if self.folder == Path(GENERATED) else f" --out {shlex.quote(str(self.folder))}"
        return f"reconciler generate {self.ref.name} --job {job}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateRequest(ResultsRequest):
    """What is asked for, and where it goes. `version` is an alias, a number as `v2`, a fingerprint, `current`, or empty."""

    order: Order
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest(ResultsRequest):
    """A job that was begun before, by its id, and where what it draws goes."""

    job: str


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


def require_order(desired: Desired, request: GenerateRequest) -> None:
    """Hold an order against the rules and the manifest, before anything is sent.

    Which version draws is known only to the account where one is named, so the rules for its model wait until then.
    """
    if request.ref not in desired.models:
        raise undeclared(request.ref, desired.refs)
    _require(misuse(request.order))
    if not request.version:
        _require_fit(request.order, drawer_in(desired, request.ref))


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
    drawer = await live_drawer(opened, planned, request.ref, member)
    _require_fit(request.order, drawer)
    return generation_of(member, drawer, request.order)


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
    jobs: list[str] = []

    def note(job: str) -> None:
        jobs.append(job)
        _note(request, job, generation.record, told)

    try:
        answer = await answered(opened, generation.asked, patience=request.patience, note_job=note)
        outcome = await _fetched(opened, settings, answer, generation.record, request, told)
    except Lost as error:
        return Outcome(missed=(lost_words(error),))
    except (Rejected, Unauthorised) as error:
        raise explained(error, generation.asked) from None
    except asyncio.CancelledError:
        for job in jobs:
            told.say(f"Job {job} goes on: `{request.taking_up(job)}` fetches what it draws, and costs nothing.")
        raise
    if jobs:
        return _closed(request, jobs[0], answer, outcome, keeps=not answer.is_final)
    wanted = generation.asked.body.get("num_results", 1)
    lacking = wanted - len(answer.results) if isinstance(wanted, int) else 0
    if lacking > 0:
        words = f"{lacking} of {wanted} results did not come: moderation blocked them, most likely"
        outcome = replace(outcome, missed=(*outcome.missed, words))
    return outcome


async def take_up(opened: Session, settings: Settings, request: JobRequest, told: Told) -> Outcome:
    """Fetch what a job drew that was begun before, by the note that lies in the folder of the results. It costs nothing.

    WrongUsage where there is no such note, or where it is about another model.
    """
    folder = shown(str(request.folder))
    try:
        record = read_job_note(request.folder, request.job)
    except NoJobNote as error:
        raise WrongUsage(f"--job: {folder} {error}.") from None
    if record["model"] != request.ref.name:
        raise WrongUsage(
            f"--job: by the note in {folder} it draws with {record['model']}, not with {request.ref.name}."
        )
    answer = await ended(opened, request.job, request.patience)
    outcome = await _fetched(opened, settings, answer, record, request, told)
    return _closed(request, request.job, answer, outcome, keeps=True)


def _note(request: ResultsRequest, job: str, record: Mapping[str, object], told: Told) -> None:
    try:
        note_job(request.folder, job, record)
    except OSError as error:
        told.say(f"Job {job} could not be noted on the disk ({error.strerror}), so no later run can take it up.")


def _closed(request: ResultsRequest, job: str, answer: Answered, outcome: Outcome, *, keeps: bool) -> Outcome:
    """The note goes once the result is there, or the job has failed; else it stays, and the way on is said.

    A job that the API does not know may be one of another account: `keeps` says that its note stays all the same.
    """
    is_whole = bool(outcome.files) and not outcome.missed
    if is_whole or not (answer.results or keeps):
        forget_job(request.folder, job)
        return outcome
    way = f"`{request.taking_up(job)}` looks again, and costs nothing"
    return replace(outcome, missed=(*outcome.missed[:-1], f"{outcome.missed[-1]}; {way}"))


async def _fetched(
    opened: Session,
    settings: Settings,
    answer: Answered,
    record: Mapping[str, object],
    request: ResultsRequest,
    told: Told,
) -> Outcome:
    """Fetch results and write them, each as soon as it is there."""
    if answer.words:
        return Outcome(missed=(answer.words,))
    results = answer.results
    for warning in dict.fromkeys(result.warning for result in results if result.warning):
        told.say(f"The API warns: {warning}")
    files: list[Path] = []

    def write(suffix: str, data: bytes, about: Mapping[str, object]) -> None:
        stem = _stem(about)
        try:
            place = write_drawn(request.folder, stem, suffix, data, about)
        except OSError as error:  # which does not always say of itself which file it is about
            raise OSError(error.errno, error.strerror or str(error), str(request.folder / stem)) from None
        files.append(place)
        told.keep(place)

    collector = ResultCollector(opened, record, write)
    hosts = trusted(settings.endpoint, results, request.hosts, told.may_fetch)
    missed = await collector.collect(results, hosts, patience=request.patience, poll=poll_of(opened))
    return Outcome(files=tuple(files), missed=missed)


def _stem(record: Mapping[str, object]) -> str:
    """What a result is called before its suffix."""
    parts = [record["model"], record["fingerprint"], record["kind"], record["seed"]]
    return "-".join(str(part) for part in parts if part is not None)
