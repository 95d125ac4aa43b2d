"""Files written whole or not at all: to a new file beside the old one, which then takes its place."""

import contextlib
import os


def replace_file(folder: int, name: str, data: bytes, mode: int = 0o644) -> None:
    """Write `name` in an open folder; OSError leaves what was there before."""
    new = f".{name[:200]}.{os.getpid()}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(FileNotFoundError):  # left behind by a run that was cut off
        os.unlink(new, dir_fd=folder)
    handle = os.open(new, flags, mode, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new, dir_fd=folder)
        raise
