"""The rate limit, kept on our side: a sliding window for each endpoint, and one over all where the plan counts so.

Nothing of the limit is documented but its numbers, so a request takes its place when it may be sent and gives it back
one window after its answer came: whenever the API counted it, it did so before that.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from reconciler.clock import Clock

WINDOW: Final = 60.0
MARGIN: Final = 1.5
"""Seconds added to the window: clocks differ, and networks delay (libraries §2.1)."""

_GRAIN: Final = 1e-6
"""Sums of floats are not exact: what is due within a microsecond is due."""

TIERS: Final[Mapping[str, int]] = {"free_trial": 10, "starter": 60, "pro": 1000, "enterprise": 1000}
"""Requests a minute and endpoint, by the account's plan (contract §1)."""

Told = Callable[[float, str], None]
"""Is called with seconds and reason when a request begins to wait."""


class Limiter:
    """One line of waiting requests for each bucket, first come first served, and one line over all.

    `per_bucket` and `overall` are requests a minute; None sets no limit, but a pause holds all the same.
    """

    def __init__(
        self, clock: Clock, *, per_bucket: int | None, overall: int | None = None, told: Told | None = None
    ) -> None:
        self._clock = clock
        self._per_bucket = per_bucket
        self._told = told or _tell_nobody
        self._lines: dict[str, _Line] = {}
        self._overall = _Line(clock, overall, self._told)

    @asynccontextmanager
    async def place(self, bucket: str) -> AsyncIterator[None]:
        """Hold a place in the window of this bucket, and in the one over all, while a request is on its way."""
        async with self._line(bucket).place(), self._overall.place():
            yield

    def pause(self, bucket: str, seconds: float) -> None:
        """Send nothing more of this bucket for so long: the API said that its limit is reached."""
        self._line(bucket).pause(seconds)

    def _line(self, bucket: str) -> "_Line":
        line = self._lines.get(bucket)
        if line is None:
            line = self._lines[bucket] = _Line(self._clock, self._per_bucket, self._told)
        return line


class _Line:
    """The requests of one window: those on their way, and when the answered ones were."""

    def __init__(self, clock: Clock, limit: int | None, told: Told) -> None:
        self._clock = clock
        self._limit = limit
        self._told = told
        self._turn = asyncio.Lock()
        self._left = asyncio.Event()
        self._open = 0
        self._answered: deque[float] = deque()
        self._paused_until = clock.now()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        async with self._turn:
            await self._wait()
            self._open += 1
        try:
            yield
        finally:
            self._open -= 1
            if self._limit is not None:
                self._answered.append(self._clock.now())
            self._left.set()

    def pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, self._clock.now() + seconds)

    async def _wait(self) -> None:
        while True:
            seconds, reason = self._delay(self._clock.now())
            if reason:
                self._told(seconds, reason)
                await self._clock.sleep(seconds)
            elif seconds:
                self._left.clear()
                await self._left.wait()
            else:
                return

    def _delay(self, now: float) -> tuple[float, str]:
        """Seconds to wait and why; without a reason, wait until an answer comes; zero: go."""
        if now + _GRAIN < self._paused_until:
            return self._paused_until - now, "the API asked to slow down (429)"
        if self._limit is None:
            return 0.0, ""
        while self._answered and self._answered[0] + WINDOW + MARGIN <= now + _GRAIN:
            self._answered.popleft()
        if self._open + len(self._answered) < self._limit:
            return 0.0, ""
        if self._answered:
            return self._answered[0] + WINDOW + MARGIN - now, f"the limit is {self._limit} calls a minute"
        return 1.0, ""


def _tell_nobody(seconds: float, reason: str) -> None:
    """Nobody watches."""
