"""A folder of manifests read from the disk: everything that was found, and everything that is wrong with it."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from reconciler.core.manifest.guide_rules import SCHEMA_LIMIT
from reconciler.core.manifest.loaded import GalleryManifest, ImageFolder, Loaded, Manifest, SchemaFile
from reconciler.core.manifest.overlaid import overlaid, unknown_objects
from reconciler.core.manifest.overlay import Overlay
from reconciler.core.manifest.portable import Outside, below
from reconciler.core.manifest.promotion import guarded_in
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.problem import Location, Problem
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.files.cache import CacheFile, default_cache
from reconciler.files.git.git_tree_ids import ask_git, asked_early, stop_asking
from reconciler.files.git.revision_tree import RevisionTree
from reconciler.files.image import dvc
from reconciler.files.image.dataset_files import DatasetFiles, choose_files, folders_of, read_images
from reconciler.files.image.digest_cache import DigestCache
from reconciler.files.image.revision_scan import scan_revision
from reconciler.files.image.scan import FolderContents, scan
from reconciler.files.known_tree import KnownParts, KnownTree
from reconciler.files.listing_cache import ListingCache
from reconciler.files.manifest_reading import TREE_BYTES, ManifestsRead, read_manifests
from reconciler.files.missing_root import missing_root
from reconciler.files.overlay import all_overlays
from reconciler.files.text_file import read_text
from reconciler.files.tree import FileRefused, Tree, TreeReader
from reconciler.files.tree_listing import TreeListing, join, list_tree
from reconciler.files.yaml.reading_cache import ReadingCache

ASK_GIT_FROM = 500
"""Entries of a tree. From here on it is faster to ask git what has changed than to look at each file."""

ASK_GIT_BESIDE_FROM = 200
"""The same where a revision is read beside the tree: what git does not vouch for is read on both sides."""

SCHEMA_FILE_LIMIT = 4 * SCHEMA_LIMIT
"""Bytes of a schema file that is read; what counts against the limit is its JSON without spaces."""

Scan = Callable[[Mapping[str, Sequence[str]]], Mapping[str, FolderContents]]
"""Says what the named image files of each folder hold."""


def load(
    root: Path,
    *,
    overlay: str = "",
    cache: Path | None = None,
    believes_cache: bool = False,
    known: KnownTree | None = None,
    tree_bytes: int = TREE_BYTES,
) -> Loaded:
    """Read everything below `root`, as it is meant under an overlay; problems are collected, never raised.

    An overlay that is not there changes nothing. `cache` is the file of the cache; without it, the one in the user's cache folder.
    `believes_cache` is for a command that only shows: it takes from the cache what earlier runs read in the same manifests. All others
    parse them anew. `known` is told what is read, for a revision that is read afterwards. Places in problems are relative to the working folder.
    """
    with uncollected():
        try:
            tree = Tree(root)
        except FileRefused as refused:
            stop_asking(root)
            return Loaded(location=Location(str(root)), problems=(missing_root(root, refused),))
        with tree, CacheFile(cache or default_cache()) as file:
            readings = ReadingCache(file, is_believed=believes_cache)
            # Git works while the manifests are read, and is waited for when its answer is needed.
            # Names are compared with those of the tree that git has, so git need not look for others; for a revision all must be known.
            asked = None if known is None else known.git
            git = asked or asked_early(tree.root, os.environ, sees_untracked=known is not None)
            digests = DigestCache(file, tree.root)
            listing = _listed(tree, file, digests) if believes_cache else list_tree(tree)
            least = ASK_GIT_FROM if known is None else ASK_GIT_BESIDE_FROM
            if git is None and listing.entries >= least:
                git = ask_git(tree.root, os.environ, sees_untracked=known is not None)
            elif git is not None and listing.entries < least:
                git.stop()
                git = None
            if git is not None and git is not asked:
                git.look_in(listing.folders)
            if known is not None:
                known.begin(tree, listing, git)
            sources = _Sources(
                readings=readings,
                limit=tree_bytes,
                look=lambda names: scan(tree, names, digests, git),
                known=known or KnownParts(),
            )
            return _load(tree, listing, overlay, sources)


def _listed(tree: Tree, file: CacheFile, times: DigestCache) -> TreeListing:
    """The listing of a tree; folders that are as they were are not opened."""
    known = ListingCache(file, tree, times)
    listing = list_tree(tree, known)
    known.save()
    return listing


def load_revision(
    tree: RevisionTree,
    *,
    overlay: str = "",
    cache: Path | None = None,
    believes_cache: bool = False,
    known: KnownTree | None = None,
    listing: TreeListing | None = None,
    tree_bytes: int = TREE_BYTES,
) -> Loaded:
    """The same of a tree at a git revision. What is known of images is asked by git's ids alone.

    What `known` was told is taken from there where the revision has the same bytes. Its problems have the places that they have in
    the working tree, and of a folder of images that is known no warning is told. `listing` is that of the tree, where it was listed before.
    RevisionRefused if an object of git cannot be read.
    """
    with uncollected(), CacheFile(cache or default_cache()) as file:
        readings = ReadingCache(file, is_believed=believes_cache)
        digests = DigestCache(file, None)
        sources = _Sources(
            readings=readings,
            limit=tree_bytes,
            look=lambda names: scan_revision(tree, names, digests),
            known=KnownParts() if known is None else known.at(tree),
        )
        return _load(tree, list_tree(tree) if listing is None else listing, overlay, sources)


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect no garbage for a while: what loading and planning make lives to the end of the run, and looking through it costs time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """Where the parts of a tree are taken from: what is known already, and what reads the rest. `limit` is in bytes."""

    readings: ReadingCache
    limit: int
    look: Scan
    known: KnownParts


def _load(tree: TreeReader, listing: TreeListing, overlay: str, sources: _Sources) -> Loaded:
    known = sources.known
    found = read_manifests(tree, listing, sources.readings, sources.limit, known)
    found.problems += listing.problems
    found.is_partial |= any(problem.is_error for problem in listing.problems)
    _overlay(tree, listing, overlay, found)
    folders: dict[int, ImageFolder] = {}
    datasets: dict[int, DatasetFiles] = {}
    pointers = dvc.Pointers(tree, listing)
    for position, manifest in enumerate(found.manifests):
        if not isinstance(manifest.body, DatasetBody):
            continue
        # A gallery is judged beside the image folders, so these are all looked at.
        held = None if found.galleries else known.images(manifest, listing)
        if held is not None:
            folders[position] = held
            continue
        chosen = choose_files(tree, manifest, manifest.body.spec, found.folder_of[position], listing, pointers)
        if isinstance(chosen, DatasetFiles):
            datasets[position] = chosen
            fewer = pointers.fewer_files(chosen.folder, partial(manifest.document.at, "spec", "images", "path"))
            found.problems += () if fewer is None else (fewer,)
        else:
            found.problems += chosen
    schema_files = _schema_files(tree, found, known)
    galleries = _galleries(tree, found, datasets) if found.galleries else ()
    folders |= _image_folders(tree, datasets, sources, found.problems)
    for position, files in datasets.items():
        known.note_images(found.manifests[position], files.folder, listing, folders[position])
    return Loaded(
        location=tree.location(""),
        manifests=tuple(found.manifests),
        folders=folders,
        schema_files=schema_files,
        adopted=tuple(found.adopted),
        galleries=galleries,
        broken=frozenset(found.broken),
        is_partial=found.is_partial,
        problems=tuple(found.problems),
    )


def _overlay(tree: TreeReader, listing: TreeListing, chosen: str, found: ManifestsRead) -> None:
    """Judge all overlays, chosen or not, and put the chosen one over the manifests.

    Of a tree that could not be read as a whole nobody knows what it declares.
    """
    overlays, problems = all_overlays(tree, listing)
    found.problems += problems
    known = {*(manifest.ref for manifest in found.manifests), *found.broken}
    for overlay in overlays:
        guarded = tuple(guarded_in(overlay, found.manifests))
        places = {problem.location for problem in guarded}
        found.problems += guarded
        found.problems += (problem for problem in overlay.problems if problem.location not in places)
        found.problems += () if found.is_partial else unknown_objects(overlay, known)
        if overlay.name == chosen:
            _put_over(found, overlay)


def _put_over(found: ManifestsRead, overlay: Overlay) -> None:
    for position, manifest in enumerate(found.manifests):
        meant = overlaid(manifest, overlay.objects)
        if isinstance(meant, Manifest):
            found.manifests[position] = meant
        else:
            found.problems += meant


def _galleries(
    tree: TreeReader, found: ManifestsRead, datasets: dict[int, DatasetFiles]
) -> tuple[GalleryManifest, ...]:
    """All galleries that can be read. Few trees have one, so what reads them is loaded here."""
    from reconciler.files.gallery_sources import TakenFolder, among_images, take_gallery

    taken = []
    for position, files in datasets.items():
        manifest = found.manifests[position]
        assert isinstance(manifest.body, DatasetBody)
        include = manifest.body.spec.images.include
        patterns = None if include is None else tuple(include)
        taken.append(TakenFolder(dataset=manifest.ref.name, path=files.folder, include=patterns))
    galleries = []
    for document, folder in found.galleries:
        gallery, problems = take_gallery(tree, document, folder)
        found.problems += problems
        if gallery is not None:
            found.problems += among_images(gallery, taken)
            galleries.append(gallery)
    return tuple(galleries)


def _schema_files(tree: TreeReader, found: ManifestsRead, known: KnownParts) -> dict[int, SchemaFile]:
    """The files that manifests name as `visual_schema_file`; one that cannot be read is a Problem at its name."""
    files: dict[int, SchemaFile] = {}
    for position, manifest in enumerate(found.manifests):
        named = manifest.body.spec.guide_file if isinstance(manifest.body, DatasetBody) else None
        if named is None:
            continue
        read = _schema_file(tree, manifest, found.folder_of[position], named, known)
        if isinstance(read, Problem):
            found.problems.append(read)
        else:
            files[position] = read
    return files


def _schema_file(
    tree: TreeReader, manifest: Manifest, folder: str, named: str, known: KnownParts
) -> SchemaFile | Problem:
    place = manifest.document.at("spec", "visual_schema_file")
    try:
        path = below(folder, named)
    except Outside as outside:
        return _no_schema(place, named, f"The path is refused: {outside}.")
    try:
        tree.look_at(path)
    except FileRefused as error:
        if error.is_missing:
            way = f"Write it, or let Bria propose it: `reconciler guide {manifest.ref.name} --write`."
            return _no_schema(place, named, "There is no such file.", way)
        return _no_schema(place, named, f"It {error.reason}.")
    if (held := known.schema(path)) is not None:
        return held
    text = read_text(tree, path, SCHEMA_FILE_LIMIT)
    if isinstance(text, Problem):
        return text
    read = SchemaFile(text=text, location=tree.location(path))
    known.note_schema(path, read)
    return read


def _no_schema(
    place: Location,
    named: str,
    detail: str,
    remedy: str = "Name a JSON file below the manifest folder, relative to this file.",
) -> Problem:
    return Problem(
        rule="dataset-schema-file",
        location=place,
        summary=f"the schema file {quoted(named, 80)} cannot be used",
        detail=detail,
        remedy=remedy,
    )


def _image_folders(
    tree: TreeReader,
    datasets: dict[int, DatasetFiles],
    sources: _Sources,
    problems: list[Problem],
) -> dict[int, ImageFolder]:
    names: dict[str, Sequence[str]] = {}
    for files in datasets.values():
        for folder, own in folders_of(files).items():
            names[folder] = own if folder not in names else sorted({*names[folder], *own})
    scanned = sources.look(names)
    sources.known.note_scan(scanned)
    claimed = _claimed(datasets.values())
    return {position: read_images(tree, files, scanned, problems, claimed) for position, files in datasets.items()}


def _claimed(datasets: Iterable[DatasetFiles]) -> frozenset[str]:
    """The paths of all images that a dataset takes; nothing where no dataset leaves one out, for trees are large."""
    every = tuple(datasets)
    if not any(files.left_out for files in every):
        return frozenset()
    return frozenset(join(files.folder, name) for files in every for name in files.images)
