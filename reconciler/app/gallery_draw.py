"""Carries out a run of a gallery: some cases at a time, each request noted before it is sent and never sent twice."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field, replace
from hashlib import sha256
from typing import Final

from reconciler.api.error import CallFailed, Lost, Redirected, Rejected, Unauthorised, Unreachable
from reconciler.api.operation import Sending
from reconciler.api.picture import unnamed_hosts
from reconciler.app.drawing import RETIRED, Answered, Generation, answered, ended, explained, poll_of
from reconciler.app.gallery_run import Step, Task
from reconciler.app.generation import Told
from reconciler.app.generation_results import ResultCollector, trusted
from reconciler.app.session import Session
from reconciler.app.settings import Settings
from reconciler.core.order import MOST_BYTES, Order, Picture
from reconciler.core.strictjson import Value
from reconciler.core.text import count, shown
from reconciler.core.value import dataclass
from reconciler.files.gallery_note import SubmitNote
from reconciler.files.gallery_writer import GalleryWriter

AT_ONCE: Final = 8
"""Cases that are drawn at the same time, however many requests may be under way: each holds its pictures in memory."""

LONGEST_TURN: Final = 3600.0
"""Seconds for which a request waits where the API answers 429 all the time, as while an apply is at work."""

MOST_LOST: Final = 2
"""Answers that may be lost in a row. Where the API is ill, more requests would only leave more cases unknown."""

_NOTHING_DONE: Final = (Rejected, Redirected, Unauthorised, Unreachable)
"""How a request can fail that certainly drew nothing."""


_DONE: Final = {
    Step.DRAW: "drawn",
    Step.TAKE_UP: "fetched from the job that was begun before",
    Step.FINISH: "was there already, and has its record now",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a case ended: the file below the root, or the words why there is none."""

    task: Task
    file: str = ""
    words: str = ""


class _Stop(Exception):
    """No further request makes sense. Carries how the case ended that showed it."""


@dataclass(slots=True, kw_only=True)
class GalleryDrawing:
    """One run at work. `endings` are those of the tasks that were begun, in the order in which they ended."""

    opened: Session
    settings: Settings
    writer: GalleryWriter
    told: Told
    hosts: tuple[str, ...]
    patience: float
    total: int = 0
    endings: list[Ending] = field(default_factory=list)
    is_stopped: bool = False
    is_asked_to_stop: bool = False
    """By a person, or by a signal."""
    _lost: int = 0
    _workers: set[asyncio.Task[None]] = field(default_factory=set)
    _sent: set[asyncio.Task[None]] = field(default_factory=set)
    """Those with a request under way that may have an effect."""
    _answers: dict[tuple[str, ...], bool] = field(default_factory=dict)

    async def draw(self, tasks: Sequence[Task]) -> None:
        """All tasks, what costs nothing first. Cancelled where a person stops the run: what is under way is told."""
        self.total = len(tasks)
        waiting = sorted(tasks, key=lambda task: task.step is Step.DRAW)
        try:
            first = next((task for task in waiting if task.step is Step.DRAW), None)
            if self._may_be_elsewhere and first is not None:
                # Nobody knows yet where results lie: one is enough to find out.
                waiting.remove(first)
                await self._work([first], workers=1)
            await self._work(waiting, workers=min(self.settings.concurrency, AT_ONCE))
        except asyncio.CancelledError:
            if self._sent:
                self._say_stopped()
            raise

    @property
    def _may_be_elsewhere(self) -> bool:
        """Do results lie at hosts of which nobody knows yet whether they were named?"""
        endpoint = self.settings.endpoint
        return not endpoint.is_simulator and not endpoint.is_loopback

    def stop(self) -> None:
        """Send nothing more. What was sent is paid for, and is fetched; called once more, that ends too."""
        is_hard, self.is_stopped, self.is_asked_to_stop = self.is_asked_to_stop, True, True
        if self._sent and is_hard:
            self._say_stopped()
        elif self._sent:
            words = f"Stopping: {count(len(self._sent), 'case')} under way, fetched first. Once more ends at once."
            self.told.say(words)
        for worker in self._workers if is_hard else self._workers - self._sent:
            worker.cancel()

    def _say_stopped(self) -> None:
        sent = count(len(self._sent), "case")
        self.told.say(f"Stopped: {sent} under way. Run it again: it says what is known of them.")

    async def _work(self, tasks: Sequence[Task], *, workers: int) -> None:
        pending = iter(tasks)
        self._workers = {asyncio.create_task(self._worker(pending)) for _ in range(workers)}
        ended_with = await asyncio.gather(*self._workers, return_exceptions=True)
        for error in ended_with:
            # Where a person stopped the run, workers were cancelled.
            was_meant = self.is_asked_to_stop and isinstance(error, asyncio.CancelledError)
            if isinstance(error, BaseException) and not was_meant:
                raise error

    async def _worker(self, pending: Iterator[Task]) -> None:
        for task in pending:
            if self.is_stopped:
                return
            await self._one(task)

    async def _one(self, task: Task) -> None:
        try:
            ending = await self._drawn(task)
        except _Stop as stop:
            self.is_stopped = True
            ending = Ending(task=task, words=str(stop))
        self._sent.discard(_this())
        self.endings.append(ending)
        self._tell(ending)

    def _tell(self, ending: Ending) -> None:
        place = f"[{len(self.endings)}/{self.total}] {ending.task.name}"
        if ending.file:
            self.told.say(f"{place}: {_DONE[ending.task.step]}")
            self.told.keep(self.settings.root / ending.file)
        else:
            self.told.say(f"{place}: {ending.words}")

    async def _drawn(self, task: Task) -> Ending:
        match task.step:
            case Step.FINISH:
                assert task.note is not None
                return self._finished(task, task.note)
            case Step.TAKE_UP:
                assert task.note is not None
                answer = await ended(self.opened, task.note.job, self.patience)
                return await self._fetched(task, task.generation(), task.note, answer)
            case Step.DRAW:
                return await self._submitted(task)

    def _finished(self, task: Task, note: SubmitNote) -> Ending:
        try:
            return Ending(task=task, file=self.writer.finish(task.column, task.case.name, note))
        except OSError as error:
            raise _Stop(f"its record could not be written: {error.strerror or error}") from None

    async def _submitted(self, task: Task) -> Ending:
        """Send the request, noted on the disk while it may have an effect, and note what came of it."""
        order = self._with_content(task.order)
        if isinstance(order, str):
            return Ending(task=task, words=order)
        generation = task.generation(order)
        note = SubmitNote(definition=task.case.definition, operation=generation.asked.operation)
        jobs: list[str] = []

        def note_job(job: str) -> None:
            jobs.append(job)
            self._note(task, replace(note, job=job))

        def before() -> None:
            self._require_going()
            self.writer.submit(task.column, task.case.name, note)
            self._sent.add(_this())

        def undone() -> None:
            self._forget(task)
            self._require_going()

        sending = Sending(before=before, undone=undone)
        try:
            answer = await self._answered(generation, sending, note_job)
        except OSError as error:
            raise _Stop(f"nothing was sent, as its result could not be written: {error.strerror or error}") from None
        except _NOTHING_DONE as error:
            self._forget(task)
            return self._undone(task, error, generation)
        except Lost as error:
            words = f"the answer to {error.operation} is lost: {error.message}; {_asked(task)}"
            self._lost += 1
            if self._lost >= MOST_LOST:
                raise _Stop(words) from None
            return Ending(task=task, words=words)
        self._lost = 0
        return await self._fetched(task, generation, replace(note, job=jobs[0] if jobs else ""), answer)

    async def _answered(self, generation: Generation, sending: Sending, note_job: Callable[[str], None]) -> Answered:
        """The answer; a 429 had no effect, so the request waits for its turn as long as an apply may take."""
        end = self.opened.clock.now() + LONGEST_TURN
        while True:
            try:
                return await answered(
                    self.opened, generation.asked, patience=self.patience, sending=sending, note_job=note_job
                )
            except Unreachable as error:
                if error.status != 429 or self.opened.clock.now() >= end:
                    raise
                sending.undone()

    def _require_going(self) -> None:
        """A request that still waits for its turn is not sent once the run is ending."""
        if self.is_stopped:
            raise _Stop("nothing was sent: the run is ending")

    def _undone(self, task: Task, error: CallFailed, generation: Generation) -> Ending:
        """Nothing was drawn. What is about the account or the family is the same for every case, and ends the run."""
        told: Exception = error
        if isinstance(error, Rejected | Unauthorised):
            told = explained(error, generation.asked)
        words = f"nothing was drawn: {told.message if isinstance(told, CallFailed) else told}"
        if not isinstance(error, Rejected) or error.status in RETIRED:
            raise _Stop(words)
        return Ending(task=task, words=words)

    async def _fetched(self, task: Task, generation: Generation, note: SubmitNote, answer: Answered) -> Ending:
        """Fetch the result and write it. What did not come is noted: a job may be asked again, an address is not kept."""
        if answer.words or not answer.results:
            words = answer.words or "no result came: moderation blocked it, most likely"
            if answer.is_final:
                self._note(task, replace(note, ended=words))
            return Ending(task=task, words=f"{words}; {_asked(task)}" if answer.is_final else words)
        result = answer.results[0]
        if result.warning:
            self.told.say(f"{task.name}: the API warns: {result.warning}")
        kept = _Kept()

        def write(suffix: str, data: bytes, record: Mapping[str, object]) -> None:
            whole: dict[str, Value] = {**record, "case": task.case.name, "definition": task.case.definition}  # type: ignore[dict-item]  # plain values
            done = replace(note, file=f"{task.case.name}.{suffix}", record=whole)
            try:
                kept.file = self.writer.keep(task.column, task.case.name, done, data, over=task.is_over)
            except OSError as error:
                kept.is_refused = not isinstance(error, FileExistsError)
                raise

        hosts = trusted(self.settings.endpoint, [result], self.hosts, self._may_fetch)
        collector = ResultCollector(self.opened, generation.record, write)
        missed = await collector.collect([result], hosts, patience=self.patience, poll=poll_of(self.opened))
        if kept.file:
            return Ending(task=task, file=kept.file)
        words = missed[0]
        if not note.job and not kept.is_refused:
            self._note(task, replace(note, ended=words))
        way = "run it again to fetch it" if note.job else _asked(task)
        if kept.is_refused or unnamed_hosts([result.address], hosts):
            raise _Stop(f"{words}; {way}")
        return Ending(task=task, words=f"{words}; {way}")

    def _may_fetch(self, hosts: Sequence[str]) -> bool:
        """A person is asked once about the same hosts."""
        key = tuple(hosts)
        if key not in self._answers:
            self._answers[key] = self.told.may_fetch(hosts)
        return self._answers[key]

    def _with_content(self, order: Order) -> Order | str:
        """The order with its pictures read; a clause where one is not what the manifests were read with."""
        named = ""

        def read(picture: Picture) -> Picture:
            nonlocal named
            if picture.address:
                return picture
            named = picture.label
            with self.writer.tree.open_file(picture.path) as file:
                data = file.read(MOST_BYTES + 1)
            if sha256(data).hexdigest() != picture.digest:
                raise OSError(0, "it was changed in the meantime")
            return replace(picture, base64=b64encode(data).decode("ascii"))

        try:
            return order.with_pictures(read)
        except OSError as error:
            return f"nothing was sent: {shown(named)}: {error.strerror or error}"

    def _note(self, task: Task, note: SubmitNote) -> None:
        """Note it if the disk lets us: what was noted before a request was sent is there in any case."""
        with suppress(OSError):
            self.writer.note(task.column, task.case.name, note)

    def _forget(self, task: Task) -> None:
        """Nothing was drawn. Of a case that was unknown before as much is known as then."""
        self._sent.discard(_this())
        with suppress(OSError):
            if not task.was_unknown:
                self.writer.forget(task.column, task.case.name)
            elif task.note is not None:
                self.writer.note(task.column, task.case.name, task.note)


def _this() -> "asyncio.Task[None]":
    """The worker that is at work."""
    found = asyncio.current_task()
    assert found is not None
    return found


@dataclass(slots=True)
class _Kept:
    """What became of a result that was to be written."""

    file: str = ""
    is_refused: bool = False


def _asked(task: Task) -> str:
    return f"`--again {task.case.name}` pays once more"
