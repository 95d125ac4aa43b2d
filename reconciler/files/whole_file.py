"""The one place that writes whole files: a reader finds the old file or the new one, never a part of either.

Permissions: a private file is for its owner alone (0600). Another file keeps the permissions that it has; a new one gets
0644, less what the process's umask takes away.

Durability: the new bytes are flushed to the disk (fsync) before the file takes its name. After a power loss the name leads
to the old bytes or to the new ones, and both are whole. So the folder itself is not flushed.
"""

import contextlib
import errno
import os
import stat
from pathlib import Path

_PRIVATE, _PUBLIC = 0o600, 0o644


class FileChanged(OSError):
    """The file is not what was read before: somebody else wrote it in the meantime. Nothing was written."""


def replace_file(folder: int, name: str, data: bytes, *, private: bool = False, over: bytes | None = None) -> None:
    """Write `name` in an open folder; OSError leaves what was there before. A link is replaced, never written through.

    `over` is what the file held when it was read; FileChanged where it holds something else by now.
    """
    # The process id keeps two runs from writing into one file; a name may have 255 bytes, and is cut to leave room for it.
    new = f".{name[:200]}.{os.getpid()}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(FileNotFoundError):  # left behind by a run that was cut off
        os.unlink(new, dir_fd=folder)
    before = None if private else _permissions(folder, name)
    handle = os.open(new, flags, _PRIVATE if private else _PUBLIC, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            if before is not None:
                os.fchmod(handle, before)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # Looked at as late as possible: what somebody wrote since the file was read must not be lost.
        if over is not None:
            _require_content(folder, name, over)
        os.replace(new, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new, dir_fd=folder)
        raise


def replace_path(path: Path, data: bytes, *, private: bool = False) -> None:
    """The same for a file named by its path."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        replace_file(folder, path.name, data, private=private)
    finally:
        os.close(folder)


def create_file(path: Path, data: bytes) -> bool:
    """Write a new file and the folders that it needs; False where something of that name exists, which stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return create_in(folder, path.name, data)
    finally:
        os.close(folder)


def create_in(folder: int, name: str, data: bytes) -> bool:
    """The same in an open folder."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        handle = os.open(name, flags, _PUBLIC, dir_fd=folder)
    except FileExistsError:
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=folder)
        raise
    return True


def _permissions(folder: int, name: str) -> int | None:
    """Those of a regular file; None where there is none."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    return status.st_mode & 0o777 if stat.S_ISREG(status.st_mode) else None


def _require_content(folder: int, name: str, expected: bytes) -> None:
    """FileChanged if a file does not hold just these bytes. Behind a link nothing is lost: its target stays."""
    found = None
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        with os.fdopen(handle, "rb") as file:
            found = file.read(len(expected) + 1)
    except OSError as error:
        if error.errno == errno.ELOOP:
            return
    if found != expected:
        raise FileChanged(0, "it was changed by somebody else in the meantime")
