import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api.limiter import MARGIN, WINDOW, Limiter
from reconciler.clock import SimulatedClock


class Server:
    """Counts requests as the API does: in a sliding window of sixty seconds, at the moment each one arrives."""

    def __init__(self, clock: SimulatedClock, limiter: Limiter) -> None:
        self.clock = clock
        self.limiter = limiter
        self.sent: list[tuple[float, str, int]] = []

    async def send(self, bucket: str, number: int = 0, takes: float = 0.0) -> None:
        async with self.limiter.place(bucket):
            await self.clock.sleep(takes / 2)
            self.sent.append((self.clock.now(), bucket, number))
            await self.clock.sleep(takes / 2)

    def worst(self, bucket: str | None = None) -> int:
        """The largest number of requests in any window of a minute."""
        times = [moment for moment, name, _ in self.sent if bucket in {None, name}]
        return max(sum(begin <= moment < begin + WINDOW for moment in times) for begin in times)


@pytest.mark.parametrize(("limit", "calls"), [(10, 31), (10, 110), (60, 110), (1000, 1050)])
@pytest.mark.parametrize("takes", [0.0, 0.7])
def test_the_limit_is_kept_and_used(limit: int, calls: int, takes: float) -> None:
    """Never over the limit in any minute, and within 1.1 of the least possible time (performance, goal 13)."""
    clock = SimulatedClock()
    server = Server(clock, Limiter(clock, per_bucket=limit))

    async def main() -> None:
        await asyncio.gather(*(server.send("a", number, takes) for number in range(calls)))

    asyncio.run(main())
    least = (-(-calls // limit) - 1) * WINDOW
    assert server.worst() <= limit
    assert server.sent[-1][0] <= 1.1 * least + 2


@given(
    limit=st.integers(1, 4),
    overall=st.none() | st.integers(1, 4),
    calls=st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 200), st.floats(0, 90)), min_size=1, max_size=20),
    pauses=st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 200), st.floats(0, 50)), max_size=3),
)
def test_no_schedule_of_calls_goes_over_a_limit(
    limit: int,
    overall: int | None,
    calls: list[tuple[str, float, float]],
    pauses: list[tuple[str, float, float]],
) -> None:
    """Whenever calls come, however long they take and whatever pauses are set: every one is sent, none too early."""
    clock = SimulatedClock()
    limiter = Limiter(clock, per_bucket=limit, overall=overall)
    server = Server(clock, limiter)

    async def call(bucket: str, start: float, takes: float) -> None:
        await clock.sleep(start)
        await server.send(bucket, takes=takes)

    async def pause(bucket: str, start: float, seconds: float) -> None:
        await clock.sleep(start)
        limiter.pause(bucket, seconds)

    async def main() -> None:
        await asyncio.gather(*(call(*item) for item in calls), *(pause(*item) for item in pauses))

    asyncio.run(main())
    assert len(server.sent) == len(calls)
    assert all(server.worst(bucket) <= limit for _, bucket, _ in server.sent)
    assert overall is None or server.worst() <= overall


def test_buckets_are_apart_and_first_come_is_first_served() -> None:
    """One endpoint's line does not hold another's, and within a line the order stays."""
    clock = SimulatedClock()
    server = Server(clock, Limiter(clock, per_bucket=10))

    async def main() -> None:
        await asyncio.gather(*(server.send(bucket, number) for number in range(25) for bucket in ("a", "b")))

    asyncio.run(main())
    for bucket in ("a", "b"):
        assert server.worst(bucket) == 10
        assert [number for _, name, number in server.sent if name == bucket] == list(range(25))
    assert clock.now() == 2 * (WINDOW + MARGIN)


def test_u57_one_budget_over_all() -> None:
    """Where the account counts all endpoints together, so does the limiter."""
    clock = SimulatedClock()
    server = Server(clock, Limiter(clock, per_bucket=10, overall=10))

    async def main() -> None:
        await asyncio.gather(*(server.send(bucket, number) for number in range(10) for bucket in ("a", "b", "c")))

    asyncio.run(main())
    assert server.worst() == 10


def test_f10_a_pause_holds_one_bucket_and_is_told() -> None:
    """After a 429 nothing of this endpoint is sent for so long, even without a limit; a later, longer pause counts."""
    clock = SimulatedClock()
    waits: list[tuple[float, str]] = []
    limiter = Limiter(clock, per_bucket=None, on_wait=lambda seconds, reason: waits.append((seconds, reason)))
    server = Server(clock, limiter)

    async def main() -> None:
        await server.send("a")
        limiter.pause("a", 10)
        limiter.pause("a", 3)
        waiting = asyncio.gather(server.send("a", 1), server.send("b"))
        await clock.sleep(5)
        limiter.pause("a", 10)
        await waiting

    asyncio.run(main())
    assert [(moment, bucket) for moment, bucket, _ in server.sent] == [(0.0, "a"), (0.0, "b"), (15.0, "a")]
    assert [seconds for seconds, _ in waits] == [10.0, 5.0]
    assert "429" in waits[0][1]


def test_the_wait_for_a_limit_is_told() -> None:
    """With its length and its reason, once for each wait."""
    clock = SimulatedClock()
    waits: list[tuple[float, str]] = []
    limiter = Limiter(clock, per_bucket=2, on_wait=lambda seconds, reason: waits.append((seconds, reason)))
    server = Server(clock, limiter)

    async def main() -> None:
        for number in range(3):
            await server.send("a", number)

    asyncio.run(main())
    assert waits == [(WINDOW + MARGIN, "the limit is 2 calls a minute")]


def test_a_request_on_its_way_counts_until_its_answer() -> None:
    """Whenever the API counts a slow request, it is within the window that is kept free for it."""
    clock = SimulatedClock()
    server = Server(clock, Limiter(clock, per_bucket=1))

    async def main() -> None:
        await asyncio.gather(server.send("a", 1, takes=100), server.send("a", 2))

    asyncio.run(main())
    assert [moment for moment, _, _ in server.sent] == [50.0, 100 + WINDOW + MARGIN]


def test_a_waiting_request_that_is_cancelled_leaves_the_line() -> None:
    """The next one takes its turn, and no place is lost."""
    clock = SimulatedClock()
    server = Server(clock, Limiter(clock, per_bucket=1, overall=5))

    async def main() -> None:
        await server.send("a", 1)
        waiting = asyncio.create_task(server.send("a", 2))
        following = asyncio.create_task(server.send("a", 3))
        await clock.sleep(1)
        waiting.cancel()
        await following

    asyncio.run(main())
    assert [number for _, _, number in server.sent] == [1, 3]
    assert clock.now() == WINDOW + MARGIN
