"""What the image files of many folders hold. A file is read at most once, and not at all if the cache knows it."""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import chain

from reconciler.core.value import dataclass
from reconciler.files.git.git_tree_ids import GitTreeIds
from reconciler.files.image.digest_cache import DigestCache
from reconciler.files.image.digest_table import KEY_BYTES, DigestTable, Form, file_key, joined_keys, make_table, packed
from reconciler.files.image.image_file import FILE_LIMIT, Inspection, inspect
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import join

_PARALLEL_FROM = 8 * 1024 * 1024
"""Bytes to hash; from here on a second thread saves more time than it costs."""

_THREADS = 4

_AT_ONCE = 8
"""Files that a thread takes at once: to hand one over takes as long as to open it. Few, for they may be large."""

ScannedFile = Inspection | FileRefused
FolderContents = DigestTable | Mapping[str, ScannedFile]
"""What was found in a folder: a table of just the files asked for, or each file by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _FileToRead:
    folder: str
    name: str
    size: int

    @property
    def path(self) -> str:
        return join(self.folder, self.name)


@dataclass(slots=True, kw_only=True)
class _PartlyKnown:
    """A folder with files that must be read: what is known of the others, with their keys."""

    known: dict[str, ScannedFile] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)


def scan(
    tree: Tree, names: Mapping[str, Sequence[str]], cache: DigestCache, git: GitTreeIds | None = None
) -> dict[str, FolderContents]:
    """What was found in the named files of each folder, by the folder's path below the root. Names are sorted, each given once."""
    vouched = git.trees() if git is not None else {}
    found: dict[str, FolderContents] = {}
    parts: dict[str, _PartlyKnown] = {}
    pending: list[_FileToRead] = []
    tables = cache.in_place(names)
    committed = _committed(cache, tables, {folder: vouched[folder] for folder in names if folder in vouched})
    for folder, asked in sorted(names.items()):
        table = tables.get(folder)
        known = _fitting(tree, folder, asked, committed.get(folder, ()))
        if known is not None:
            found[folder] = known
        elif table is not None and _is_unchanged(tree, folder, asked, table):
            found[folder] = table
        else:
            parts[folder] = _look_up(tree, folder, asked, table, pending)
    _read_pending(tree, pending, parts, cache, with_blobs=git is not None)
    for folder, part in parts.items():
        found[folder] = _enrolled(folder, part, cache)
    if git is not None:
        _compare_with_trees(found, git, cache)
    return found


def _committed(
    cache: DigestCache, tables: Mapping[str, DigestTable], oids: Mapping[str, str]
) -> dict[str, Sequence[DigestTable]]:
    """What is known of the git trees that folders hold, by folder; of those in place, or of any clone."""
    found: dict[str, Sequence[DigestTable]] = {}
    for folder, oid in oids.items():
        table = tables.get(folder)
        if table is not None and table.tree == oid:
            found[folder] = (table,)
    others = cache.of_trees(oid for folder, oid in oids.items() if folder not in found)
    return found | {folder: others.get(oid, ()) for folder, oid in oids.items() if folder not in found}


def _fitting(tree: Tree, folder: str, asked: Sequence[str], tables: Sequence[DigestTable]) -> FolderContents | None:
    """The contents that a folder has, of those that its git tree can have; None if none fits.

    Git calls a file of Git LFS unchanged whether it is there itself or as its pointer. The number of its bytes tells which.
    """
    for one in tables:
        known = known_in(one, asked)
        if known is not None and (one.form is Form.WHOLE or _has_sizes(tree, folder, asked, one)):
            return known
    return None


def _has_sizes(tree: Tree, folder: str, asked: Sequence[str], table: DigestTable) -> bool:
    """Does each file have as many bytes as the table expects on the disk?"""
    sizes = dict(zip(table.names, table.disk_sizes(), strict=True))
    try:
        with tree.folder(folder) as handle:
            return all(_size_at(name, handle) == sizes[name] for name in asked)
    except OSError:
        return False


def _size_at(name: str, handle: int) -> int:
    """The bytes of a regular file in a folder; no number for anything else."""
    status = os.stat(name, dir_fd=handle, follow_symlinks=False)
    return status.st_size if stat.S_ISREG(status.st_mode) else -1


def known_in(table: DigestTable | None, asked: Sequence[str]) -> FolderContents | None:
    """The table, or what it knows of the files that were asked for; None if it does not know them all."""
    if table is None or table.names_are(asked):
        return table
    if not set(table.names).issuperset(asked):
        return None
    known = dict(zip(table.names, table.inspections, strict=True))
    return {name: known[name] for name in asked}


def _is_unchanged(tree: Tree, folder: str, asked: Sequence[str], table: DigestTable) -> bool:
    """Does the folder hold the files of the table, each with the key that it had?"""
    if not table.names_are(asked):
        return False
    try:
        with tree.folder(folder) as handle:
            found = [os.stat(name, dir_fd=handle, follow_symlinks=False) for name in asked]
    except OSError:
        return False
    return joined_keys(found) == table.keys and all(map(stat.S_ISREG, {status.st_mode for status in found}))


def _look_up(
    tree: Tree, folder: str, asked: Sequence[str], table: DigestTable | None, pending: list[_FileToRead]
) -> _PartlyKnown:
    part = _PartlyKnown()
    known: dict[str, tuple[bytes, Inspection]] = {}
    if table is not None:
        keys = (table.keys[at : at + KEY_BYTES] for at in range(0, len(table.keys), KEY_BYTES))
        known = dict(zip(table.names, zip(keys, table.inspections, strict=True), strict=True))
    try:
        with tree.folder(folder) as handle:
            for name in asked:
                _look_at(handle, folder, name, known.get(name), part, pending)
    except FileRefused as refused:  # moved since it was listed
        return _PartlyKnown(known=dict.fromkeys(asked, refused))
    return part


def _look_at(
    handle: int,
    folder: str,
    name: str,
    known: tuple[bytes, Inspection] | None,
    part: _PartlyKnown,
    pending: list[_FileToRead],
) -> None:
    try:
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
    except OSError:
        part.known[name] = FileRefused(join(folder, name), "does not exist")
        return
    if known is not None and stat.S_ISREG(status.st_mode) and known[0] == packed(file_key(status)):
        part.keys[name], part.known[name] = known
    else:
        pending.append(_FileToRead(folder=folder, name=name, size=status.st_size))


def _read_pending(
    tree: Tree, pending: list[_FileToRead], parts: Mapping[str, _PartlyKnown], cache: DigestCache, *, with_blobs: bool
) -> None:
    if pending:
        # Before the first file is read: a file that is written later than this is too fresh to be known by its times.
        cache.begin()
    for item, result in zip(pending, _read_all(tree, pending, with_blobs=with_blobs), strict=True):
        part = parts[item.folder]
        if isinstance(result, FileRefused):
            part.known[item.name] = result
        else:
            status, inspection = result
            part.known[item.name] = inspection
            part.keys[item.name] = cache.key(status)


def _enrolled(folder: str, part: _PartlyKnown, cache: DigestCache) -> FolderContents:
    """The folder as a table, which the cache keeps; its files one by one if some could not be read."""
    sound = [(name, part.keys[name], one) for name, one in part.known.items() if isinstance(one, Inspection)]
    table = make_table(sound)
    if sound:
        cache.keep(folder, table)
    return table if len(sound) == len(part.known) else part.known


def _compare_with_trees(found: Mapping[str, FolderContents], git: GitTreeIds, cache: DigestCache) -> None:
    """Compare each new table, file by file, with the tree that git says its folder holds, and keep the result.

    Git's word alone would not do: a row that is kept under a tree's id is believed in every clone and for ever. So it is only
    kept there if we computed each file's id from the bytes that we hashed, and each is the id that the tree has.
    """
    for folder, oid in git.trees().items():
        table = found.get(folder)
        if not isinstance(table, DigestTable) or oid in {table.tree, table.not_tree} or None in table.blobs:
            continue
        ids = git.blobs().get(folder, {})
        form = table.form_in([ids.get(os.fsencode(name)) for name in table.names])
        table.tree, table.not_tree = (None, oid) if form is None else (oid, None)
        table.form = form or Form.WHOLE
        cache.keep(folder, table)


def _read_all(
    tree: Tree, pending: list[_FileToRead], *, with_blobs: bool
) -> list[tuple[os.stat_result, Inspection] | FileRefused]:
    if len(pending) < 2 or sum(item.size for item in pending) < _PARALLEL_FROM:
        return [_read(tree, item.path, with_blob=with_blobs) for item in pending]
    from concurrent.futures import ThreadPoolExecutor

    runs = [pending[at : at + _AT_ONCE] for at in range(0, len(pending), _AT_ONCE)]
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as threads:
        read = threads.map(lambda run: [_read(tree, item.path, with_blob=with_blobs) for item in run], runs)
        return list(chain.from_iterable(read))


def _read(tree: Tree, path: str, *, with_blob: bool = False) -> tuple[os.stat_result, Inspection] | FileRefused:
    try:
        with tree.open_file(path) as file:
            status = os.fstat(file.fileno())
            if status.st_size > FILE_LIMIT:
                return FileRefused(path, f"is larger than {FILE_LIMIT // 1024 // 1024} MB")
            return status, inspect(file, status.st_size if with_blob else None)
    except FileRefused as refused:
        return refused
    except OSError:
        return FileRefused(path, "cannot be read to its end")
