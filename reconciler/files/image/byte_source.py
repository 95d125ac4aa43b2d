"""A file read once from front to back, hashed on the way, with bounded memory."""

import hashlib
import re
import zlib
from typing import Protocol

BLOCK = 256 * 1024


class Readable(Protocol):
    """Anything with a read method, as open files have."""

    def read(self, size: int, /) -> bytes: ...


class Cut(Exception):
    """The file ends where more must follow."""


class ByteSource:
    """The bytes of a file in order. `position` counts those taken, `size` those read so far.

    `expected` is the number of bytes that the file should have. If it is given, git's id of the bytes is computed as well;
    git begins it with that number, so if the file has another length the id is that of no file.
    """

    def __init__(self, file: Readable, expected: int | None = None) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._blob = None if expected is None else hashlib.sha1(b"blob %d\0" % expected, usedforsecurity=False)
        self._has_nul = False
        self._block = b""
        self._at = 0
        self.size = 0

    @property
    def position(self) -> int:
        return self.size - len(self._block) + self._at

    def digest(self) -> str:
        """The SHA-256 of all that was read; call `rest` before."""
        return self._hash.hexdigest()

    def blob(self) -> str | None:
        """Git's id of all that was read; None if it is not wanted, or if git might take the file for text (no NUL byte)."""
        return self._blob.hexdigest() if self._blob is not None and self._has_nul else None

    def peek(self, count: int) -> bytes:
        """The first bytes, at most `count` of them, not yet taken; only before anything else."""
        gathered = b""
        while len(gathered) < count and self._read():
            gathered += self._block
        self._block = gathered
        return gathered[:count]

    def is_whole(self, head: bytes) -> bool:
        """Does the file hold nothing but what `peek` gave?"""
        return self.size == len(head) and not self._file.read(1)

    def take(self, count: int) -> bytes:
        """The next bytes, `count` of them; meant for small counts."""
        taken = self._block[self._at : self._at + count]
        self._at += len(taken)
        while len(taken) < count:
            self._fill()
            more = self._block[: count - len(taken)]
            self._at = len(more)
            taken += more
        return taken

    def skip(self, count: int, crc: int = 0) -> int:
        """Pass over bytes without keeping them; the CRC-32 of what was passed, begun with `crc`."""
        while count > 0:
            if self._at >= len(self._block):
                self._fill()
            passed = memoryview(self._block)[self._at : self._at + count]
            crc = zlib.crc32(passed, crc)
            self._at += len(passed)
            count -= len(passed)
        return crc

    def seek_past(self, pattern: re.Pattern[bytes], width: int) -> bytes:
        """Pass over everything up to and including the next match of a pattern of fixed width; the match."""
        tail = b""
        while True:
            window = tail + self._block[self._at :]
            if (found := pattern.search(window)) is not None:
                self._at += found.end() - len(tail)
                return found[0]
            tail = window[-(width - 1) :]
            self._at = len(self._block)
            self._fill()

    def rest(self) -> tuple[int, bytes]:
        """Read to the end: how many bytes were left, and the first of them."""
        first = self._block[self._at : self._at + 16]
        count = len(self._block) - self._at
        while self._read():
            first = first or self._block[:16]
            count += len(self._block)
        self._at = len(self._block)
        return count, first

    def _fill(self) -> None:
        if not self._read():
            raise Cut

    def _read(self) -> bool:
        block = self._file.read(BLOCK)
        if not block:
            return False
        self._hash.update(block)
        if self._blob is not None:
            self._blob.update(block)
            self._has_nul = self._has_nul or b"\0" in block
        self._block, self._at = block, 0
        self.size += len(block)
        return True
