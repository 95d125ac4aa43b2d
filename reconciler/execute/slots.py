"""How many actions may be at the API at a time; those that come back from a wait go first, then the plan's order."""

import asyncio
import heapq


class Slots:
    """A fixed number of slots, given out by rank: a lower tuple first."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._serial = 0
        self._waiting: list[tuple[tuple[int, int], int, asyncio.Future[None]]] = []

    async def take(self, rank: tuple[int, int]) -> None:
        """Wait for a slot."""
        if self._free:
            self._free -= 1
            return
        given: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._serial += 1
        heapq.heappush(self._waiting, (rank, self._serial, given))
        try:
            await given
        except asyncio.CancelledError:
            if given.done() and not given.cancelled():
                self.give()
            raise

    def give(self) -> None:
        """Hand a slot on to whoever ranks first among the waiting."""
        while self._waiting:
            _, _, given = heapq.heappop(self._waiting)
            if not given.done():
                given.set_result(None)
                return
        self._free += 1
