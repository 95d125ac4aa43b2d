"""Image files of many folders, each read at most once and none that the cache knows."""

import os
import stat
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from reconciler.files.digest import DigestCache, file_key
from reconciler.files.image import FILE_LIMIT, Inspection, inspect
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.walk import join

_PARALLEL_FROM = 8 * 1024 * 1024
"""Bytes to hash from which a second thread pays."""

_THREADS = 4
Scanned = Inspection | FileRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pending:
    folder: str
    name: str
    size: int

    @property
    def path(self) -> str:
        return join(self.folder, self.name)


def scan(tree: Tree, names: Mapping[str, Iterable[str]], cache: DigestCache) -> dict[str, Scanned]:
    """Path below the root to what was found, for the named files of each folder."""
    found: dict[str, Scanned] = {}
    pending: list[_Pending] = []
    for folder in sorted(names):
        try:
            with tree.folder(folder) as handle:
                _look_up(handle, folder, sorted(set(names[folder])), cache, found, pending)
        except FileRefused as refused:  # moved since it was listed
            found.update(dict.fromkeys((join(folder, name) for name in names[folder]), refused))
    if pending:
        cache.begin()
    for item, result in zip(pending, _read_all(tree, pending), strict=True):
        if isinstance(result, FileRefused):
            found[item.path] = result
        else:
            status, inspection = result
            found[item.path] = inspection
            cache.put(item.folder, item.name, status, inspection)
    return found


def _look_up(
    handle: int,
    folder: str,
    names: Collection[str],
    cache: DigestCache,
    found: dict[str, Scanned],
    pending: list[_Pending],
) -> None:
    row = cache.row(folder, names)
    for name in names:
        try:
            status = os.stat(name, dir_fd=handle, follow_symlinks=False)
        except OSError:
            found[join(folder, name)] = FileRefused(join(folder, name), "does not exist")
            continue
        known = row.get(name) if stat.S_ISREG(status.st_mode) else None
        if known is not None and known[0] == file_key(status):
            found[join(folder, name)] = known[1]
        else:
            pending.append(_Pending(folder=folder, name=name, size=status.st_size))


def _read_all(tree: Tree, pending: list[_Pending]) -> list[tuple[os.stat_result, Inspection] | FileRefused]:
    if len(pending) < 2 or sum(item.size for item in pending) < _PARALLEL_FROM:
        return [_read(tree, item.path) for item in pending]
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as threads:
        return list(threads.map(lambda item: _read(tree, item.path), pending))


def _read(tree: Tree, path: str) -> tuple[os.stat_result, Inspection] | FileRefused:
    try:
        with tree.open_file(path) as file:
            status = os.fstat(file.fileno())
            if status.st_size > FILE_LIMIT:
                return FileRefused(path, f"is larger than {FILE_LIMIT // 1024 // 1024} MB")
            return status, inspect(file)
    except FileRefused as refused:
        return refused
    except OSError:
        return FileRefused(path, "cannot be read to its end")
