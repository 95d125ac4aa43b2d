"""Files of people that one command changes together: what each holds before and after, and all of them written or none."""

import contextlib
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


class NotWritten(Exception):
    """A file that could not be written; nothing else was. `reason` completes "NAME ..."."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} {reason}")
        self.path = path
        self.reason = reason


def write_edits(tree: Tree, edits: Iterable[FileEdit]) -> None:
    """Write all files. Where one cannot be written, those before it are as they were, and NotWritten says why."""
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


def _put_back(tree: Tree, written: Iterable[FileEdit]) -> None:
    for edit in written:
        with contextlib.suppress(OSError):
            if edit.before is not None:
                tree.replace_file(edit.path, edit.before, over=edit.after)
            else:
                parent, _, name = edit.path.rpartition("/")
                with tree.folder(parent) as handle:
                    os.unlink(name, dir_fd=handle)
