"""Everything below the manifest root, listed once: folders, their files, and what must not be read."""

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Protocol

from reconciler.core.problem import Problem
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.files.file_names import FileNames
from reconciler.files.tree import FileRefused, TreeReader

FOLDER_LIMIT = 20_000
"""Entries of one folder."""

TREE_LIMIT = 1_000_000
"""Entries of all folders together."""

DEPTH_LIMIT = 32
"""Folders inside each other."""

FOLDERS_FROM = 20
"""Folders of a tree. With fewer, nothing is gained by asking what is known of each."""

TEXT_SUFFIXES = frozenset({".yaml", ".yml", ".txt", ".caption", ".json", ".jsonl", ".csv", ".dvc"})
"""Suffixes of manifests, captions, schemas, and of pointer files that stand for a folder."""

DATA_SUFFIXES = TEXT_SUFFIXES | {".png", ".jpg", ".jpeg", ".webp"}
"""Suffixes of files that are read. Of other files only the names count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """One folder: its regular files and its folders by name, sorted; `linked` names those that are links.

    `refused` are names of what is neither, or cannot be reached; where it looks like data, a Problem says why.
    """

    files: FileNames
    folders: tuple[str, ...]
    linked: frozenset[str] = frozenset()
    refused: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class TreeListing:
    """The folders of a tree by their path below the root ("" is the root itself)."""

    folders: dict[str, FolderListing] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    entries: int = 0

    def below(self, folder: str) -> list[str]:
        """A folder and all folders below it, by path; empty if there is no such folder."""
        found, pending = [], [folder] if folder in self.folders else []
        while pending:
            path = pending.pop()
            found.append(path)
            pending += [join(path, name) for name in self.folders[path].folders if join(path, name) in self.folders]
        return sorted(found)


class _LimitMet(Exception):
    """Listing ends early; a Problem says why."""


class KnownFolders(Protocol):
    """Says what folders hold that were listed before (`files.listing_cache`)."""

    def look(self, folder: str, names: Iterable[str]) -> Mapping[str, os.stat_result]: ...
    def names_in(self, folder: str, status: os.stat_result) -> FileNames | None: ...
    def note(self, folder: str, status: os.stat_result, names: FileNames) -> None: ...


def list_tree(tree: TreeReader, known: KnownFolders | None = None) -> TreeListing:
    """List the tree. Hidden folders are never entered. Links are followed by our own rules; one that leaves the root is refused.

    A folder that `known` knows is not opened.
    """
    found = TreeListing()
    with contextlib.suppress(_LimitMet):
        _enter(tree, found, "", (), known)
    return found


def join(folder: str, name: str) -> str:
    """A name below a folder, as a path below the root."""
    return f"{folder}/{name}" if folder else name


def _enter(
    tree: TreeReader, found: TreeListing, path: str, above: tuple[object, ...], known: KnownFolders | None
) -> None:
    """List a folder and all below it; `above` are the folders that hold it."""
    here = tree.entries(path, FOLDER_LIMIT)
    chain = (*above, here.identity)
    if len(chain) > DEPTH_LIMIT:
        _stop(tree, found, path, f"folders are nested more than {DEPTH_LIMIT} deep")
    if here.is_cut:
        _stop(tree, found, path, f"this folder holds more than {FOLDER_LIMIT:,} entries")
    files, folders = here.files, here.folders
    found.problems += [_special(tree, join(path, name)) for name in here.special if _is_data(name)]
    _count(tree, found, path, len(files) + len(folders) + len(here.linked))
    for name in sorted(here.linked):
        _resolve(tree, found, join(path, name), name, chain, files, folders)
    found.folders[path] = FolderListing(
        files=FileNames(sorted(files)),
        folders=tuple(sorted(folders)),
        linked=frozenset(here.linked),
        refused=tuple(sorted({*here.linked, *here.special}.difference(files, folders))),
    )
    is_large = len(found.folders) + len(folders) >= FOLDERS_FROM
    statuses = known.look(path, found.folders[path].folders) if known is not None and is_large and folders else {}
    for name in sorted(folders):
        status = statuses.get(name) if len(chain) < DEPTH_LIMIT else None
        if known is None or status is None:
            _descend(tree, found, join(path, name), chain, known)
        else:
            _take(tree, found, join(path, name), chain, known, status)


def _take(
    tree: TreeReader,
    found: TreeListing,
    path: str,
    chain: tuple[object, ...],
    known: KnownFolders,
    status: os.stat_result,
) -> None:
    """Take a folder as it is known, or list it, and keep that it holds nothing but files."""
    names = known.names_in(path, status)
    if names is not None:
        _count(tree, found, path, len(names))
        found.folders[path] = FolderListing(files=names, folders=())
        return
    _descend(tree, found, path, chain, known)
    listed = found.folders.get(path)
    if listed is not None and not (listed.folders or listed.linked or listed.refused):
        known.note(path, status, listed.files)


def _count(tree: TreeReader, found: TreeListing, path: str, number: int) -> None:
    found.entries += number
    if found.entries > TREE_LIMIT:
        _stop(tree, found, path, f"the tree holds more than {TREE_LIMIT:,} entries")


def _descend(
    tree: TreeReader, found: TreeListing, path: str, chain: tuple[object, ...], known: KnownFolders | None
) -> None:
    try:
        _enter(tree, found, path, chain, known)
    except FileRefused as refused:  # moved or locked since it was listed
        found.problems.append(_refusal(tree, path, refused))


def _resolve(
    tree: TreeReader,
    found: TreeListing,
    path: str,
    name: str,
    chain: tuple[object, ...],
    files: list[str],
    folders: list[str],
) -> None:
    """Put a link among the files or the folders, by what it leads to inside the root."""
    try:
        place = tree.look_at(path)
    except FileRefused as refused:
        found.problems.append(_refusal(tree, path, refused))
        return
    if place.kind == "folder":
        if place.identity in chain:
            found.problems.append(_refusal(tree, path, FileRefused(path, "is a link to a folder that holds it")))
        else:
            folders.append(name)
    elif place.kind == "file":
        files.append(name)
    elif _is_data(name):
        found.problems.append(_special(tree, path))


def _is_data(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in DATA_SUFFIXES  # noqa: PTH122 - a name, not a path


def _stop(tree: TreeReader, found: TreeListing, path: str, what: str) -> None:
    found.problems.append(
        Problem(
            rule="tree-limit",
            location=tree.location(path),
            summary="the manifest folder is too large",
            detail=f"{what[0].upper()}{what[1:]}.",
            remedy="Name the folder that holds the manifests with --root, or move what does not belong to them.",
        )
    )
    raise _LimitMet


def _special(tree: TreeReader, path: str) -> Problem:
    return _refusal(tree, path, FileRefused(path, "is not a regular file"))


def _refusal(tree: TreeReader, path: str, refused: FileRefused) -> Problem:
    name = quoted(os.fsencode(path).decode("utf-8", "replace"))
    return Problem(
        rule="path-refused",
        location=tree.location(path),
        summary="this path cannot be read safely",
        detail=f"{name} {refused.reason}.",
        remedy="Put the file itself there, or remove it.",
    )
