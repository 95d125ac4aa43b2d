"""What was found in the images of each folder, kept in the cache by what git says of the folder, or by its files' times.

A hint, never an authority (`files.cache`): bytes that are sent are always hashed again. A folder counts as unchanged

- if git vouches for it and it holds the tree that a row was checked against (`files.git.git_tree_ids`). A tree's id stands
  for its content, so such a row holds in every clone, wherever it lies;
- or if each file has the size, the two times (ns) and the inode that it had. This holds for one place only, so rows are
  kept by root and folder. The times of the folder itself say nothing about files that were edited in place.

Rows hold no absolute path: a cache file may be carried to another machine.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.image.digest_table import NO_KEY, Damaged, DigestTable, Form, decoded, encoded, file_key, packed

RULES = b"6"
"""Counts up whenever the reading of images, or a judgement in `FolderSummary`, finds something else, and with the form of a row.
Rows with another number are not found."""

_TREE = b"tree"
"""Begins the keys of rows that belong to no folder: no number of rules begins with a letter."""

_TICK = 20_000_000
"""Nanoseconds within which two writes may get one time stamp: the kernel's clock ticks every 1 to 10 ms."""

_COARSE_TICK = 2_000_000_000
"""The same on file systems that keep whole seconds, or, as FAT does, every other one."""


class DigestCache:
    """The digest tables of one root, or of no place on the disk: then only git's ids find one.

    Looking up and keeping never fail: without a usable file nothing is known.
    """

    def __init__(self, file: CacheFile, root: Path | None) -> None:
        self._file = file
        self._mark = b"" if root is None else RULES + hashlib.sha256(os.fsencode(root.resolve())).digest()[:16]
        self._now: int | None = None

    def in_place(self, folders: Iterable[str]) -> dict[str, DigestTable]:
        """What was found in these folders of this root before, as far as it is known."""
        keys = {self._key(folder): folder for folder in folders}
        values = self._file.get_many(CacheTable.DIGESTS, list(keys))
        tables = ((folder, _table(values.get(key))) for key, folder in keys.items())
        return {folder: table for folder, table in tables if table is not None}

    def of_trees(self, oids: Iterable[str]) -> dict[str, list[DigestTable]]:
        """What was found in any folder, of any clone, that held one of these git trees, in each form of it that is known.

        Times are those of another place.
        """
        wanted = dict.fromkeys(oids)
        # Files themselves are kept in one place, however git holds them.
        keys = [_tree_key(oid, form) for form in (Form.WHOLE, Form.POINTERS) for oid in wanted]
        found: dict[str, list[DigestTable]] = {}
        for table in map(_table, self._file.find_many(CacheTable.DIGESTS, keys).values()):
            if table is not None and table.tree in wanted:
                found.setdefault(table.tree, []).append(table)
        return found

    def in_objects(self, oids: Iterable[str]) -> dict[str, DigestTable]:
        """What git's own objects of these trees hold, by their ids: pointers, where Git LFS keeps the files."""
        known = self.of_trees(oids).items()
        return {oid: one for oid, tables in known for one in tables if one.form is not Form.LFS}

    def keep_tree(self, oid: str, table: DigestTable) -> None:
        """Keep what was found in a git tree that lies in no folder. The table was compared with the tree, file by file."""
        key = _tree_key(oid, table.form)
        self._file.put(CacheTable.DIGESTS, _TREE + key, encoded(table), key)

    def keep(self, folder: str, table: DigestTable) -> None:
        """Keep what was found in a folder."""
        second_key = b"" if table.tree is None else _tree_key(table.tree, table.form)
        self._file.put(CacheTable.DIGESTS, self._key(folder), encoded(table), second_key)

    def key(self, status: os.stat_result) -> bytes:
        """The key of a file that was read. NO_KEY if its time stamp is so fresh that a later edit could get the same."""
        tick = _COARSE_TICK if status.st_mtime_ns % 1_000_000_000 == 0 else _TICK
        is_old = max(status.st_mtime_ns, status.st_ctime_ns) < self.begin() - tick
        return packed(file_key(status) if is_old else NO_KEY)

    def begin(self) -> int:
        """The file system's own time (ns) before the first file is read; 0 if nothing can be written.

        Files get their time stamps from the file system, whose clock need not agree with ours. So it is asked by writing.
        """
        if self._now is None:
            self._now = 0
            folder = self._file.path.parent
            with contextlib.suppress(OSError):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                with tempfile.NamedTemporaryFile(dir=folder) as probe:
                    probe.write(b"x")
                    probe.flush()
                    self._now = os.fstat(probe.fileno()).st_mtime_ns
        return self._now

    def _key(self, folder: str) -> bytes:
        return self._mark + os.fsencode(folder)


def _tree_key(tree: str, form: Form) -> bytes:
    return RULES + (b"pointers" if form is Form.POINTERS else b"") + tree.encode()


def _table(value: bytes | None) -> DigestTable | None:
    try:
        return None if value is None else decoded(value)
    except Damaged:
        return None
