"""One large file on its way to the disk: tried until all of it is there, from where an earlier try or run broke off."""

from collections.abc import Awaitable, Callable
from typing import Final

from reconciler.api.download import Head, download
from reconciler.api.picture import Missing
from reconciler.api.result import ResultFetcher
from reconciler.clock import Clock
from reconciler.files.part_file import PartFile, PartNote
from reconciler.render.words import capitalised, megabytes

TRIES: Final = 5
"""Tries in a row that bring less than a megabyte, after which a file is given up."""

_PROGRESS: Final = 1024**2
_NEWS: Final = 10.0
"""Seconds between two lines about one file."""


async def fetch_file(
    part: "ArrivingFile", fetcher: ResultFetcher, address: str, renewed: Callable[[], Awaitable[str]] | None = None
) -> str:
    """Why it was given up, or nothing. `renewed` gives a new address where the old one expired; without it that is the end."""
    tries = 0
    while not part.is_whole:
        place = fetcher.place(address)
        if isinstance(place, Missing):
            return place.reason
        before = part.size
        part.begin(place.host)
        found = await download(fetcher, place, part)
        if found is None:
            return ""
        if isinstance(found, Missing) or (found.is_expired and renewed is None):
            return found.reason
        tries = 1 if part.size >= before + _PROGRESS else tries + 1
        if tries >= TRIES:
            return f"given up after {TRIES} tries: {found.reason}"
        part.say(f"{capitalised(found.reason)}. It is tried again.")
        await part.clock.sleep(2.0**tries)
        if found.is_expired and renewed is not None:
            address = await renewed()
    return ""


class ArrivingFile:
    """A part on the disk as the client sees it, which says now and then how far it is."""

    def __init__(self, file: PartFile, *, clock: Clock, say: Callable[[str], None], word: str) -> None:
        self._file = file
        self.clock = clock
        self.say = say
        self._word = word
        self._said = clock.now()

    @property
    def size(self) -> int:
        return self._file.size

    @property
    def head(self) -> Head | None:
        note = self._file.note
        return None if note is None else Head(suffix=note.suffix, tag=note.tag, size=note.size)

    @property
    def is_whole(self) -> bool:
        return self._file.is_whole

    def begin(self, host: str) -> None:
        """Say where it comes from, and what is there already."""
        there = f", from {megabytes(self.size)} on" if self.size else ""
        self.say(f"Fetching the {self._word} from {host}{there}.")

    def restart(self, head: Head) -> None:
        """Begin anew."""
        self._file.restart(PartNote(suffix=head.suffix, tag=head.tag, size=head.size))

    def take(self, piece: bytes) -> None:
        """Keep a piece."""
        self._file.take(piece)
        if self.clock.now() - self._said >= _NEWS:
            self._said = self.clock.now()
            whole = self._file.note.size if self._file.note is not None else None
            of = "" if whole is None else f" of {megabytes(whole)}"
            self.say(f"The {self._word}: {megabytes(self.size)}{of}.")
