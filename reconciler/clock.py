"""Time, and the one random mark of a run: the only source of either in the product."""

import asyncio
import heapq
import secrets
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol


def time_of_day() -> datetime:
    """The time that others write on what they date, such as addresses that expire; durations are told by a Clock."""
    return datetime.now(UTC)


class Clock(Protocol):
    """Seconds that never run backwards; only differences mean anything, the origin does not."""

    def now(self) -> float:
        """Seconds since some fixed moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass; zero or less lets every other task have its turn."""
        ...

    def mark(self) -> str:
        """Four hex digits that tell one run from another; new at each call, the same twice only by accident."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds since the machine started, or since some other fixed moment."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(max(0.0, seconds))

    def mark(self) -> str:
        """Four hex digits from the system's randomness."""
        return secrets.token_hex(2)


class PacedClock:
    """The machine's clock at the speed of a server whose time passes faster or slower; at its own until one says so.

    All durations are in the server's seconds. What is under way between two machines, such as the deadline of an
    exchange, goes by `machine`.
    """

    def __init__(self) -> None:
        self.machine = SystemClock()
        self.speed = 1.0
        """Seconds here in one second of the machine."""
        self._then = self._now = self.machine.now()

    def follow(self, speed: float) -> None:
        """Go on at another speed. Whoever sleeps already wakes as was agreed before."""
        if speed != self.speed:
            self._then, self._now = self.machine.now(), self.now()
            self.speed = speed

    def now(self) -> float:
        """Seconds of the server since some fixed moment."""
        return self._now + (self.machine.now() - self._then) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of the server."""
        await self.machine.sleep(seconds / self.speed)

    def mark(self) -> str:
        """Four hex digits from the system's randomness."""
        return self.machine.mark()


class SimulatedClock:
    """Time that passes only while everybody sleeps, and then at once.

    Sleepers wait in the order in which their time comes; time moves to the first of them when the event loop has
    nothing else to run. So runs are deterministic with any number of tasks, three hours cost nothing, and work costs
    no time. It sees tasks, not sockets or threads: a task that waits for those counts as idle, and time may pass it
    by. One clock serves all tasks of a loop, and may serve one loop after another; it needs a loop of the standard
    library. Two clocks in one loop each keep their own time.
    """

    def __init__(self, start: float = 0.0, seed: str = "") -> None:
        self._now = start
        self._seed = seed
        self._marks = 0
        self._count = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._watched: asyncio.AbstractEventLoop | None = None

    def now(self) -> float:
        """Simulated seconds, from `start` on."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass without a sleeper, as between two runs."""
        if seconds < 0:
            raise ValueError(f"time does not run backwards: {seconds}")
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        """Sleep until simulated time has come so far; returns without any waiting of the machine."""
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._now + max(0.0, seconds), self._count, woken))
        if self._watched is not loop:
            self._watched = loop
            loop.call_soon(self._turn, loop)
        await woken

    def mark(self) -> str:
        """Four hex digits that follow from the seed and the number of marks given before."""
        self._marks += 1
        return sha256(f"{self._seed} {self._marks}".encode()).hexdigest()[:4]

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wake the first sleeper if nobody else can run; come back as long as anybody sleeps."""
        if not _has_ready(loop):
            self._wake(loop)
        if self._sleepers:
            loop.call_soon(self._turn, loop)
        else:
            self._watched = None

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._sleepers:
            due, _, woken = heapq.heappop(self._sleepers)
            if not woken.done() and woken.get_loop() is loop:
                self._now = max(self._now, due)
                woken.set_result(None)
                return


def is_simulated(clock: Clock) -> bool:
    """Does time pass otherwise on it than on this machine? Then no time of day is told, and durations say so."""
    return isinstance(clock, SimulatedClock) or (isinstance(clock, PacedClock) and clock.speed != 1.0)


@asynccontextmanager
async def deadline(clock: Clock, seconds: float | None) -> AsyncIterator[None]:
    """Raise TimeoutError where the block takes longer than this by the clock; None: it may take for ever."""
    if seconds is None:
        yield
        return
    async with asyncio.timeout(None) as limit:
        alarm = asyncio.create_task(_ring(clock, seconds, limit))
        try:
            yield
        finally:
            alarm.cancel()


async def _ring(clock: Clock, seconds: float, limit: asyncio.Timeout) -> None:
    await clock.sleep(seconds)
    limit.reschedule(asyncio.get_running_loop().time())


def _has_ready(loop: asyncio.AbstractEventLoop) -> bool:
    """Has the loop anything to run now, but for clocks that ask the same? Its own queue is the only place that knows."""
    waiting: Iterable[asyncio.Handle] = getattr(loop, "_ready", ())
    return any(not handle.cancelled() and not _is_turn(handle) for handle in waiting)


def _is_turn(handle: asyncio.Handle) -> bool:
    return getattr(getattr(handle, "_callback", None), "__func__", None) is SimulatedClock._turn  # noqa: SLF001 - our own
