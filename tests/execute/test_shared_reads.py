"""Reads that are shared: when a remembered answer serves, and when it does not."""

from reconciler.clock import SimulatedClock
from reconciler.execute.shared_reads import SharedRead


class Counter:
    """Something to ask: answers how often it was asked, after a second."""

    def __init__(self) -> None:
        self.clock = SimulatedClock()
        self.count = 0
        self.shared = SharedRead(self.ask, self.clock)

    async def ask(self) -> int:
        self.count += 1
        await self.clock.sleep(1)
        return self.count


async def test_since() -> None:
    """An answer serves whoever can do with the moment at which it was asked for."""
    counter = Counter()
    assert counter.shared.asked == float("-inf")
    assert await counter.shared.since(0.0) == 1
    assert counter.shared.asked == 0.0
    assert await counter.shared.since(0.0) == 1
    assert await counter.shared.since(0.5) == 2


async def test_within() -> None:
    """An answer serves for a while, unless something was written since."""
    counter = Counter()
    assert await counter.shared.within(2) == 1
    assert await counter.shared.within(2) == 1
    counter.shared.note_write()
    assert await counter.shared.within(2, after_writes=False) == 1
    assert await counter.shared.within(2) == 2
    counter.clock.advance(3)
    assert await counter.shared.within(2, after_writes=False) == 3


async def test_a_write_during_a_read() -> None:
    """A read that was under way while something was written does not count as later than it."""
    counter = Counter()

    async def ask() -> int:
        counter.shared.note_write()
        return await Counter.ask(counter)

    counter.shared = SharedRead(ask, counter.clock)
    assert await counter.shared.within(60) == 1
    assert await counter.shared.within(60) == 2


async def test_fresh() -> None:
    """Looking at what a request did asks anew, whatever is remembered."""
    counter = Counter()
    assert await counter.shared.fresh() == 1
    assert await counter.shared.fresh() == 2
