"""Says on stderr that a call has to wait, and why, so that a silent minute is never a riddle."""

from reconciler.api.observer import Exchange
from reconciler.cli.console import Console
from reconciler.render.words import duration

SHORTEST = 2.0
"""Seconds of waiting that are worth a line."""


class Waits:
    """Watches a client's calls; `hush` where an apply tells of waits in its own way."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._failure = ""
        self.hush = False

    def before(self, exchange: Exchange) -> None:
        """Nothing to say."""

    def after(self, exchange: Exchange) -> None:
        """Remember why a call did not serve."""
        self._failure = exchange.failure

    def throttled(self, seconds: float, reason: str) -> None:
        """A line, unless the wait is short."""
        if self.hush or seconds < SHORTEST:
            return
        why = f" ({self._failure})" if self._failure else ""
        self._console.say_line(f"waiting {duration(seconds)}: {reason}{why}")
