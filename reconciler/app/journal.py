"""The journal of an apply: a line before each request and after each answer, for people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from reconciler.api.observer import Exchange
from reconciler.files.journal import JournalFailed, JournalFile

FOLDER = ".reconciler"
"""Beside the root."""


class ExchangeJournal:
    """Writes each exchange; once a line could not be written, `failure` says why and nothing more is sent."""

    def __init__(self, journal: JournalFile, now: Callable[[], float]) -> None:
        self._journal = journal
        self._now = now
        self.failure = ""

    def before(self, exchange: Exchange) -> None:
        """A request is about to be sent; JournalFailed prevents it."""
        try:
            self._write("before", exchange)
        except JournalFailed as error:
            self.failure = self.failure or error.strerror or "unknown reason"
            raise

    def after(self, exchange: Exchange) -> None:
        """The exchange ended."""
        try:
            self._write("after", exchange)
        except JournalFailed as error:
            self.failure = self.failure or error.strerror or "unknown reason"

    def _write(self, when: str, exchange: Exchange) -> None:
        self._journal.write({"at": round(self._now(), 3), "when": when, **asdict(exchange)})


@contextmanager
def journal_of(root: Path, *, mask: Callable[[str], str], now: Callable[[], float]) -> Iterator[ExchangeJournal]:
    """The journal beside the root, in `.reconciler`; JournalFailed where it cannot be written, so nothing is sent."""
    with JournalFile.open(root.absolute().parent / FOLDER, mask=mask) as journal:
        yield ExchangeJournal(journal, now)
