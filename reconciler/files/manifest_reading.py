"""The files of manifests of a tree, read: what they declare, and what is wrong with their texts."""

import itertools
from collections.abc import Iterator
from dataclasses import field

from reconciler.core.adoption import ADOPTED_FILE, Adopted
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.overlay import FOLDER as OVERLAYS
from reconciler.core.manifest.reading import declared_refs, is_gallery, read_manifest, refs_named
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.files.caption.reading import YAML_NAME
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import TreeReader
from reconciler.files.tree_listing import TreeListing, join
from reconciler.files.yaml.reading import FILE_LIMIT, Reading
from reconciler.files.yaml.reading_cache import ReadingCache

TREE_BYTES = 100_000_000
"""Bytes of all manifests of a tree."""

TREE_VALUES = 10_000_000
"""Keys and values of all manifests of a tree: a byte of dense YAML needs more memory than one of a manifest that says something."""

CONFIGURATION_NAME = "reconciler.yaml"

_AT_ONCE = 200
"""Files of manifests that are looked up in the cache at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """What one file held, and what is wrong with it.

    `galleries` are documents that declare one. `values` counts keys and values. `broken` are objects whose manifests have faults; `is_partial` says that the file may
    declare others as well, because a part of it could not be read.
    """

    manifests: tuple[Manifest, ...] = ()
    galleries: tuple[Document, ...] = ()
    adopted: tuple[Adopted, ...] = ()
    values: int = 0
    broken: frozenset[Ref] = frozenset()
    is_partial: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Does it declare nothing, with nothing to be said about it?"""
        return not (self.manifests or self.problems or self.galleries or self.adopted or self.broken or self.is_partial)


@dataclass(slots=True, kw_only=True)
class ManifestsRead:
    """All that was found so far in the files of a tree."""

    manifests: list[Manifest] = field(default_factory=list)
    broken: set[Ref] = field(default_factory=set)
    is_partial: bool = False
    problems: list[Problem] = field(default_factory=list)
    folder_of: dict[int, str] = field(default_factory=dict)
    """The folder of a manifest's file, by the position of the manifest."""
    adopted: list[Adopted] = field(default_factory=list)
    galleries: list[tuple[Document, str]] = field(default_factory=list)
    """Documents that declare a gallery, each with the folder of its file."""
    values: int = 0

    def add(self, folder: str, read: FileRead) -> None:
        """Add what a file in a folder held."""
        self.values += read.values
        if read.is_empty:
            return
        start = len(self.manifests)
        self.folder_of.update(dict.fromkeys(range(start, start + len(read.manifests)), folder))
        self.manifests += read.manifests
        self.galleries += ((document, folder) for document in read.galleries)
        self.adopted += read.adopted
        self.broken |= read.broken
        self.is_partial |= read.is_partial
        self.problems += read.problems


class Known:
    """Knows files without reading them, and is told what others held. This one knows nothing and forgets all."""

    def file(self, path: str) -> tuple[int, FileRead] | None:
        """The bytes of a file of manifests, and what it holds; None if it must be read."""

    def note_file(self, path: str, data: bytes, read: FileRead) -> None:
        """What a file of manifests held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file of manifests: its bytes, or what is known of it."""

    folder: str
    path: str
    data: bytes = b""
    known: FileRead | None = None


def read_manifests(
    tree: TreeReader, listing: TreeListing, readings: ReadingCache, limit: int, known: Known
) -> ManifestsRead:
    """Read all files of manifests, up to so many bytes in all; problems are collected, never raised."""
    found = ManifestsRead()
    files = _files(tree, listing, found, limit, known)
    while some := list(itertools.islice(files, _AT_ONCE)):
        unread = [one for one in some if one.known is None]
        texts = [(tree.shown(one.path), one.data) for one in unread]
        read = {one.path: _file_read(reading) for one, reading in zip(unread, readings.read(texts), strict=True)}
        for one in some:
            held = read[one.path] if one.known is None else one.known
            found.add(one.folder, held)
            if one.known is None:
                known.note_file(one.path, one.data, held)
            if found.values > TREE_VALUES:
                detail = f"At most {TREE_VALUES:,} keys and values are read in one tree; this file goes beyond."
                found.problems.append(_too_much(tree.location(one.path), detail))
                found.is_partial = True
                return found
    return found


def _files(tree: TreeReader, listing: TreeListing, found: ManifestsRead, limit: int, known: Known) -> Iterator[_File]:
    """Each file of manifests, as far as it can be read."""
    total = 0
    for folder, name in _yaml_files(listing):
        path = join(folder, name)
        before = known.file(path)
        data = read_bytes(tree, path, FILE_LIMIT) if before is None else b""
        if isinstance(data, Problem):
            found.problems.append(data)
            found.is_partial = True
            continue
        total += len(data) if before is None else before[0]
        if total > limit:
            detail = f"At most {limit:,} bytes are read in one tree; this file goes beyond."
            found.problems.append(_too_much(tree.location(path), detail))
            found.is_partial = True
            break
        if before is not None:
            yield _File(folder=folder, path=path, known=before[1])
        elif name == ADOPTED_FILE:
            from reconciler.files.adopted import read_adopted  # noqa: PLC0415 - most trees adopted nothing

            entries, problems = read_adopted(data, tree.shown(path))
            found.add(folder, FileRead(adopted=tuple(entries), problems=tuple(problems)))
        else:
            yield _File(folder=folder, path=path, data=data)


def _file_read(reading: Reading) -> FileRead:
    """What the documents of a file are."""
    manifests: list[Manifest] = []
    galleries: list[Document] = []
    problems = list(reading.problems)
    faulty = list(reading.broken)
    for document in reading.documents:
        if is_gallery(document):
            galleries.append(document)
            continue
        manifest = read_manifest(document)
        if isinstance(manifest, Manifest):
            manifests.append(manifest)
        else:
            problems += manifest
            faulty.append(document)
    declared = [declared_refs(document) for document in faulty]
    broken = set().union(*map(refs_named, reading.lost_names), *(refs or () for refs in declared))
    return FileRead(
        manifests=tuple(manifests),
        galleries=tuple(galleries),
        values=sum(len(document.marks) for document in (*reading.documents, *reading.broken)),
        broken=frozenset(broken),
        is_partial=any(refs is None for refs in declared),
        problems=tuple(problems),
    )


def manifest_files(listing: TreeListing) -> Iterator[tuple[str, str]]:
    """The folder and the name of each file that holds manifests, in order."""
    return ((folder, name) for folder, name in _yaml_files(listing) if name != ADOPTED_FILE)


def _yaml_files(listing: TreeListing) -> Iterator[tuple[str, str]]:
    """The same, and the files that say what was adopted."""
    for folder in sorted(listing.folders.keys() - {OVERLAYS}):
        files = listing.folders[folder].files
        if b".yaml\0" not in files.lines and b".yml\0" not in files.lines:  # most folders hold images alone
            continue
        for name in files:
            if name.endswith((".yaml", ".yml")) and name != YAML_NAME and (folder or name != CONFIGURATION_NAME):
                yield folder, name


def _too_much(location: Location, detail: str) -> Problem:
    return Problem(
        rule="tree-limit",
        location=location,
        summary="the manifests are too large",
        detail=detail,
        remedy="Keep other YAML files out of the manifest folder.",
    )
