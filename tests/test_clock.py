import asyncio

import pytest

from reconciler.clock import Clock, PacedClock, SimulatedClock, SystemClock, deadline


def test_simulated_time_costs_nothing_and_passes_in_order() -> None:
    """Tasks that sleep concurrently wake in the order of their times, each at its own moment."""
    clock = SimulatedClock(start=100.0)
    told: list[tuple[float, str]] = []

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            told.append((clock.now(), name))

    async def main() -> None:
        await asyncio.gather(sleeper("a", 3600, 3600), sleeper("b", 1, 7199), sleeper("c", 5000))

    asyncio.run(main())
    assert told == [(101.0, "b"), (3700.0, "a"), (5100.0, "c"), (7300.0, "b"), (7300.0, "a")]


def test_simulated_time_waits_for_long_chains_of_awaits() -> None:
    """However many turns of the loop another task needs, time does not pass it by."""
    clock = SimulatedClock()

    async def busy() -> float:
        for _ in range(500):
            await asyncio.sleep(0)  # noqa: TID251 - a turn of the loop, not of the clock
        return clock.now()

    async def main() -> float:
        alarm = asyncio.create_task(clock.sleep(10))
        moment = await busy()
        await alarm
        return moment

    assert asyncio.run(main()) == 0.0
    assert clock.now() == 10.0


def test_simulated_time_serves_one_loop_after_another() -> None:
    """A loop that was dropped with its sleepers leaves nothing behind that could wake."""
    clock = SimulatedClock()
    dropped = asyncio.new_event_loop()
    task = dropped.create_task(clock.sleep(5))
    dropped.call_later(0, dropped.stop)
    dropped.call_soon(dropped.stop)
    dropped.run_forever()
    asyncio.run(clock.sleep(7))
    assert clock.now() == 7.0
    task.cancel()
    dropped.run_until_complete(asyncio.gather(task, return_exceptions=True))
    dropped.close()


def test_two_clocks_in_one_loop_do_not_wait_for_each_other() -> None:
    """Each keeps its own time."""
    first, second = SimulatedClock(), SimulatedClock()

    async def main() -> None:
        cancelled = asyncio.get_running_loop().call_soon(lambda: None)
        cancelled.cancel()
        await asyncio.gather(first.sleep(10), second.sleep(20), first.sleep(30))

    asyncio.run(main())
    assert (first.now(), second.now()) == (30.0, 20.0)


def test_a_cancelled_sleeper_takes_no_time() -> None:
    """Nobody waits for a sleep that was given up."""
    clock = SimulatedClock()

    async def main() -> None:
        task = asyncio.create_task(clock.sleep(1000))
        await clock.sleep(1)
        task.cancel()
        await clock.sleep(1)

    asyncio.run(main())
    assert clock.now() == 2.0


def test_f39_simulated_time_never_runs_backwards() -> None:
    """It can be moved on by hand, not back, and a negative sleep is none."""
    clock = SimulatedClock()
    clock.advance(5)
    asyncio.run(clock.sleep(-3))
    assert clock.now() == 5.0
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)


def test_marks_follow_from_the_seed() -> None:
    """The same run gives the same marks, two runs or two calls give others; four hex digits each."""
    first, again, other = SimulatedClock(seed="1"), SimulatedClock(seed="1"), SimulatedClock(seed="2")
    marks = [first.mark(), first.mark()]
    assert marks == [again.mark(), again.mark()]
    assert len({*marks, other.mark()}) == 3
    for mark in (*marks, SystemClock().mark()):
        assert len(mark) == 4
        assert int(mark, 16) >= 0


def test_f39_the_real_clock_is_monotonic_and_waits() -> None:
    """A nap takes at least its time by the same clock."""
    clock: Clock = SystemClock()
    before = clock.now()
    asyncio.run(clock.sleep(0.01))
    asyncio.run(clock.sleep(-1))
    assert clock.now() >= before + 0.01


def test_a_deadline_goes_by_the_clock() -> None:
    """The block is left at the moment of the deadline, or earlier by itself, or never for None."""
    clock = SimulatedClock()

    async def main() -> list[float]:
        moments: list[float] = []
        with pytest.raises(TimeoutError):
            async with deadline(clock, 30):
                await clock.sleep(1000)
        moments.append(clock.now())
        async with deadline(clock, 30):
            await clock.sleep(10)
        moments.append(clock.now())
        async with deadline(clock, None):
            await clock.sleep(1000)
        moments.append(clock.now())
        return moments

    assert asyncio.run(main()) == [30.0, 40.0, 1040.0]


def test_a_deadline_does_not_swallow_a_cancellation() -> None:
    """A task that is cancelled inside the block ends as cancelled."""
    clock = SimulatedClock()

    async def work() -> None:
        async with deadline(clock, 30):
            await asyncio.Event().wait()

    async def main() -> bool:
        task = asyncio.create_task(work())
        await clock.sleep(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return task.cancelled()

    assert asyncio.run(main())


def test_a_paced_clock_goes_on_at_another_speed_without_a_jump() -> None:
    """Its own time until a server says so; then durations are the server's."""
    clock = PacedClock()
    assert clock.speed == 1.0
    before = clock.now()
    clock.follow(3600.0)
    assert 0 <= clock.now() - before < 3600
    began, machine = clock.now(), clock.machine.now()
    asyncio.run(clock.sleep(36.0))
    assert clock.now() - began == pytest.approx((clock.machine.now() - machine) * 3600, rel=0.2)
    assert 36.0 <= clock.now() - began < 3600
    clock.follow(3600.0)
    before = clock.now()
    clock.follow(0.5)
    assert 0 <= clock.now() - before < 3600
    assert len(clock.mark()) == 4
