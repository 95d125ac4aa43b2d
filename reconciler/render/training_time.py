"""A training that is waited for: since when it goes on, and when its end is expected."""

from collections.abc import Callable
from datetime import datetime

from reconciler.render.tier import TRAINING_HOURS, TRAINING_TIME
from reconciler.render.words import duration

TimeOfDay = Callable[[float], datetime]
"""The local time at so many seconds of an apply."""

_LEAST, _MOST = (hours * 3600.0 for hours in TRAINING_HOURS)


def since_words(began: float | None, now: float, time_of_day: TimeOfDay | None) -> str:
    """`in training since 14:05 (12 minutes)`; without a time of day where time is simulated."""
    if began is None:
        return "in training since before this apply"
    if time_of_day is None:
        return f"in training for {duration(now - began, is_simulated=True)}"
    return f"in training since {time_of_day(began):%H:%M} ({duration(now - began)})"


def end_words(began: float | None, now: float, time_of_day: TimeOfDay | None, *, of_all: bool = False) -> str:
    """`end expected 15:05 to 17:05`. Of a training that began before the apply only the latest end is known.

    `of_all` is for the last one of several: when all will be over.
    """
    start = began or 0.0
    if now - start > _MOST:
        return f"longer than the usual {TRAINING_TIME}"
    if time_of_day is None:
        return f"a training takes {TRAINING_TIME}"
    latest = f"{time_of_day(start + _MOST):%H:%M}"
    if of_all:
        return f"all expected to end by {latest}"
    if began is None or now - began >= _LEAST:
        return f"end expected by {latest}"
    return f"end expected {time_of_day(start + _LEAST):%H:%M} to {latest}"
