"""How long a run waits where a simulated server sets the pace: in its seconds, and never less than a moment of ours.

What the server does by itself is simulated. Requests, pauses of this process and the fetching of a zip are not: at
3,600 seconds in one of ours they take hours.
"""

from dataclasses import replace

from reconciler.api.server_pace import ServerPace
from reconciler.execute import Options

LAG_MARGIN = 1.2
"""`settle` is longer than the lists lag by this factor."""


def at_pace(options: Options, pace: ServerPace) -> Options:
    """The options of an apply; the same where time passes as it does here."""
    return replace(
        options,
        settle=max(at_least(options.settle, 0.2, pace), pace.list_lag * LAG_MARGIN),
        poll=at_least(options.poll, 0.05, pace),
        poll_limit=at_least(options.poll_limit, 0.25, pace),
        training_poll=at_least(options.training_poll, 0.1, pace),
        patience=at_least(options.patience, 1.0, pace),
        caption_deadline=at_least(options.caption_deadline, 10.0, pace),
        archive_deadline=at_least(options.archive_deadline, 60.0, pace),
    )


def at_least(asked: float, ours: float, pace: ServerPace) -> float:
    """A time in the server's seconds, which is at least so many of ours where they are the longer ones."""
    return max(asked, ours * pace.speed) if pace.speed > 1.0 else asked
