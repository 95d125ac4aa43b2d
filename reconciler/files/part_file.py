"""A file that is still coming: its bytes in `.NAME.part`, and beside them what tells whether a later run may go on with it.

The whole file takes its name only if no other has it. Nothing is ever written over.
"""

import fcntl
import json
import os
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from reconciler.core.value import dataclass
from reconciler.files.whole_file import replace_path

_NOTE_LIMIT: Final = 4096


class PartInUse(OSError):
    """Another run fetches the same file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNote:
    """What is known of the file whose beginning is there."""

    suffix: str = ""
    tag: str = ""
    size: int | None = None


class PartFile:
    """One file on its way. Use it in `with`; OSError where the disk says no, and what came then stays."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f".{name}.part"
        self._note_path = folder / f".{name}.part.json"
        self._file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644), "r+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise PartInUse(0, "another run is fetching it", str(self._path)) from None
        self.note = _read_note(self._note_path)
        self.size = self._file.seek(0, os.SEEK_END) if self.note is not None else 0
        self._file.seek(self.size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # of a full disk the writing has told already
            self._file.close()

    @property
    def path(self) -> Path:
        """Where the bytes are."""
        return self._path

    @property
    def is_whole(self) -> bool:
        """Did all of it come already?"""
        return self.note is not None and self.note.size is not None and 0 < self.size == self.note.size

    def restart(self, note: PartNote) -> None:
        """Begin anew, with another state of the file."""
        self._note_path.unlink(missing_ok=True)
        self._file.seek(0)
        self._file.truncate()
        self.size, self.note = 0, note
        text = {"suffix": note.suffix, "tag": note.tag, "size": note.size}
        replace_path(self._note_path, json.dumps(text).encode())

    def take(self, piece: bytes) -> None:
        """Add a piece. It is handed to the system at once: what a killed run wrote counts."""
        try:
            self._file.write(piece)
            self._file.flush()
        except OSError as error:  # which does not say of itself which file it is about
            raise OSError(error.errno, error.strerror, str(self._path)) from None
        self.size += len(piece)

    def digest(self) -> str:
        """SHA-256 of what is there, which is brought to the disk first."""
        os.fsync(self._file.fileno())
        self._file.seek(0)
        return file_digest(self._file, "sha256").hexdigest()

    def keep(self, path: Path) -> bool:
        """Give the whole file its name; False where something has it, which stays as it is."""
        try:
            os.link(self._path, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            if path.exists():
                return False
            self._path.rename(path)
        self.drop()
        return True

    def drop(self) -> None:
        """Leave nothing of the part."""
        self._path.unlink(missing_ok=True)
        self._note_path.unlink(missing_ok=True)


def _read_note(path: Path) -> PartNote | None:
    """What an earlier run knew; None where nothing that can be used is there."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(_NOTE_LIMIT))
        suffix, tag, size = found["suffix"], found["tag"], found["size"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not (isinstance(suffix, str) and isinstance(tag, str) and isinstance(size, int | None)):
        return None
    is_plain = suffix.isascii() and suffix.isalnum() and tag.isascii() and tag.isprintable()
    return PartNote(suffix=suffix, tag=tag, size=size) if is_plain else None
