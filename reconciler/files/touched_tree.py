"""The working tree, of which a plan against a revision reads only the groups that the change touches (`core.look.groups`).

A group is untouched if the revision and the working tree hold all that it is made of, by git's ids. The id of a file is computed from the
bytes that lie there; for a folder of images git vouches (`files.git.git_tree_ids`). A file of an untouched group counts as read and empty,
so that limits on the whole tree hold.
"""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from itertools import compress

from reconciler.core.adoption import ADOPTED_FILE
from reconciler.core.look.crossing import Crossing, require_apart
from reconciler.core.look.groups import Groups, Inputs
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.overlay import FOLDER as OVERLAYS
from reconciler.core.problem import Problem
from reconciler.files.git.git_tree_ids import GitTreeIds
from reconciler.files.git.revision_tree import RevisionTree
from reconciler.files.image.dvc import SUFFIX as POINTER
from reconciler.files.known_tree import KnownTree, blob_id, is_flat
from reconciler.files.manifest_reading import FileRead, manifest_files
from reconciler.files.tree import Tree
from reconciler.files.tree_listing import TreeListing, join
from reconciler.files.yaml.reading import FILE_LIMIT

_POINTERS, _ADOPTED = (os.fsencode(f"{name}\0") for name in (POINTER, ADOPTED_FILE))
"""How names end in the text of a folder."""


class TouchedTree(KnownTree):
    """What one run reads of the working tree beside a revision. `untouched` has a 1 for each group of the rest and a 0 for each other one.

    The groups in `forced` are read, whatever git says of them.
    """

    def __init__(self, groups: Groups, base: RevisionTree, base_listing: TreeListing, forced: Collection[int]) -> None:
        super().__init__()
        self.groups = groups
        self.untouched = bytearray(groups.number)
        self._base = base
        self.base_listing: TreeListing = base_listing
        self._forced = forced
        self._kept: dict[str, tuple[int, FileRead]] = {}
        self._shown: Callable[[str], str] = str

    @property
    def warnings(self) -> Iterator[Problem]:
        """What was said about the rest, at its places."""
        for problem in self.groups.warnings_of(self.untouched):
            yield replace(problem, location=replace(problem.location, path=self._shown(problem.location.path)))

    def begin(self, tree: Tree, listing: TreeListing, git: GitTreeIds | None) -> None:
        """Cut the tree. Crossing if nothing is left out."""
        super().begin(tree, listing, git)
        self._shown = tree.shown
        if may_be_cut(listing) and may_be_cut(self.base_listing):
            self._cut(tree, listing)
        if not self.is_part:
            if git is not None:
                git.stop()
            raise Crossing

    def _cut(self, tree: Tree, listing: TreeListing) -> None:
        untouched = bytearray(b"\1" * self.groups.number)
        sizes: dict[str, int] = {}
        for group in (*self._forced, *self._other_folders(listing), *self._other_files(tree, listing, sizes)):
            untouched[group] = 0
        for group in self.groups.firsts(untouched):
            untouched[group] = 0
        self.untouched = untouched
        files = self.groups.files
        for path, oid, values, group in zip(files.paths, files.oids, files.weights, files.of, strict=True):
            if untouched[group]:
                self._kept[path] = sizes[path], FileRead(values=values)
                self._files[path] = oid, self._kept[path][1]
        self._measure_base(untouched, sizes)

    def _measure_base(self, untouched: bytearray, sizes: Mapping[str, int]) -> None:
        """Learn how large the files of the revision are: git looks at each object for that, so only at those of the part."""
        folders, schemas = self.groups.folders, self.groups.schemas
        kept = {*self._kept, *compress(schemas.paths, [untouched[group] for group in schemas.of])}
        rows = zip(folders.paths, folders.weights, folders.of, strict=True)
        most = {path: weight for path, weight, group in rows if untouched[group]}
        self._base.measure({path: sizes[path] for path in kept}, most.keys(), sum(most.values()))

    def file(self, path: str) -> tuple[int, FileRead] | None:
        """The bytes of a file of the rest, which is not read."""
        return self._kept.get(path)

    @property
    def is_part(self) -> bool:
        """Is any group left out?"""
        return any(self.untouched)

    def require_apart(self, loaded: Loaded) -> None:
        """Crossing if what was read on one of the sides is about the rest."""
        require_apart(loaded, self.groups, self.untouched)

    def files(self) -> dict[str, tuple[str, FileRead]]:
        """What was read of the part."""
        return {path: one for path, one in super().files().items() if path not in self._kept}

    def _other_folders(self, listing: TreeListing) -> Iterator[int]:
        """The groups with a folder of images that is another one on one of the sides, or may be."""
        folders, vouched = self.groups.folders, self.trees()
        for path, oid, group in zip(folders.paths, folders.oids, folders.of, strict=True):
            is_same = vouched.get(path) == oid and self._base.tree_of(path) == oid
            # A link of the tree may lie as a file of text on the disk (`core.symlinks`), and leads somewhere in the revision.
            if not (is_same and is_flat(listing, path) and is_flat(self.base_listing, path)):
                yield group

    def _other_files(self, tree: Tree, listing: TreeListing, sizes: dict[str, int]) -> Iterator[int]:
        """The groups with a file that is another one on one of the sides. `sizes` gains the bytes of those that are the same."""
        here = {join(folder, name) for folder, name in manifest_files(listing)}
        for inputs in (self.groups.files, self.groups.schemas):
            for path, oid, group in self._rows(inputs):
                try:
                    is_in_base = self._base.blob_of(path) == oid and (inputs is self.groups.schemas or path in here)
                    data = tree.read(path, FILE_LIMIT) if is_in_base else b""
                except OSError:  # it is not there any more, or not here
                    is_in_base, data = False, b""
                if is_in_base and blob_id(data) == oid:
                    sizes[path] = len(data)
                else:
                    yield group

    def _rows(self, inputs: Inputs) -> Iterator[tuple[str, str, int]]:
        return zip(inputs.paths, inputs.oids, inputs.of, strict=True)


def may_be_cut(listing: TreeListing) -> bool:
    """Does a tree hold none of what is about objects all over it: overlays, what was adopted, pointers of DVC, what cannot be listed?"""
    if listing.problems or OVERLAYS in listing.folders:
        return False
    texts = [here.files.lines for here in listing.folders.values()]
    return not any(_POINTERS in text or _ADOPTED in text for text in texts)
