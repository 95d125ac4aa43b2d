"""The rate limit, kept on our side: a sliding window for each operation, and one over all if the account counts so.

Only the numbers of the limit are documented. It is not known whether the API counts a request when it comes in or when
it is answered. So a request takes its place in the window when it is sent, and gives it back one window after its
answer: whenever the API counted it, that was before.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from reconciler.clock import Clock

WINDOW: Final = 60.0
MARGIN: Final = 1.5
"""Seconds added to the window, because clocks differ and networks delay."""

_GRAIN: Final = 1e-6
"""Seconds. Sums of floats are not exact, so a moment within this is taken as now."""

OnWait = Callable[[float, str], None]
"""Called with seconds and reason when a request begins to wait."""


class Limiter:
    """A window for each bucket and one over all. Requests wait in the order in which they came.

    `per_bucket` and `overall` are requests a minute. None sets no limit, but `pause` holds requests back all the same.
    """

    def __init__(
        self, clock: Clock, *, per_bucket: int | None, overall: int | None = None, on_wait: OnWait | None = None
    ) -> None:
        self._clock = clock
        self._per_bucket = per_bucket
        self._on_wait = on_wait or _tell_nobody
        self._windows: dict[str, _Window] = {}
        self._overall = _Window(clock, overall, self._on_wait)

    @asynccontextmanager
    async def place(self, bucket: str) -> AsyncIterator[None]:
        """Hold a place in the window of this bucket, and in the one over all, while a request is under way."""
        async with self._window(bucket).place(), self._overall.place():
            yield

    def pause(self, bucket: str, seconds: float) -> None:
        """Hold back all requests of this bucket for so long: the API said that its limit is reached."""
        self._window(bucket).pause(seconds)

    def _window(self, bucket: str) -> "_Window":
        window = self._windows.get(bucket)
        if window is None:
            window = self._windows[bucket] = _Window(self._clock, self._per_bucket, self._on_wait)
        return window


class _Window:
    """The requests of one window: how many are under way, and when the others were answered."""

    def __init__(self, clock: Clock, limit: int | None, on_wait: OnWait) -> None:
        self._clock = clock
        self._limit = limit
        self._on_wait = on_wait
        self._first_in_line = asyncio.Lock()
        self._answer_came = asyncio.Event()
        self._under_way = 0
        self._answered: deque[float] = deque()
        self._paused_until = clock.now()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        # The lock keeps the order: only the request that came first looks at the window, the others wait behind it.
        async with self._first_in_line:
            await self._wait()
            self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            if self._limit is not None:
                self._answered.append(self._clock.now())
            self._answer_came.set()

    def pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, self._clock.now() + seconds)

    async def _wait(self) -> None:
        while True:
            seconds, reason = self._delay(self._clock.now())
            if reason:
                self._on_wait(seconds, reason)
                await self._clock.sleep(seconds)
            elif seconds:
                self._answer_came.clear()
                await self._answer_came.wait()
            else:
                return

    def _delay(self, now: float) -> tuple[float, str]:
        """Seconds to wait, and why. Zero: send. Seconds without a reason: wait until an answer comes."""
        if now + _GRAIN < self._paused_until:
            return self._paused_until - now, "the API asked to slow down (429)"
        if self._limit is None:
            return 0.0, ""
        while self._answered and self._answered[0] + WINDOW + MARGIN <= now + _GRAIN:
            self._answered.popleft()
        if self._under_way + len(self._answered) < self._limit:
            return 0.0, ""
        # The window is full. The oldest answer says when a place becomes free; if all requests are still under way,
        # nobody knows when, and the next answer wakes this one.
        if self._answered:
            return self._answered[0] + WINDOW + MARGIN - now, f"the limit is {self._limit} calls a minute"
        return 1.0, ""


def _tell_nobody(seconds: float, reason: str) -> None:
    """Nobody watches."""
