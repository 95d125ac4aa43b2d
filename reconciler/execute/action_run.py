"""One action at work: what it asks of the API goes through here, so that a cut-off run knows what was under way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn, TypeVar

from reconciler.api.error import CallFailed, Lost, Rejected, Unauthorised, WrongAnswer
from reconciler.core.action import Action, UploadImage
from reconciler.core.event import InTraining, Progressed, Started
from reconciler.core.kind import Kind
from reconciler.core.run.ending import Ending, failed, interrupted, left_by, unknown
from reconciler.execute.run import Election, Run

T = TypeVar("T")

MOMENT = 0.01
"""Seconds below which nothing is waited for: a rest of rounding must not be slept on for ever."""


class Ended(Exception):
    """Raised where an action is over before its last line; carries how it ended."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.detail)
        self.ending = ending


def end(ending: Ending) -> NoReturn:
    """Leave the action at once."""
    raise Ended(ending)


class ActionRun:
    """One action while it runs. It holds a slot, except while it waits."""

    def __init__(self, run: Run, action: Action, position: int, on_open: Callable[[str], None] | None = None) -> None:
        self.run = run
        self.action = action
        self._position = position
        self._on_open = on_open
        self._slots = run.upload_slots if isinstance(action.step, UploadImage) else run.slots
        self._holds = False
        self._under_way = False
        self._sent = 0

    async def enter(self) -> None:
        """Wait for the first slot. What stands on a dataset that was completed a moment ago is not kept waiting."""
        await self._slots.take((0 if self.action.ref.kind is Kind.MODEL else 1, self._position))
        self._holds = True

    def open(self) -> None:
        """What this action made is there: it may be filled while the election that this action waits for is open."""
        self.run.elections[self.action.ref, self.action.version] = Election(self.action.id)
        if self._on_open is not None:
            self._on_open(self.action.id)

    async def settled(self, moment: float) -> bool:
        """Wait until a moment from which on lists show what others made before; False where no list can be had any more."""
        run = self.run
        await self.waiting(_first(run.clock.sleep(moment - run.clock.now()), run.cut.wait()))
        if run.cut.is_set() and (election := run.elections.get((self.action.ref, self.action.version))):
            election.close(failed(f"not begun: {run.closed}", exit_code=run.closed_code))
        return not run.cut.is_set()

    def lost(self) -> Ending | None:
        """How this action ends where what it works on turned out not to count; None while nothing says so."""
        election = self.run.elections.get((self.action.ref, self.action.version))
        if election is None or election.action == self.action.id or not election.is_lost:
            return None
        return left_by(election.action, election.ending, has_begun=bool(self._sent))

    async def elected(self) -> None:
        """Return once what this action works on is known to count; where it does not, the action is over.

        Whatever costs, or cannot be undone, stands behind this: so it is never done on a draft that another apply made
        in vain. A pulled brake ends the wait, and the action.
        """
        if not await self.is_elected():
            end(self.lost() or self.cut_off())

    async def is_elected(self) -> bool:
        """The same for an action that may end well without: False where it does not count, or a person stopped the run."""
        election = self.run.elections.get((self.action.ref, self.action.version))
        if election is None:
            return True
        if not election.is_over:
            self.progress("waits until it is known whose draft counts")
            await self.waiting(_first(election.over(), self.run.options.brake.pulled()))
        return election.is_over and self.lost() is None

    def leave(self) -> None:
        """Give the slot back."""
        if self._holds:
            self._holds = False
            self._slots.give()

    async def pause(self, seconds: float) -> None:
        """Let time pass without a slot."""
        await self.waiting(self.run.clock.sleep(seconds))

    async def waiting(self, until: Awaitable[None]) -> None:
        """Wait for something without a slot."""
        self.leave()
        await until
        await self._come_back()

    async def _come_back(self) -> None:
        await self._slots.take((0, self._position))
        self._holds = True

    async def go_on_beside_uploads(self) -> None:
        """Go on with what is no upload: those that wait for their rate limit must not hold it up."""
        self.leave()
        self._slots = self.run.slots
        await self._come_back()

    @asynccontextmanager
    async def waiting_for(self, lock: asyncio.Lock) -> AsyncIterator[None]:
        """Hold a lock; wait for it without a slot."""
        self.leave()
        async with lock:
            await self._come_back()
            yield

    async def wait(self, seconds: float) -> None:
        """The same between two reads of work that takes long; a pulled brake ends the wait, and the action."""
        self.leave()
        if not self.run.options.brake.is_pulled:
            await _first(self.run.clock.sleep(seconds), self.run.options.brake.pulled())
        if self.run.options.brake.is_pulled:
            end(self.cut_off())
        await self._come_back()

    def begin(self) -> None:
        """Tell that the action begins."""
        self.run.events.put_nowait(Started(action=self.action.id, at=self.run.elapsed))

    def progress(self, text: str, done: int = 0, total: int = 0) -> None:
        """Tell how far the action is."""
        event = Progressed(action=self.action.id, at=self.run.elapsed, text=text, done=done, total=total)
        self.run.events.put_nowait(event)

    def in_training(self, began: float | None, text: str) -> None:
        """Tell that the action waits for a training."""
        self.run.events.put_nowait(InTraining(action=self.action.id, at=self.run.elapsed, began=began, text=text))

    async def send(self, request: Awaitable[T]) -> T:
        """A request that leaves an effect. While it is under way, a cut-off leaves its effect unknown."""
        self._sent += 1
        # Not reset by a cancellation, which is no CallFailed: whoever ends the action then must say "unknown".
        self._under_way = True
        try:
            answer = await request
        except CallFailed:
            self._under_way = False
            raise
        finally:
            self.run.note_write(self.action)
        self._under_way = False
        return answer

    async def write(self, request: Callable[[], Awaitable[object]], is_done: Callable[[], Awaitable[bool]]) -> None:
        """A request whose repetition is harmless; where its answer is lost, look first (F02)."""
        message = ""
        for _ in range(self.run.options.attempts):
            try:
                await self.send(request())
            except WrongAnswer as wrong:
                await self.require_done(is_done(), wrong)
                return
            except Lost as lost:
                message = lost.message
                if await self.find_out(is_done(), lost):
                    return
            else:
                return
        end(unknown(f"{message}; its effect was not found after {self.run.options.attempts} attempts"))

    async def create(self, request: Callable[[], Awaitable[T]], find: Callable[[], Awaitable[T | None]]) -> T:
        """A request that must never make two things; where its answer is lost, look once `settle` has passed (F03).

        A 409 may say that an earlier attempt made it after all: that is looked for as well (F14).
        """
        message = ""
        for _ in range(self.run.options.attempts):
            try:
                return await self.send(request())
            except Rejected as rejected:
                # There are no idempotency keys, so the caller's own mark in the name is what tells an earlier attempt.
                found = await find() if rejected.status == 409 else None
                if found is None:
                    raise
                return found
            except WrongAnswer as wrong:
                # It was made, and nothing is waited for: see `require_done`.
                found = await self.find_out(find(), wrong)
                if found is not None:
                    return found
                end(unknown(f"{wrong.message}; what it made was not found yet, and the next apply looks for it"))
            except Lost as lost:
                message = lost.message
                # The lists may lag behind a create: "not there" counts only after `settle`. A request may commit later
                # still, so a second object must do no harm; the election takes care of that.
                await self.pause(self.run.options.settle)
                found = await self.find_out(find(), lost)
                if found is not None:
                    return found
        end(unknown(f"{message}; what it makes was not found after {self.run.options.attempts} attempts"))

    async def require_done(self, reading: Awaitable[bool], wrong: WrongAnswer) -> None:
        """Look once for the effect of a write whose answer is wrong in itself; where it is not seen, nobody knows.

        Whoever answers so will hardly answer better later, so nothing is waited for.
        """
        if not await self.find_out(reading, wrong):
            end(unknown(f"{wrong.message}; its effect was not found"))

    async def find_out(self, reading: Awaitable[T], lost: Lost) -> T:
        """A read that tells what became of a request whose answer was lost; where it fails too, nobody knows."""
        try:
            return await reading
        except Unauthorised as error:
            self.run.stop_for_token(error.message)
            end(unknown(f"{lost.message}; looking for its effect failed: {error.message}"))
        except CallFailed as error:
            end(unknown(f"{lost.message}; looking for its effect failed: {error.message}"))

    def cut_off(self) -> Ending:
        """How this action ends where a person stopped the run."""
        return interrupted(under_way=self._under_way, sent=bool(self._sent))


class Poll:
    """Reads of work that takes long, at growing intervals, until a deadline."""

    def __init__(self, action_run: ActionRun, seconds: float) -> None:
        self._turn = action_run
        self._interval = action_run.run.options.poll
        self._began = self._looked = action_run.run.clock.now()
        self._seconds = seconds

    @property
    def elapsed(self) -> float:
        """Seconds since the first look."""
        return self._turn.run.clock.now() - self._began

    def note_change(self) -> None:
        """Something goes on: the deadline counts from now."""
        self._began = self._turn.run.clock.now()

    async def again(self, *, is_cut_short: bool = True) -> bool:
        """Wait for the next look; False where the deadline has passed. A pulled brake cuts the wait short, or does not.

        The last look begins after the deadline: one that began before it, and took longer, is no proof. Against a
        simulated server whose hours are seconds, each of them does.
        """
        left = self._seconds - self.elapsed
        if left < MOMENT and self._looked - self._began > self._seconds - MOMENT:
            return False
        wait = self._turn.wait if is_cut_short else self._turn.pause
        await wait(min(self._interval, max(left, 0.0)))
        self._looked = self._turn.run.clock.now()
        self._interval = min(self._interval * 1.5, self._turn.run.options.poll_limit)
        return True


async def _first(*awaitables: Awaitable[object]) -> None:
    """Return when the first is done; end the others."""
    tasks = [asyncio.ensure_future(one) for one in awaitables]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
