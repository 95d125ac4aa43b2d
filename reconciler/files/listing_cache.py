"""The names in folders that hold nothing but files, kept in the cache by what the file system says of the folder.

A folder's times change whenever a name in it comes, goes or changes; edits of a file do not change them, and say nothing about names. So a
folder with the size, the times and the inode that it had, holds the names that it had. It is not opened then.

A hint, and only for commands that show something: a row of another hand could hide files, and hidden files would be taken for
removed ones (`files.yaml.reading_cache`).
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping

from reconciler.files.cache import CacheFile, CacheTable
from reconciler.files.file_names import FileNames
from reconciler.files.image.digest_cache import DigestCache
from reconciler.files.image.digest_table import KEY_BYTES, NO_KEY, file_key, packed
from reconciler.files.tree import FileRefused, Tree

RULES = b"2"
"""Counts up whenever listing finds something else in the same folder, and with the form of a row."""

ROW_LIMIT = 16 * 1024 * 1024
"""Bytes of the row of one root: some million names."""


Names = tuple[bytes, bytes]
"""The key of a folder, and the names in it with a NUL behind each."""


class ListingCache:
    """What the folders of one root hold. Looking up and keeping never fail: without a usable file nothing is known."""

    def __init__(self, file: CacheFile, tree: Tree, times: DigestCache) -> None:
        self._file = file
        self._tree = tree
        self._times = times
        self._key = RULES + hashlib.sha256(os.fsencode(tree.root.resolve())).digest()[:16]
        value = file.get(CacheTable.LISTINGS, self._key)
        self._before: dict[str, Names] = {} if value is None else decoded(value)
        self._now: dict[str, Names] = {}

    def look(self, folder: str, names: Iterable[str]) -> Mapping[str, os.stat_result]:
        """What the file system says of the folders in a folder, before they are listed."""
        found = {}
        try:
            with self._tree.folder(folder) as handle:
                for name in names:
                    status = os.stat(name, dir_fd=handle, follow_symlinks=False)
                    if stat.S_ISDIR(status.st_mode):
                        found[name] = status
        except (FileRefused, OSError):  # moved since it was listed
            return {}
        return found

    def names_in(self, folder: str, status: os.stat_result) -> FileNames | None:
        """The names in a folder, which are all of files; None if that is not known."""
        known = self._before.get(folder)
        if known is None or known[0] != packed(file_key(status)):
            self._times.begin()  # before it is listed: a change after that has a later time
            return None
        self._now[folder] = known
        return FileNames(lines=known[1])

    def note(self, folder: str, status: os.stat_result, names: FileNames) -> None:
        """Keep the names of a folder that holds nothing but files. `status` is from before it was listed."""
        key = self._times.key(status)
        if key != packed(NO_KEY):
            self._now[folder] = key, names.lines

    def save(self) -> None:
        """Keep what was seen, if it is not what was known."""
        if self._now != self._before:
            value = encoded(self._now)
            if len(value) <= ROW_LIMIT:
                self._file.put(CacheTable.LISTINGS, self._key, value)


def encoded(folders: Mapping[str, Names]) -> bytes:
    """A row: a line of JSON with paths and lengths, the keys, the names."""
    head = json.dumps([list(folders), [len(names) for _, names in folders.values()]], separators=(",", ":"))
    return b"".join(
        (head.encode(), b"\n", *(key for key, _ in folders.values()), *(names for _, names in folders.values()))
    )


def decoded(value: bytes) -> dict[str, Names]:
    """What a row holds; nothing if it is none of ours. No name leads out of its folder, whoever wrote the row."""
    at = value.find(b"\n") + 1
    try:
        paths, sizes = json.loads(value[:at])
        if (
            len(paths) != len(sizes)
            or at + KEY_BYTES * len(paths) + sum(sizes) != len(value)
            or min(sizes, default=0) < 0
        ):
            return {}
        found = {}
        end = at + KEY_BYTES * len(paths)
        if not _are_names(value[end:]):
            return {}
        for place, (path, size) in enumerate(zip(paths, sizes, strict=True)):
            key = value[at + KEY_BYTES * place : at + KEY_BYTES * (place + 1)]
            names = value[end : end + size]
            end += size
            if names[-1:] not in {b"", b"\0"}:
                return {}
            found[path] = key, names
    except (ValueError, TypeError, RecursionError):
        return {}
    return found


def _are_names(lines: bytes) -> bool:
    """Is each of these, with a NUL behind it, the name of something that is not hidden, in the folder itself?"""
    return not (lines[:1] in {b".", b"\0"} or b"/" in lines or b"\0." in lines or b"\0\0" in lines)
