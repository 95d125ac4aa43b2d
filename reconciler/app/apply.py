"""Execute a plan, write the journal, and fold what happened into a report."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from reconciler.api.observer import Exchange
from reconciler.app.archives import open_archives
from reconciler.app.images import images_of, require_content
from reconciler.app.planning import Planned
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.app.simulated_waits import in_server_time
from reconciler.clock import is_simulated
from reconciler.core.account import Account, pin_to_add
from reconciler.core.event import Event, Report
from reconciler.core.plan import Plan
from reconciler.core.run.report import fold
from reconciler.core.value import dataclass
from reconciler.execute import Brake, Narrator, Options, Wait, execute
from reconciler.files.journal import JournalFailed, JournalFile
from reconciler.files.simulated_account import OWN_FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class RunControl:
    """How a run is controlled: what is waited for, how it is stopped, who is told of it, and the journal."""

    wait: Wait
    brake: Brake
    narrator: Narrator
    on_event: Callable[[Event], None]


async def apply(opened: Session, settings: Settings, planned: Planned, plan: Plan, control: RunControl) -> Report:
    """Do what `plan` says. It must be `planned.plan` or a part of it.

    ProblemsFound and Refused, if at all, before the first request.
    """
    _collect_as_usual()
    options = Options(
        settle=settings.settle,
        concurrency=settings.concurrency,
        wait=control.wait,
        brake=control.brake,
        archives=await open_archives(plan, settings),
    )
    before, began = opened.client.calls, opened.clock.now()
    events: list[Event] = []
    with images_of(settings.root) as images:
        require_content(plan, planned.desired, images.tree)
        running = execute(
            plan,
            client=opened.client,
            images=images,
            journal=control.narrator,
            clock=opened.clock,
            options=in_server_time(options, opened.client.server_time),
        )
        async for event in running:
            events.append(event)
            control.on_event(event)
    report = fold(
        plan,
        events,
        calls=opened.client.calls - before,
        seconds=opened.clock.now() - began,
    )
    return replace(report, is_simulated=is_simulated(opened.clock))


def _collect_as_usual() -> None:
    """Look for garbage as often as Python does by itself, but not in the plan: a run may last for days and send gigabytes."""
    gc.freeze()
    gc.set_threshold(700, 10, 10)


def account_to_pin(settings: Settings, planned: Planned, plan: Plan, report: Report) -> Account | None:
    """The account to pin after a first apply; None where one is pinned, or a simulator of this process was asked."""
    if settings.account is not None or settings.endpoint.is_simulator:
        return None
    return pin_to_add(plan, report, planned.project_ids, name=settings.account_name, versions=planned.versions)


class ExchangeJournal:
    """Writes a line before each request and after each answer, for people.

    Once a line could not be written, `failure` says why and nothing more is sent.
    """

    def __init__(self, journal: JournalFile, now: Callable[[], float]) -> None:
        self._journal = journal
        self._now = now
        self.failure = ""

    def before(self, exchange: Exchange) -> None:
        """A request is about to be sent. JournalFailed prevents it."""
        try:
            self._write("before", exchange)
        except JournalFailed as error:
            self.failure = self.failure or error.strerror or "unknown reason"
            raise

    def after(self, exchange: Exchange) -> None:
        """The exchange ended. A failure is kept instead of raised: what the request did must still be reported."""
        try:
            self._write("after", exchange)
        except JournalFailed as error:
            self.failure = self.failure or error.strerror or "unknown reason"

    def _write(self, when: str, exchange: Exchange) -> None:
        self._journal.write({"at": round(self._now(), 3), "when": when, **asdict(exchange)})


@contextmanager
def journal_of(root: Path, *, mask: Callable[[str], str], now: Callable[[], float]) -> Iterator[ExchangeJournal]:
    """The journal beside the root, in `.reconciler`. JournalFailed if it cannot be written; then nothing is sent."""
    with JournalFile.open(root.absolute().parent / OWN_FOLDER, mask=mask) as journal:
        yield ExchangeJournal(journal, now)
