"""The journal: one JSON line before each request and one after each answer, for people. No decision is made from it."""

import contextlib
import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from reconciler.core.strictjson import harmless

FILE_NAME = "journal.jsonl"
IGNORE_NAME = ".gitignore"


class JournalFailed(OSError):
    """The journal cannot be written, so no further request may be sent (F37). `strerror` says why."""

    def __init__(self, reason: str, number: int = 0) -> None:
        super().__init__(number, reason)

    def __str__(self) -> str:
        return f"the journal cannot be written: {self.strerror}"


def open_own_folder(folder: Path) -> int:
    """A handle of a `.reconciler`, which is made where it is missing, for the owner alone. It keeps itself out of git."""
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _ignore(handle)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _unmasked(text: str) -> str:
    return text


class JournalFile:
    """Append-only lines, each flushed to the system before `write` returns. Use `JournalFile.open`."""

    def __init__(self, handle: int, mask: Callable[[str], str]) -> None:
        self._handle = handle
        self._mask = mask

    @classmethod
    def open(cls, folder: Path, *, mask: Callable[[str], str] = _unmasked) -> "JournalFile":
        """The journal in `folder` (a `.reconciler`), made where it is missing; the folder keeps itself out of git.

        `mask` takes each line before it is written and returns it without secrets.
        """
        try:
            inside = open_own_folder(folder)
        except OSError as error:
            raise _failed(error) from None
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            handle = os.open(FILE_NAME, flags, 0o600, dir_fd=inside)
        except OSError as error:
            raise _failed(error) from None
        finally:
            os.close(inside)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise JournalFailed(f"{FILE_NAME} is not a regular file")
        journal = cls(handle, mask)
        journal._prepare()
        return journal

    def write(self, entry: Mapping[str, object]) -> None:
        """Append one entry; JournalFailed if the system did not take all of it."""
        text = json.dumps(entry, ensure_ascii=True, separators=(",", ":"), default=str, allow_nan=False)
        line = self._mask(harmless(text))
        data = (line.replace("\n", " ") + "\n").encode()
        try:
            written = os.write(self._handle, data)
        except OSError as error:
            raise _failed(error) from None
        if written != len(data):
            raise JournalFailed("only a part of a line fitted; the disk may be full")

    def close(self) -> None:
        """Close the file. Closing it twice does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def _prepare(self) -> None:
        """For the owner only, also if the file was there before. A last line that was cut off gets an end."""
        try:
            os.fchmod(self._handle, 0o600)
            size = os.fstat(self._handle).st_size
            if size and not self._ends_with_newline(size):
                os.write(self._handle, b"\n")
        except OSError as error:
            self.close()
            raise _failed(error) from None

    def _ends_with_newline(self, size: int) -> bool:
        reader = os.open(f"/dev/fd/{self._handle}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.pread(reader, 1, size - 1) == b"\n"
        finally:
            os.close(reader)


def _ignore(folder: int) -> None:
    with contextlib.suppress(FileExistsError):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(IGNORE_NAME, flags, 0o600, dir_fd=folder)
        try:
            os.write(handle, b"*\n")
        finally:
            os.close(handle)


def _failed(error: OSError) -> JournalFailed:
    return JournalFailed(error.strerror or "unknown reason", error.errno or 0)
