"""What was read below a root, by git's ids of the bytes: the tree of a revision reads nothing again that is equal there.

The id of a file of manifests is computed from the bytes that were read, so neither `git status` nor what git does to line ends on
the way to the disk counts: equal ids are equal bytes. A repository whose ids are no SHA-1 finds nothing here, and reads all.
An image folder is known by the id of its tree, where git vouches for it (`files.git.git_tree_ids`).
"""

import hashlib
from collections.abc import Callable, Mapping
from typing import TypeVar

from reconciler.core.manifest.loaded import ImageFolder, Manifest, SchemaFile
from reconciler.files.git.revision_tree import RevisionTree
from reconciler.files.manifest_reading import FileRead, Known
from reconciler.files.tree import FileRefused
from reconciler.files.tree_listing import TreeListing

_Read = TypeVar("_Read")


class KnownParts(Known):
    """The same for all parts of a tree. This one knows nothing and forgets all."""

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

    def note_file(self, path: str, data: bytes, read: FileRead) -> None:
        """What a file of manifests held."""
        self._files[path] = blob_id(data), read

    def note_schema(self, path: str, read: SchemaFile) -> None:
        """What a schema file held."""
        self._schemas[path] = blob_id(read.text.encode()), read

    def note_images(self, manifest: Manifest, folder: str, listing: TreeListing, held: ImageFolder) -> None:
        """What lay in the image folder of a dataset, if git knows all of it by one id."""
        oid = self.trees().get(folder)
        if oid is not None and _is_flat(listing, folder):
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
        return held if self._tree.tree_of(folder) == oid and _is_flat(listing, folder) else None

    def note_images(self, manifest: Manifest, folder: str, listing: TreeListing, held: ImageFolder) -> None:
        """What lay in the image folder of a dataset."""
        oid = self._tree.tree_of(folder)
        if oid is not None and _is_flat(listing, folder):
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


def _is_flat(listing: TreeListing, folder: str) -> bool:
    """Does a folder hold regular files alone? Then the id of its tree stands for all that is read there."""
    here = listing.folders.get(folder)
    return here is not None and not here.folders and not here.linked and not here.refused
