"""How fast a server says that its time passes, and who believes it."""

import pytest

from reconciler.api.endpoint import parse_endpoint
from reconciler.api.server_time import FASTEST, SLOWEST, ServerTime, told_time
from reconciler.clock import Clock, PacedClock, SystemClock
from reconciler.simulator import Simulator, serving
from reconciler.simulator.asgi import LIST_LAG, SPEED
from tests.api.peer import answer, client_of, peer, says


@pytest.mark.parametrize(
    ("speed", "lag", "told"),
    [
        ("3600", "5", ServerTime(speed=3600.0, list_lag=5.0)),
        ("0.5", None, ServerTime(speed=0.5)),
        ("1e+06", "0", ServerTime(speed=FASTEST)),
        ("0.001", "0", ServerTime(speed=SLOWEST)),
        (None, "5", None),
        ("0", "0", None),
        ("0.0001", "0", None),
        ("1e7", "0", None),
        ("1e99", "0", None),
        ("-1", "0", None),
        ("nan", "0", None),
        ("inf", "0", None),
        ("fast", "0", None),
        ("\u0661", "0", None),
        ("9" * 5000, "0", None),
        ("60", "3601", None),
        ("60", "-1", None),
    ],
)
def test_only_a_time_that_makes_sense_is_taken(speed: str | None, lag: str | None, told: ServerTime | None) -> None:
    """A wait must neither end at once nor last for ever."""
    headers = {name: value for name, value in ((SPEED, speed), (LIST_LAG, lag)) if value is not None}
    assert told_time(headers) == told


async def test_the_simulator_tells_its_time_and_a_clock_made_for_it_follows() -> None:
    """Over a real socket, with the first answer, refusals included."""
    clock = PacedClock()
    simulator = Simulator(speed=600, switches={"list_lag_seconds": "5", "list_latency_ms": "0"})
    with serving(simulator) as address:
        async with client_of(parse_endpoint(address), clock=clock) as client:
            assert client.server_time == ServerTime()
            assert await client.get_project(7) is None
            assert client.server_time == ServerTime(speed=600.0, list_lag=5.0)
    assert clock.speed == 600.0


@pytest.mark.parametrize(("clock", "speed"), [(PacedClock(), 3600.0), (SystemClock(), 1.0)])
async def test_no_other_clock_follows(clock: Clock, speed: float) -> None:
    """Whoever gives the client the machine's clock is not led by any server."""
    told = says(answer(200, b"[]", "simulator-speed: 3600"))
    async with peer(told) as (endpoint, _), client_of(endpoint, clock=clock) as client:
        await client.list_projects()
        assert client.server_time.speed == speed
