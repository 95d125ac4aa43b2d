"""`generate`: let one version of a model draw, fetch at once what it drew, and write it with what it was drawn from.

A request that draws costs each time. It is sent once, and where its answer is lost nobody claims to know what became of it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from reconciler.api.error import Lost, Rejected, Unauthorised
from reconciler.app.chosen_version import chosen_model
from reconciler.app.drawing import (
    Generation,
    answered,
    drawer_in,
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
from reconciler.core.value import dataclass
from reconciler.files.drawn import write_drawn


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
    try:
        answer = await answered(opened, generation.asked, patience=request.patience)
    except Lost as error:
        return Outcome(missed=(lost_words(error),))
    except (Rejected, Unauthorised) as error:
        raise explained(error, generation.asked) from None
    if answer.words:
        return Outcome(missed=(answer.words,))
    results = answer.results
    for warning in dict.fromkeys(result.warning for result in results if result.warning):
        told.say(f"The API warns: {warning}")
    files: list[Path] = []

    def write(suffix: str, data: bytes, record: Mapping[str, object]) -> None:
        stem = _stem(record)
        try:
            place = write_drawn(request.folder, stem, suffix, data, record)
        except OSError as error:  # which does not always say of itself which file it is about
            raise OSError(error.errno, error.strerror or str(error), str(request.folder / stem)) from None
        files.append(place)
        told.keep(place)

    collector = ResultCollector(opened, generation.record, write)
    hosts = trusted(settings.endpoint, results, request.hosts, told.may_fetch)
    missed = await collector.collect(results, hosts, patience=request.patience, poll=poll_of(opened))
    wanted = generation.asked.body.get("num_results", 1)
    lacking = wanted - len(results) if isinstance(wanted, int) else 0
    if lacking > 0:
        missed = (*missed, f"{lacking} of {wanted} results did not come: moderation blocked them, most likely")
    return Outcome(files=tuple(files), missed=missed)


def _stem(record: Mapping[str, object]) -> str:
    """What a result is called before its suffix."""
    parts = [record["model"], record["fingerprint"], record["kind"], record["seed"]]
    return "-".join(str(part) for part in parts if part is not None)
