"""Everything below the manifest root, listed once: folders, their files, and what must not be read."""

import contextlib
import itertools
import os
import stat
from dataclasses import field

from reconciler.core.problem import Problem
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.files.tree import FileRefused, Tree

FOLDER_LIMIT = 20_000
"""Entries of one folder."""

TREE_LIMIT = 1_000_000
"""Entries of all folders together."""

DEPTH_LIMIT = 32
"""Folders inside each other."""

TEXT_SUFFIXES = frozenset({".yaml", ".yml", ".txt", ".caption", ".json", ".jsonl", ".csv", ".dvc"})
"""Suffixes of manifests, captions, schemas, and of pointer files that stand for a folder."""

DATA_SUFFIXES = TEXT_SUFFIXES | {".png", ".jpg", ".jpeg", ".webp"}
"""Suffixes of files that are read. Of other files only the names count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderListing:
    """One folder: its regular files and its folders by name, sorted; `linked` names those that are links.

    `refused` are names of what is neither, or cannot be reached; where it looks like data, a Problem says why.
    """

    files: tuple[str, ...]
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


def list_tree(tree: Tree) -> TreeListing:
    """List the tree. Hidden folders are never entered. Links are followed by our own rules; one that leaves the root is refused."""
    found = TreeListing()
    with contextlib.suppress(_LimitMet), tree.folder("") as handle:
        _enter(tree, found, "", handle, (_identity(os.fstat(handle)),))
    return found


def join(folder: str, name: str) -> str:
    """A name below a folder, as a path below the root."""
    return f"{folder}/{name}" if folder else name


def _enter(tree: Tree, found: TreeListing, path: str, handle: int, chain: tuple[tuple[int, int], ...]) -> None:
    if len(chain) > DEPTH_LIMIT:
        _stop(tree, found, path, f"folders are nested more than {DEPTH_LIMIT} deep")
    files, folders, linked, special = _entries(tree, found, path, handle)
    found.problems += [_special(tree, join(path, name)) for name in special if _is_data(name)]
    found.entries += len(files) + len(folders) + len(linked)
    if found.entries > TREE_LIMIT:
        _stop(tree, found, path, f"the tree holds more than {TREE_LIMIT:,} entries")
    for name in sorted(linked):
        _resolve(tree, found, join(path, name), name, chain, files, folders)
    found.folders[path] = FolderListing(
        files=tuple(sorted(files)),
        folders=tuple(sorted(folders)),
        linked=frozenset(linked),
        refused=tuple(sorted({*linked, *special}.difference(files, folders))),
    )
    for name in sorted(folders):
        _descend(tree, found, join(path, name), chain)


def _entries(
    tree: Tree, found: TreeListing, path: str, handle: int
) -> tuple[list[str], list[str], list[str], list[str]]:
    """Names of the regular files, folders, links and other things in a folder; hidden ones left out."""
    with os.scandir(handle) as entries:
        listed = list(itertools.islice(entries, FOLDER_LIMIT + 1))
        if len(listed) > FOLDER_LIMIT:
            _stop(tree, found, path, f"this folder holds more than {FOLDER_LIMIT:,} entries")
        files = [entry.name for entry in listed if entry.is_file(follow_symlinks=False)]
        others = [] if len(files) == len(listed) else listed  # most folders hold nothing else, and they are large
        folders: list[str] = []
        linked: list[str] = []
        special: list[str] = []
        for entry in others:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif not entry.is_file(follow_symlinks=False):
                (linked if entry.is_symlink() else special).append(entry.name)
    return _seen(files), _seen(folders), _seen(linked), _seen(special)


def _seen(names: list[str]) -> list[str]:
    return [name for name in names if not name.startswith(".")]


def _descend(tree: Tree, found: TreeListing, path: str, chain: tuple[tuple[int, int], ...]) -> None:
    try:
        with tree.folder(path) as handle:
            _enter(tree, found, path, handle, (*chain, _identity(os.fstat(handle))))
    except FileRefused as refused:  # moved or locked since it was listed
        found.problems.append(_refusal(tree, path, refused))


def _resolve(
    tree: Tree,
    found: TreeListing,
    path: str,
    name: str,
    chain: tuple[tuple[int, int], ...],
    files: list[str],
    folders: list[str],
) -> None:
    """Put a link among the files or the folders, by what it leads to inside the root."""
    try:
        status = tree.status(path)
    except FileRefused as refused:
        found.problems.append(_refusal(tree, path, refused))
        return
    if stat.S_ISDIR(status.st_mode):
        if _identity(status) in chain:
            found.problems.append(_refusal(tree, path, FileRefused(path, "is a link to a folder that holds it")))
        else:
            folders.append(name)
    elif stat.S_ISREG(status.st_mode):
        files.append(name)
    elif _is_data(name):
        found.problems.append(_special(tree, path))


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _is_data(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in DATA_SUFFIXES  # noqa: PTH122 - a name, not a path


def _stop(tree: Tree, found: TreeListing, path: str, what: str) -> None:
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


def _special(tree: Tree, path: str) -> Problem:
    return _refusal(tree, path, FileRefused(path, "is not a regular file"))


def _refusal(tree: Tree, path: str, refused: FileRefused) -> Problem:
    name = quoted(os.fsencode(path).decode("utf-8", "replace"))
    return Problem(
        rule="path-refused",
        location=tree.location(path),
        summary="this path cannot be read safely",
        detail=f"{name} {refused.reason}.",
        remedy="Put the file itself there, or remove it.",
    )
