"""Saved plans on the disk; what they mean is decided elsewhere."""

import os
import stat
from pathlib import Path

from reconciler.files.whole_file import replace_path

SIZE_LIMIT = 64 * 1024 * 1024
"""Bytes of a plan file that is read."""


class PlanUnreadable(OSError):
    """A plan file that cannot be read. `strerror` says why, for a person."""

    def __init__(self, path: Path, reason: str, number: int = 0) -> None:
        super().__init__(number, reason)
        self.path = path

    def __str__(self) -> str:
        return f"the plan file {self.path} cannot be read: {self.strerror}"


class PlanUnwritable(PlanUnreadable):
    """A plan file that could not be written; nothing was left behind."""

    def __str__(self) -> str:
        return f"the plan file {self.path} cannot be written: {self.strerror}"


def write_plan(path: Path, text: str) -> None:
    """Write a plan for its owner's eyes only, whole or not at all."""
    try:
        replace_path(path, text.encode(), private=True)
    except OSError as error:
        raise PlanUnwritable(path, error.strerror or "unknown reason", error.errno or 0) from None


def read_plan(path: Path) -> str:
    """The text of a plan file; PlanUnreadable if it is no regular file of UTF-8 text up to the limit."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as error:
        raise PlanUnreadable(path, error.strerror or "unknown reason", error.errno or 0) from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise PlanUnreadable(path, "it is not a regular file")
    with os.fdopen(handle, "rb") as file:
        data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise PlanUnreadable(path, f"it is larger than {SIZE_LIMIT // 1024 // 1024} MB, and no plan is")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PlanUnreadable(path, f"it is not UTF-8 text (byte {error.start + 1:,})") from None
