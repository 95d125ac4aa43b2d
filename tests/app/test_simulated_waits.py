"""Waits against a simulated server: in its seconds, and never less than its lists lag or than a moment of ours."""

import pytest

from reconciler.api.server_time import ServerTime
from reconciler.app.simulated_waits import at_least, in_server_time
from reconciler.execute import Options


@pytest.mark.parametrize(
    ("asked", "server", "settle"),
    [
        (15.0, ServerTime(), 15.0),
        (0.0, ServerTime(), 0.0),
        (15.0, ServerTime(list_lag=5.0), 15.0),
        (1.0, ServerTime(list_lag=5.0), 6.0),
        (15.0, ServerTime(speed=3600.0), 720.0),
        (15.0, ServerTime(speed=0.5), 15.0),
        (15.0, ServerTime(speed=60.0, list_lag=100.0), 120.0),
    ],
)
def test_settle_is_never_less_than_the_lists_may_lag(asked: float, server: ServerTime, settle: float) -> None:
    """In the server's seconds."""
    assert in_server_time(Options(settle=asked), server).settle == settle


def test_what_is_not_simulated_gets_its_time() -> None:
    """A server that fetches a zip needs real seconds; an account elsewhere is waited for as ever."""
    options = Options()
    assert in_server_time(options, ServerTime()) == options
    fast = in_server_time(options, ServerTime(speed=3600.0))
    assert fast.archive_deadline == 60 * 3600
    assert (fast.poll, fast.poll_limit, fast.training_poll) == (180.0, 900.0, 360.0)
    assert (fast.training_deadline, fast.capacity_deadline) == (options.training_deadline, options.capacity_deadline)
    assert [at_least(90.0, 0.1, ServerTime(speed=speed)) for speed in (0.5, 60.0, 3600.0)] == [90.0, 90.0, 360.0]
