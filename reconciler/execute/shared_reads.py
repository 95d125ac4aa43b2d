"""Reads that several actions share: one call serves everybody who can do with what it shows."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from reconciler.clock import Clock
from reconciler.core.value import dataclass

T = TypeVar("T")


class SharedRead(Generic[T]):
    """One read of the API, remembered with the moments at which it was asked for and answered."""

    def __init__(self, ask: Callable[[], Awaitable[T]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._lock = asyncio.Lock()
        self._last: _Answer[T] | None = None
        self._writes = 0

    @property
    def asked(self) -> float:
        """When the remembered answer was asked for; minus infinity where there is none."""
        return float("-inf") if self._last is None else self._last.asked

    def note_write(self) -> None:
        """A request of this run may have changed what the read shows."""
        self._writes += 1

    async def since(self, moment: float) -> T:
        """An answer that was asked for at or after a moment: the remembered one, or a new one."""
        async with self._lock:
            last = self._last
            return last.value if last is not None and last.asked >= moment else await self._renew()

    async def within(self, seconds: float, *, after_writes: bool = True) -> T:
        """An answer at most so old: the remembered one, or a new one; `after_writes`: no older than the last write."""
        async with self._lock:
            last = self._last
            if last is None or last.answered < self._clock.now() - seconds:
                return await self._renew()
            return await self._renew() if after_writes and last.writes != self._writes else last.value

    async def fresh(self) -> T:
        """A new answer, whatever is remembered: for looking at what a request of this run did."""
        async with self._lock:
            return await self._renew()

    async def _renew(self) -> T:
        asked, writes = self._clock.now(), self._writes
        value = await self._ask()
        self._last = _Answer(value=value, asked=asked, answered=self._clock.now(), writes=writes)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer(Generic[T]):
    """`writes` is how many requests of this run had ended when it was asked for."""

    value: T
    asked: float
    answered: float
    writes: int
