"""Waits against a simulated server: in its seconds, and never less than its lists lag or than a moment of ours."""

import pytest

from reconciler.api.server_pace import ServerPace
from reconciler.app.pace import at_least, at_pace
from reconciler.execute import Options


@pytest.mark.parametrize(
    ("asked", "pace", "settle"),
    [
        (15.0, ServerPace(), 15.0),
        (0.0, ServerPace(), 0.0),
        (15.0, ServerPace(list_lag=5.0), 15.0),
        (1.0, ServerPace(list_lag=5.0), 6.0),
        (15.0, ServerPace(speed=3600.0), 720.0),
        (15.0, ServerPace(speed=0.5), 15.0),
        (15.0, ServerPace(speed=60.0, list_lag=100.0), 120.0),
    ],
)
def test_settle_is_never_less_than_the_lists_may_lag(asked: float, pace: ServerPace, settle: float) -> None:
    """In the server's seconds."""
    assert at_pace(Options(settle=asked), pace).settle == settle


def test_what_is_not_simulated_gets_its_time() -> None:
    """A server that fetches a zip needs real seconds; an account elsewhere is waited for as ever."""
    options = Options()
    assert at_pace(options, ServerPace()) == options
    fast = at_pace(options, ServerPace(speed=3600.0))
    assert fast.archive_deadline == 60 * 3600
    assert (fast.poll, fast.poll_limit, fast.training_poll) == (180.0, 900.0, 360.0)
    assert (fast.training_deadline, fast.capacity_deadline) == (options.training_deadline, options.capacity_deadline)
    assert [at_least(90.0, 0.1, ServerPace(speed=speed)) for speed in (0.5, 60.0, 3600.0)] == [90.0, 90.0, 360.0]
