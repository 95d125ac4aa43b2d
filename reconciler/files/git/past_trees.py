"""The manifest root as it was at each commit that changed it, the newest first, read from git's objects.

What goes for one revision goes for each of these: nothing of the tree is run, and nothing is laid out (`files.git.revision_tree`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.core.problem import ProblemsFound
from reconciler.files.git.repository import Blobs, Repository, RevisionRefused, find_repository
from reconciler.files.git.revision import LIMITS, Limits, revision_name
from reconciler.files.git.revision_tree import RevisionTree

COMMITS = 2_000
"""Commits that are read at most."""


class PastTrees:
    """The trees of a history. `is_whole` says whether all of it could be read; it is known once all trees were taken.

    `commit` is the one whose tree was taken last.
    """

    def __init__(self, repository: Repository, below: str, name: str, blobs: Blobs, limits: Limits) -> None:
        self._repository = repository
        self._below = below
        self._name = name
        self._blobs = blobs
        self._limits = limits
        self.is_whole = True
        self.commit = ""

    def __iter__(self) -> Iterator[RevisionTree]:
        """What the root was at each commit. Each is to be read before the next is taken."""
        commits = self._repository.commits(self._below, COMMITS + 1)
        self.is_whole = commits is not None and len(commits) <= COMMITS and not self._repository.is_shallow()
        for commit in (commits or ())[:COMMITS]:
            try:
                listing = self._repository.listing(commit, self._below)
                tree = RevisionTree(self._name, listing, self._blobs, self._limits)
            except (RevisionRefused, ProblemsFound):
                self.is_whole = False
                return
            self.commit = commit
            yield tree


@contextmanager
def past_trees(root: Path, *, limits: Limits = LIMITS) -> Iterator[PastTrees]:
    """The history of `root`, as long as the block lasts. RevisionRefused if there is no repository."""
    repository, below = find_repository(root)
    with repository.blobs() as blobs:
        yield PastTrees(repository, below, revision_name(root, "HEAD"), blobs, limits)
