"""The manifest root as it was at each commit of a main line, the newest first. Nothing is laid out on the disk.

On the main line are the commits that a branch itself was at. What a merged branch held on the way is left out: nobody looked at
its commits one by one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.core.problem import ProblemsFound
from reconciler.files.git.repository import Blobs, Repository, RevisionRefused, find_repository
from reconciler.files.git.revision import revision_name
from reconciler.files.git.revision_tree import RevisionTree

COMMITS = 2_000
"""Commits that are read at most."""


class Mainline:
    """The trees of a main line with their commits. `is_whole` says whether all of it could be read; it is known at the end."""

    def __init__(self, repository: Repository, below: str, blobs: Blobs, root: Path, newest: str) -> None:
        self._repository = repository
        self._below = below
        self._blobs = blobs
        self._root = root
        self._newest = newest
        self.is_whole = True

    def __iter__(self) -> Iterator[tuple[str, RevisionTree]]:
        """Only commits that changed something below the root."""
        found = self._repository.commits(self._below, COMMITS + 1, newest=self._newest, is_mainline=True)
        self.is_whole = found is not None and len(found) <= COMMITS and not self._repository.is_shallow()
        for commit in (found or ())[:COMMITS]:
            try:
                listing = self._repository.listing(commit, self._below)
                tree = RevisionTree(revision_name(self._root, commit), listing, self._blobs)
            except (RevisionRefused, ProblemsFound):
                self.is_whole = False
                return
            yield commit, tree


@contextmanager
def mainline(root: Path, rev: str) -> Iterator[Mainline]:
    """The main line that ends at a revision. RevisionRefused if there is no repository, or no such revision in it."""
    repository, below = find_repository(root)
    newest = repository.commit(rev)
    with repository.blobs() as blobs:
        yield Mainline(repository, below, blobs, root, newest)
