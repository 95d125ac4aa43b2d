"""The files of manifests of a tree, read: what they declare, and what is wrong with their texts."""

import itertools
from collections.abc import Iterator
from dataclasses import field

from reconciler.core.adoption import Adopted
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.overlay import FOLDER as OVERLAYS
from reconciler.core.manifest.reading import declared_refs, is_gallery, read_manifest, refs_named
from reconciler.core.problem import Location, Problem
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.files.adopted import FILE_NAME as ADOPTED_NAME
from reconciler.files.adopted import read_adopted
from reconciler.files.caption.reading import YAML_NAME
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import TreeReader
from reconciler.files.tree_listing import TreeListing, join
from reconciler.files.yaml.reading import FILE_LIMIT, Reading
from reconciler.files.yaml.reading_cache import ReadingCache

TREE_BYTES = 10_000_000
"""Bytes of all manifests of a tree."""

CONFIGURATION_NAME = "reconciler.yaml"

_AT_ONCE = 200
"""Files of manifests that are looked up in the cache at once."""


@dataclass(slots=True, kw_only=True)
class ManifestsRead:
    """All that was found so far. `broken` are objects whose manifests have faults; `is_partial` says that a file could not be read."""

    manifests: list[Manifest] = field(default_factory=list)
    broken: set[Ref] = field(default_factory=set)
    is_partial: bool = False
    problems: list[Problem] = field(default_factory=list)
    folder_of: dict[int, str] = field(default_factory=dict)
    """The folder of a manifest's file, by the position of the manifest."""
    adopted: list[Adopted] = field(default_factory=list)
    galleries: list[tuple[Document, str]] = field(default_factory=list)
    """Documents that declare a gallery, each with the folder of its file."""


def read_manifests(tree: TreeReader, listing: TreeListing, readings: ReadingCache, limit: int) -> ManifestsRead:
    """Read all files of manifests, up to so many bytes in all; problems are collected, never raised."""
    found = ManifestsRead()
    files = _manifests_in(tree, listing, found, limit)
    while some := list(itertools.islice(files, _AT_ONCE)):
        read = readings.read([(path, data) for _, path, data in some])
        for (folder, _, _), reading in zip(some, read, strict=True):
            _take_all(reading, folder, found)
    return found


def _manifests_in(
    tree: TreeReader, listing: TreeListing, found: ManifestsRead, limit: int
) -> Iterator[tuple[str, str, bytes]]:
    """The folder, the path as problems show it, and the bytes of each file of manifests. Files that say what was adopted are read."""
    total = 0
    for folder, name in _yaml_files(listing):
        path = join(folder, name)
        data = read_bytes(tree, path, FILE_LIMIT)
        if isinstance(data, Problem):
            found.problems.append(data)
            found.is_partial = True
            continue
        total += len(data)
        if total > limit:
            found.problems.append(_too_much(tree.location(path), limit))
            found.is_partial = True
            break
        if name == ADOPTED_NAME:
            entries, problems = read_adopted(data, tree.shown(path))
            found.adopted += entries
            found.problems += problems
        else:
            yield folder, tree.shown(path), data


def _take_all(reading: Reading, folder: str, found: ManifestsRead) -> None:
    found.problems += reading.problems
    found.broken.update(*map(refs_named, reading.lost_names))
    for document in reading.broken:
        _note_broken(document, found)
    for document in reading.documents:
        _take(document, folder, found)


def manifest_files(listing: TreeListing) -> Iterator[tuple[str, str]]:
    """The folder and the name of each file that holds manifests, in order."""
    return ((folder, name) for folder, name in _yaml_files(listing) if name != ADOPTED_NAME)


def _yaml_files(listing: TreeListing) -> Iterator[tuple[str, str]]:
    """The same, and the files that say what was adopted."""
    for folder in sorted(listing.folders.keys() - {OVERLAYS}):
        for name in listing.folders[folder].files:
            if name.endswith((".yaml", ".yml")) and name != YAML_NAME and (folder or name != CONFIGURATION_NAME):
                yield folder, name


def _take(document: Document, folder: str, found: ManifestsRead) -> None:
    if is_gallery(document):
        found.galleries.append((document, folder))
        return
    manifest = read_manifest(document)
    if isinstance(manifest, Manifest):
        found.folder_of[len(found.manifests)] = folder
        found.manifests.append(manifest)
    else:
        found.problems += manifest
        _note_broken(document, found)


def _note_broken(document: Document, found: ManifestsRead) -> None:
    refs = declared_refs(document)
    found.broken |= refs or frozenset()
    found.is_partial |= refs is None


def _too_much(location: Location, limit: int) -> Problem:
    return Problem(
        rule="tree-limit",
        location=location,
        summary="the manifests are too large",
        detail=f"At most {limit:,} bytes are read in one tree; this file goes beyond.",
        remedy="Keep other YAML files out of the manifest folder.",
    )
