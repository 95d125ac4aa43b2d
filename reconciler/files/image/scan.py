"""Image files of many folders, each read at most once and none that the cache knows."""

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from reconciler.files.git.git_tree_ids import GitTreeIds
from reconciler.files.image.digest_cache import DigestCache
from reconciler.files.image.digest_table import KEY_BYTES, DigestTable, file_key, make_table, packed
from reconciler.files.image.image_file import FILE_LIMIT, Inspection, inspect
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import join

_PARALLEL_FROM = 8 * 1024 * 1024
"""Bytes to hash from which a second thread pays."""

_THREADS = 4
Scanned = Inspection | FileRefused
Found = DigestTable | Mapping[str, Scanned]
"""What was found in a folder: a table of just the files asked for, or each by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    folder: str
    name: str
    size: int

    @property
    def path(self) -> str:
        return join(self.folder, self.name)


@dataclass(slots=True, kw_only=True)
class _Part:
    """A folder of which something must be read: what is known of the others, with their keys."""

    known: dict[str, Scanned] = field(default_factory=dict)
    keys: dict[str, bytes] = field(default_factory=dict)


def scan(
    tree: Tree, names: Mapping[str, Iterable[str]], cache: DigestCache, checkout: GitTreeIds | None = None
) -> dict[str, Found]:
    """Folder below the root to what was found in it, for the named files of each."""
    vouched = checkout.trees() if checkout is not None else {}
    found: dict[str, Found] = {}
    parts: dict[str, _Part] = {}
    pending: list[_Pending] = []
    for folder in sorted(names):
        asked = tuple(sorted(set(names[folder])))
        table = cache.in_place(folder)
        committed = _committed(cache, table, vouched.get(folder))
        if committed is not None and _holds(committed, asked):
            found[folder] = _narrowed(committed, asked)
        elif table is not None and _is_unchanged(tree, folder, asked, table):
            found[folder] = table
        else:
            parts[folder] = _look_up(tree, folder, asked, table, pending)
    _read_pending(tree, pending, parts, cache, with_blobs=checkout is not None)
    for folder, part in parts.items():
        found[folder] = _enrolled(folder, part, cache)
    if checkout is not None:
        _vouch(found, checkout, cache)
    return found


def _committed(cache: DigestCache, table: DigestTable | None, oid: str | None) -> DigestTable | None:
    """A table that was checked against the git tree that the folder holds; None if git does not vouch, or none is known."""
    if oid is None:
        return None
    return table if table is not None and table.tree == oid else cache.of_tree(oid)


def _holds(table: DigestTable, asked: tuple[str, ...]) -> bool:
    return table.names == asked or set(table.names).issuperset(asked)


def _narrowed(table: DigestTable, asked: tuple[str, ...]) -> Found:
    """A table, or what it knows of some of its files."""
    if table.names == asked:
        return table
    known = dict(zip(table.names, table.inspections, strict=True))
    return {name: known[name] for name in asked}


def _is_unchanged(tree: Tree, folder: str, asked: tuple[str, ...], table: DigestTable) -> bool:
    """Are these the files of the table, and does each have the key that it had?"""
    if table.names != asked:
        return False
    keys = []
    try:
        with tree.folder(folder) as handle:
            for name in asked:
                status = os.stat(name, dir_fd=handle, follow_symlinks=False)
                if not stat.S_ISREG(status.st_mode):
                    return False
                keys.append(packed(file_key(status)))
    except OSError:
        return False
    return b"".join(keys) == table.keys


def _look_up(
    tree: Tree, folder: str, asked: Sequence[str], table: DigestTable | None, pending: list[_Pending]
) -> _Part:
    part = _Part()
    known: dict[str, tuple[bytes, Inspection]] = {}
    if table is not None:
        keys = (table.keys[at : at + KEY_BYTES] for at in range(0, len(table.keys), KEY_BYTES))
        known = dict(zip(table.names, zip(keys, table.inspections, strict=True), strict=True))
    try:
        with tree.folder(folder) as handle:
            for name in asked:
                _look_at(handle, folder, name, known.get(name), part, pending)
    except FileRefused as refused:  # moved since it was listed
        return _Part(known=dict.fromkeys(asked, refused))
    return part


def _look_at(
    handle: int, folder: str, name: str, known: tuple[bytes, Inspection] | None, part: _Part, pending: list[_Pending]
) -> None:
    try:
        status = os.stat(name, dir_fd=handle, follow_symlinks=False)
    except OSError:
        part.known[name] = FileRefused(join(folder, name), "does not exist")
        return
    if known is not None and stat.S_ISREG(status.st_mode) and known[0] == packed(file_key(status)):
        part.keys[name], part.known[name] = known
    else:
        pending.append(_Pending(folder=folder, name=name, size=status.st_size))


def _read_pending(
    tree: Tree, pending: list[_Pending], parts: Mapping[str, _Part], cache: DigestCache, *, with_blobs: bool
) -> None:
    if pending:
        cache.begin()
    for item, result in zip(pending, _read_all(tree, pending, with_blobs=with_blobs), strict=True):
        part = parts[item.folder]
        if isinstance(result, FileRefused):
            part.known[item.name] = result
        else:
            status, inspection = result
            part.known[item.name] = inspection
            part.keys[item.name] = cache.key(status)


def _enrolled(folder: str, part: _Part, cache: DigestCache) -> Found:
    """The folder as a table, which the cache gets; its files one by one where some could not be read."""
    sound = [(name, part.keys[name], one) for name, one in part.known.items() if isinstance(one, Inspection)]
    table = make_table(sound)
    if sound:
        cache.keep(folder, table)
    return table if len(sound) == len(part.known) else part.known


def _vouch(found: Mapping[str, Found], checkout: GitTreeIds, cache: DigestCache) -> None:
    """Hold each new table against the tree that git says its folder is: only where every id is equal, is it that tree."""
    for folder, oid in checkout.trees().items():
        table = found.get(folder)
        if not isinstance(table, DigestTable) or oid in {table.tree, table.not_tree} or None in table.blobs:
            continue
        ids = checkout.blobs().get(folder, {})
        is_equal = all(ids.get(os.fsencode(name)) == blob for name, blob in zip(table.names, table.blobs, strict=True))
        table.tree, table.not_tree = (oid, None) if is_equal else (None, oid)
        cache.keep(folder, table)


def _read_all(
    tree: Tree, pending: list[_Pending], *, with_blobs: bool
) -> list[tuple[os.stat_result, Inspection] | FileRefused]:
    if len(pending) < 2 or sum(item.size for item in pending) < _PARALLEL_FROM:
        return [_read(tree, item.path, with_blob=with_blobs) for item in pending]
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as threads:
        return list(threads.map(lambda item: _read(tree, item.path, with_blob=with_blobs), pending))


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
