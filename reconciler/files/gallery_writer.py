"""Writes the results of a gallery while no other run does: a note before each request, then picture and record, nothing over another."""

import errno
import fcntl
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from reconciler.core.gallery import Column
from reconciler.core.strictjson import Value
from reconciler.files.gallery_folder import RECORD, SUBMITTED, SUFFIXES
from reconciler.files.gallery_note import SubmitNote
from reconciler.files.image.image_file import inspect
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.whole_file import create_in, replace_file

ROOM: Final = 8 * 1024 * 1024
"""Bytes that are held on the disk for a result before it is paid for: few pictures are larger."""


class GalleryInUse(Exception):
    """Another run writes into this gallery."""


class Room:
    """Room on the disk, held until it is given back. It has no name, so a killed run leaves nothing of it."""

    def __init__(self, folder: int, size: int) -> None:
        name = f".room-{os.getpid()}"
        with suppress(FileNotFoundError):  # left by a run that was killed just here
            os.unlink(name, dir_fd=folder)
        self._handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        try:
            os.unlink(name, dir_fd=folder)
            _hold(self._handle, size)
        except OSError:
            self.release()
            raise

    def release(self) -> None:
        """Give it back; twice does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _hold(handle: int, size: int) -> None:
    """Where a system or a file system cannot do it, nothing is held."""
    fallocate = getattr(os, "posix_fallocate", None)
    try:
        if fallocate is not None:
            fallocate(handle, 0, size)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise


class GalleryWriter:
    """The folder of a gallery, held by one run. Use it in `with`; OSError where the disk says no, GalleryInUse where another run has it."""

    def __init__(self, root: Path, folder: str) -> None:
        self.tree = Tree(root)
        self._folder = folder
        self._lock = -1
        self._rooms: dict[tuple[Column, str], Room] = {}
        try:
            _make(self.tree, folder)
            with self.tree.folder(folder) as handle:
                self._lock = os.dup(handle)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise GalleryInUse from None
        except OSError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let another run have it."""
        for room in self._rooms.values():
            room.release()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        self.tree.close()

    def submit(self, column: Column, case: str, note: SubmitNote) -> None:
        """Note that a request is about to be sent, in the place of an older note, with room for what it draws."""
        _make(self.tree, self._at(column))
        with self.tree.folder(self._at(column)) as handle:
            if (column, case) not in self._rooms:
                self._rooms[column, case] = Room(handle, ROOM)
            replace_file(handle, f"{case}.{SUBMITTED}", note.encoded())

    def note(self, column: Column, case: str, note: SubmitNote) -> None:
        """Say more of a request that was sent."""
        with self.tree.folder(self._at(column)) as handle:
            replace_file(handle, f"{case}.{SUBMITTED}", note.encoded())

    def forget(self, column: Column, case: str) -> None:
        """The request was not taken: nothing was drawn."""
        self._release(column, case)
        with self.tree.folder(self._at(column)) as handle, suppress(FileNotFoundError):
            os.unlink(f"{case}.{SUBMITTED}", dir_fd=handle)

    def keep(self, column: Column, case: str, note: SubmitNote, data: bytes, *, over: bool) -> str:
        """Write a result as it came, its record, and forget the note; its path below the root.

        `note` holds the record and the name of the file. FileExistsError where a file is there, unless it is written `over`.
        """
        self._release(column, case)
        with self.tree.folder(self._at(column)) as handle:
            replace_file(handle, f"{case}.{SUBMITTED}", note.encoded())
            if over:
                replace_file(handle, note.file, data)
            elif not create_in(handle, note.file, data):
                raise FileExistsError(0, "a file of that name is there", note.file)
        return self.finish(column, case, note)

    def finish(self, column: Column, case: str, note: SubmitNote) -> str:
        """Write the record of a picture that is there, and take away what it replaces."""
        with self.tree.folder(self._at(column)) as handle:
            replace_file(handle, f"{case}.{RECORD}", _encoded(note.record))
            for suffix in SUFFIXES:
                if f"{case}.{suffix}" != note.file:
                    with suppress(FileNotFoundError):
                        os.unlink(f"{case}.{suffix}", dir_fd=handle)
            os.unlink(f"{case}.{SUBMITTED}", dir_fd=handle)
        return f"{self._at(column)}/{note.file}"

    def holds(self, column: Column, case: str, note: SubmitNote) -> bool:
        """Is the picture of a note there, whole? A note may come with a pull request, and name any file."""
        if note.file not in [f"{case}.{suffix}" for suffix in SUFFIXES]:
            return False
        try:
            with self.tree.open_file(f"{self._at(column)}/{note.file}") as file:
                return bool(note.digest) and inspect(file).digest == note.digest
        except OSError:
            return False

    def _release(self, column: Column, case: str) -> None:
        room = self._rooms.pop((column, case), None)
        if room is not None:
            room.release()

    def _at(self, column: Column) -> str:
        return f"{self._folder}/{column.folder_name}"


def _make(tree: Tree, path: str) -> None:
    """Make the folders of a path that are not there, each in an open one. A link is refused, for it leads among other files."""
    above = ""
    for part in path.split("/"):
        here = f"{above}/{part}" if above else part
        with tree.folder(above) as handle:
            with suppress(FileExistsError):
                os.mkdir(part, dir_fd=handle)
            if not stat.S_ISDIR(os.stat(part, dir_fd=handle, follow_symlinks=False).st_mode):
                raise FileRefused(here, "is no folder, or a link to one")
        above = here


def _encoded(record: Mapping[str, Value]) -> bytes:
    return (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
