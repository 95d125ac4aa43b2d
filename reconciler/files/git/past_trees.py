"""The manifest root as it was at each commit that changed it, the newest first, in one temporary folder.

From one commit to the next only what differs is written, so a history costs what it holds, and not that many times over. What
goes for one revision goes for each of these: nothing of the tree is run (`files.git.revision`).
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.core.problem import ProblemsFound
from reconciler.files.git.repository import Blobs, Repository, RevisionRefused, TreeEntry, find_repository
from reconciler.files.git.revision import LIMITS, LINK, Layout, Limits, is_visible, revision_name

COMMITS = 2_000
"""Commits that are read at most."""


class PastTrees:
    """The trees of a history. `is_whole` says whether all of it could be read; it is known once all trees were taken.

    `commit` is the one whose tree the folder holds now.
    """

    def __init__(self, repository: Repository, below: str, place: Path, layout: Layout, most: int) -> None:
        self._repository = repository
        self._most = most
        self._below = below
        self._folder = place
        self._layout = layout
        self._laid: dict[bytes, TreeEntry] = {}
        self.is_whole = True
        self.commit = ""

    def __iter__(self) -> Iterator[Path]:
        """The same folder again and again, with what the root was at the next older commit."""
        commits = self._repository.commits(self._below, COMMITS + 1)
        self.is_whole = commits is not None and len(commits) <= COMMITS and not self._repository.is_shallow()
        for commit in (commits or ())[:COMMITS]:
            try:
                self._bring(self._entries(commit))
            except (RevisionRefused, ProblemsFound):
                self.is_whole = False
                return
            self.commit = commit
            yield self._folder

    def _entries(self, commit: str) -> list[TreeEntry]:
        entries = [entry for entry in self._repository.entries(commit, self._below) if is_visible(entry.path)]
        if len(entries) > self._most:
            raise RevisionRefused(f"Commit {commit[:12]} holds more than {self._most:,} files.")
        return entries

    def _bring(self, entries: Iterable[TreeEntry]) -> None:
        """Make the folder hold these entries. Links go first and come last, so that no file is written through one."""
        wanted = {entry.path: entry for entry in entries}
        kept = {path for path, entry in self._laid.items() if entry == wanted.get(path) and entry.mode != LINK}
        for path in self._laid.keys() - kept:
            self._remove(path)
        self._laid = wanted
        self._layout.lay([entry for path, entry in wanted.items() if path not in kept])

    def _remove(self, path: bytes) -> None:
        """Remove a file, and the folders that it leaves empty: one of them may be a file next."""
        top = os.fsencode(self._folder)
        os.unlink(top + b"/" + path)  # noqa: PTH108 - bytes are no Path
        with suppress(OSError):
            while path := os.path.dirname(path):  # noqa: PTH120 - bytes are no Path
                os.rmdir(top + b"/" + path)  # noqa: PTH106 - bytes are no Path


@contextmanager
def past_trees(root: Path, *, limits: Limits = LIMITS) -> Iterator[PastTrees]:
    """The history of `root` as folders, whose parent holds nothing else and is removed when the block ends.

    RevisionRefused if there is no repository.
    """
    repository, below = find_repository(root)
    temporary = tempfile.mkdtemp(prefix="reconciler-")
    try:
        folder = Path(os.path.realpath(temporary)) / "tree"
        folder.mkdir()
        with repository.blobs() as blobs:
            yield PastTrees(repository, below, folder, _layout(root, folder, blobs, limits), limits.entries)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _layout(root: Path, folder: Path, blobs: Blobs, limits: Limits) -> Layout:
    return Layout(folder=folder, name=revision_name(root, "HEAD"), blobs=blobs, limits=limits)
