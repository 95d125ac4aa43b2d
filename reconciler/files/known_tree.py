"""What was read below a root, by git's ids of the bytes: the tree of a revision reads nothing again that is equal there.

The id of a file of manifests is computed from the bytes that were read, so neither `git status` nor what git does to line ends on
the way to the disk counts: equal ids are equal bytes. A repository whose ids are no SHA-1 finds nothing here, and reads all.
An image folder is known by the id of its tree, where git vouches for it (`files.git.git_tree_ids`).
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeVar

from reconciler.core.manifest.image import FolderImages
from reconciler.core.manifest.loaded import ImageFolder, Loaded, Manifest, SchemaFile
from reconciler.files.git.git_tree_ids import GitTreeIds
from reconciler.files.git.revision_tree import RevisionTree
from reconciler.files.image.digest_table import DigestTable, Form
from reconciler.files.image.scan import FolderContents
from reconciler.files.manifest_reading import FileRead, Known
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import TreeListing

TEXT_LIMIT = 5_000_000
"""Bytes of a file with captions, at most."""

_Read = TypeVar("_Read")


class KnownParts(Known):
    """The same for all parts of a tree. This one knows nothing and forgets all."""

    def begin(self, tree: Tree, listing: TreeListing, git: GitTreeIds | None) -> None:
        """A tree on the disk is about to be read."""

    def note_scan(self, scanned: Mapping[str, FolderContents]) -> None:
        """What was found in the image folders."""

    def schema(self, path: str) -> SchemaFile | None:
        """What a schema file holds; None if it must be read."""

    def note_schema(self, path: str, read: SchemaFile) -> None:
        """What a schema file held."""

    def images(self, manifest: Manifest, listing: TreeListing) -> ImageFolder | None:
        """What lies in the image folder of a dataset; None if it must be looked at."""

    def note_images(self, manifest: Manifest, folder: str, listing: TreeListing, held: ImageFolder) -> None:
        """What lay in the image folder of a dataset."""


class KnownTree(KnownParts):
    """What one run reads of the working tree. `trees` are the ids of folders, by their paths, for which git vouches."""

    def __init__(self) -> None:
        self.trees: Callable[[], Mapping[str, str]] = dict
        self._files: dict[str, tuple[str, FileRead]] = {}
        self._schemas: dict[str, tuple[str, SchemaFile]] = {}
        self._images: dict[int, tuple[Manifest, str, str, ImageFolder]] = {}
        self._whole: set[tuple[str, str]] = set()
        self.git: GitTreeIds | None = None
        """What git says of the working tree; where it was asked before, it is not asked once more."""
        self.listing: TreeListing | None = None
        """What lies in the working tree, once it is read."""
        self.base_listing: TreeListing | None = None
        """What lies in the tree of the revision, where it was listed before."""

    def begin(self, tree: Tree, listing: TreeListing, git: GitTreeIds | None) -> None:  # noqa: ARG002 - a part asks it
        """Git is asked about the folders of this tree."""
        self.listing = listing
        self.git = git
        if git is not None:
            self.trees = git.trees

    def note_scan(self, scanned: Mapping[str, FolderContents]) -> None:
        """Keep which folders hold the very bytes of a tree of git, and no pointers to them."""
        for folder, table in scanned.items():
            if isinstance(table, DigestTable) and table.tree is not None and table.form is Form.WHOLE:
                self._whole.add((folder, table.tree))

    @property
    def is_part(self) -> bool:
        """Is less read than the whole tree?"""
        return False

    def require_apart(self, loaded: Loaded) -> None:
        """Nothing that is read of a whole tree is about something else."""

    def files(self) -> dict[str, tuple[str, FileRead]]:
        """Git's id of each file of manifests that was read by now, and what it held, by path."""
        return dict(self._files)

    def whole_folder(self, manifest: Manifest) -> tuple[str, str, int] | None:
        """The image folder of a dataset, the id of the tree of git whose very bytes it holds, and how many these are at most.

        None if that is not known.
        """
        known = self._images.get(id(manifest))
        if known is None or known[1:3] not in self._whole or self.listing is None:
            return None
        _, folder, oid, held = known
        images = held.images
        others = len(self.listing.folders[folder].files) - len(images)
        if isinstance(images, FolderImages):
            size = len(images) * images.summary.largest
        else:
            size = sum(image.size for image in images)
        return folder, oid, size + others * TEXT_LIMIT

    def schema_id(self, path: str) -> str | None:
        """Git's id of a schema file that was read."""
        return self._schemas[path][0] if path in self._schemas else None

    def note_file(self, path: str, data: bytes, read: FileRead) -> None:
        """What a file of manifests held."""
        self._files[path] = blob_id(data), read

    def note_schema(self, path: str, read: SchemaFile) -> None:
        """What a schema file held."""
        self._schemas[path] = blob_id(read.text.encode()), read

    def note_images(self, manifest: Manifest, folder: str, listing: TreeListing, held: ImageFolder) -> None:
        """What lay in the image folder of a dataset, if git knows all of it by one id."""
        oid = self.trees().get(folder)
        if oid is not None and is_flat(listing, folder):
            self._images[id(manifest)] = manifest, folder, oid, held

    def at(self, tree: RevisionTree) -> "KnownAtRevision":
        """What is known of the tree of a revision."""
        return KnownAtRevision(tree, self._files, self._schemas, self._images)


class KnownAtRevision(KnownParts):
    """What is equal in the tree of a revision is the same object that the tree before has. What is not is noted, for the next one."""

    def __init__(
        self,
        tree: RevisionTree,
        files: dict[str, tuple[str, FileRead]],
        schemas: dict[str, tuple[str, SchemaFile]],
        images: dict[int, tuple[Manifest, str, str, ImageFolder]],
    ) -> None:
        self._tree = tree
        self._files = files
        self._schemas = schemas
        self._images = images

    def file(self, path: str) -> tuple[int, FileRead] | None:
        """The bytes of a file of manifests, and what it holds."""
        read = self._known(self._files, path)
        return None if read is None else (self._tree.size_of(path), read)

    def note_file(self, path: str, data: bytes, read: FileRead) -> None:
        """What a file of manifests held."""
        self._files[path] = blob_id(data), read

    def schema(self, path: str) -> SchemaFile | None:
        """What a schema file holds."""
        return self._known(self._schemas, path)

    def note_schema(self, path: str, read: SchemaFile) -> None:
        """What a schema file held."""
        self._schemas[path] = self._tree.blob_of(path), read

    def images(self, manifest: Manifest, listing: TreeListing) -> ImageFolder | None:
        """What lies in the image folder of a dataset."""
        known = self._images.get(id(manifest))
        if known is None:
            return None
        _, folder, oid, held = known
        return held if self._tree.tree_of(folder) == oid and is_flat(listing, folder) else None

    def note_images(self, manifest: Manifest, folder: str, listing: TreeListing, held: ImageFolder) -> None:
        """What lay in the image folder of a dataset."""
        oid = self._tree.tree_of(folder)
        if oid is not None and is_flat(listing, folder):
            self._images[id(manifest)] = manifest, folder, oid, held

    def _known(self, parts: Mapping[str, tuple[str, _Read]], path: str) -> _Read | None:
        if path not in parts:
            return None
        oid, read = parts[path]
        try:
            return read if self._tree.blob_of(path) == oid else None
        except FileRefused:
            return None


def blob_id(data: bytes) -> str:
    """The id that git gives to a file of these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def is_flat(listing: TreeListing, folder: str) -> bool:
    """Does a folder hold regular files alone? Then the id of its tree stands for all that is read there."""
    here = listing.folders.get(folder)
    return here is not None and not here.folders and not here.linked and not here.refused
