"""The roots of a repository: folders that hold a `reconciler.yaml`, on the disk or at a revision of git."""

import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from reconciler.files.configuration import FILE_NAME
from reconciler.files.git.repository import RevisionRefused, TreeEntry, find_repository
from reconciler.files.git.revision import is_visible

ENTRIES = 200_000
"""Entries of a repository that are looked at to find its roots."""


def find_roots(top: Path, known: str) -> tuple[str, ...]:
    """The roots below a folder, as paths from there: `known`, and each folder that holds a `reconciler.yaml`.

    Hidden folders, links, and what lies below a root are not looked at.
    """
    found, seen = {known}, 0
    for folder, names, entries in os.walk(top):
        seen += len(names) + len(entries)
        path = Path(folder).relative_to(top).as_posix()
        if FILE_NAME in entries or path == known:
            found.add(path)
            names.clear()
        names[:] = sorted(name for name in names if not name.startswith("."))
        if seen > ENTRIES:
            break
    return tuple(sorted(found))


def roots_beside(root: Path, rev: str = "") -> dict[str, Path]:
    """The other roots of the repository in which a root lies, by their paths from its top folder.

    They are those on the disk, or those of a revision, by the same rules. None where there is no repository, or no such revision.
    """
    try:
        repository, below = find_repository(root)
        own = below or "."
        found = _at_revision(own, repository.entries(repository.commit(rev), "")) if rev else None
    except RevisionRefused:
        return {}
    roots = find_roots(repository.top, own) if found is None else found
    return {path: repository.top / path for path in roots if path != own}


def _at_revision(own: str, entries: Iterable[TreeEntry]) -> tuple[str, ...]:
    files = (PurePosixPath(os.fsdecode(entry.path)) for entry in entries if is_visible(entry.path))
    folders = {PurePosixPath(own), *(path.parent for path in files if path.name == FILE_NAME)}
    outermost = (folder for folder in folders if folders.isdisjoint(folder.parents))
    return tuple(sorted(folder.as_posix() for folder in outermost))
