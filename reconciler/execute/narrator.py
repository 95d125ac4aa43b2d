"""What watches a client's calls on behalf of an apply: the journal, and whoever is told that a request has to wait."""

from collections.abc import Callable
from typing import Protocol

from reconciler.api.observer import Exchange


class Journal(Protocol):
    """A file of lines for people. `failure` says why no line can be written any more, empty while all is well."""

    @property
    def failure(self) -> str:
        """Why writing failed, in words for a person."""
        ...

    def before(self, exchange: Exchange) -> None:
        """A request is about to be sent; an exception from here prevents it."""
        ...

    def after(self, exchange: Exchange) -> None:
        """The exchange ended; never raises, and remembers in `failure` that a line could not be written."""
        ...


class Narrator:
    """The observer of a client: passes exchanges to the journal, and waits to whoever listens."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self._listener: Callable[[float, str], None] | None = None

    @property
    def failure(self) -> str:
        """Why the journal cannot be written, empty while it can."""
        return self._journal.failure if self._journal is not None else ""

    def listen(self, listener: Callable[[float, str], None] | None) -> None:
        """Tell this function of every wait from now on, None for nobody: seconds and reason."""
        self._listener = listener

    def before(self, exchange: Exchange) -> None:
        if self._journal is not None:
            self._journal.before(exchange)

    def after(self, exchange: Exchange) -> None:
        if self._journal is not None:
            self._journal.after(exchange)

    def throttled(self, seconds: float, reason: str) -> None:
        if self._listener is not None:
            self._listener(seconds, reason)
