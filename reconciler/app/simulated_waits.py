"""How long a run waits for a simulated server: in its seconds, and never less than a moment of ours.

What the server does by itself is simulated. Requests, pauses of this process and the fetching of a zip are not: at
3,600 seconds in one of ours they take hours.
"""

from dataclasses import replace

from reconciler.api.server_time import ServerTime
from reconciler.execute import Options

LAG_MARGIN = 1.2
"""`settle` is longer than the lists lag by this factor."""


def in_server_time(options: Options, server: ServerTime) -> Options:
    """The options of an apply; the same where time passes as it does here."""
    return replace(
        options,
        settle=max(at_least(options.settle, 0.2, server), server.list_lag * LAG_MARGIN),
        poll=at_least(options.poll, 0.05, server),
        poll_limit=at_least(options.poll_limit, 0.25, server),
        training_poll=at_least(options.training_poll, 0.1, server),
        patience=at_least(options.patience, 1.0, server),
        caption_deadline=at_least(options.caption_deadline, 10.0, server),
        archive_deadline=at_least(options.archive_deadline, 60.0, server),
    )


def at_least(asked: float, ours: float, server: ServerTime) -> float:
    """A time in the server's seconds, which is at least so many of ours where they are the longer ones."""
    return max(asked, ours * server.speed) if server.speed > 1.0 else asked
