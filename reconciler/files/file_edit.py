"""Files of people that one command changes together: what each holds before and after, and all of them written or none."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterable

from reconciler.core.value import dataclass
from reconciler.files.tree import FileRefused, Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """What writing changes in a file below the root; `before` is None for a file that is not there."""

    path: str
    before: bytes | None
    after: bytes

    @property
    def changes(self) -> bool:
        """Does it hold something else afterwards?"""
        return self.before != self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderMove:
    """A folder below the root that gets another name beside where it is."""

    before: str
    after: str

    def now(self, path: str) -> str:
        """Where a file lies once the folder is moved."""
        return self.after + path.removeprefix(self.before) if path.startswith(f"{self.before}/") else path


class NotWritten(Exception):
    """A file that could not be written; nothing else was. `reason` completes "NAME ..."."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} {reason}")
        self.path = path
        self.reason = reason


def write_edits(tree: Tree, edits: Iterable[FileEdit], move: FolderMove | None = None) -> None:
    """Write all files, then move the folder. Where that fails, all that was written is as it was, and NotWritten says why."""
    written: list[FileEdit] = []
    for edit in edits:
        if not edit.changes:
            continue
        try:
            tree.replace_file(edit.path, edit.after, over=edit.before)
        except OSError as error:
            _put_back(tree, written)
            reason = error.reason if isinstance(error, FileRefused) else f"cannot be written: {error.strerror or error}"
            raise NotWritten(edit.path, reason) from None
        written.append(edit)
    if move is not None:
        try:
            _move(tree, move)
        except OSError as error:
            _put_back(tree, written)
            reason = error.reason if isinstance(error, FileRefused) else f"cannot be moved: {error.strerror or error}"
            raise NotWritten(move.before, reason) from None


def _move(tree: Tree, move: FolderMove) -> None:
    """Rename the folder while nobody else holds it. Never over anything, not even an empty folder."""
    parent, _, name = move.before.rpartition("/")
    target = move.after.rpartition("/")[2]
    with tree.folder(move.before) as held, tree.folder(parent) as above:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(errno.EBUSY, "a run of `reconciler gallery run` is writing into it") from None
        with contextlib.suppress(FileNotFoundError):
            os.stat(target, dir_fd=above, follow_symlinks=False)
            raise OSError(errno.EEXIST, f"{target} is there already")
        os.rename(name, target, src_dir_fd=above, dst_dir_fd=above)


def _put_back(tree: Tree, written: Iterable[FileEdit]) -> None:
    for edit in written:
        with contextlib.suppress(OSError):
            if edit.before is not None:
                tree.replace_file(edit.path, edit.before, over=edit.after)
            else:
                parent, _, name = edit.path.rpartition("/")
                with tree.folder(parent) as handle:
                    os.unlink(name, dir_fd=handle)
