"""The simulator's own clock: the only place from which it learns that time has passed."""

import time
from typing import Protocol


class Clock(Protocol):
    """A source of seconds; only differences between two readings matter, the origin does not."""

    def now(self) -> float:
        """Seconds, never meant to run backwards."""
        ...


class RealClock:
    """The machine's wall clock.

    It is the wall clock and not the monotonic one because a world in a file outlives the process that wrote it; the
    world itself ignores a reading that is earlier than the last one, so simulated time never runs backwards.
    """

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()


class ManualClock:
    """A clock that a test moves by hand."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def now(self) -> float:
        """The seconds it was last moved to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass; a negative number is a mistake of the test."""
        if seconds < 0:
            raise ValueError(f"time does not run backwards: {seconds}")
        self._now += seconds
