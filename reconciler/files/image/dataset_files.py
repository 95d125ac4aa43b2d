"""Which files belong to one dataset, and what was found in them."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from reconciler.core.guide import Family
from reconciler.core.manifest.glob import BadPattern, Pattern, compile_pattern
from reconciler.core.manifest.image import SUFFIXES, FolderImages, ImageFile
from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder, Manifest
from reconciler.core.manifest.portable import Outside, below
from reconciler.core.manifest.spec import DatasetSpec
from reconciler.core.manifest.suggestion import nearest
from reconciler.core.problem import Problem
from reconciler.core.text import quoted
from reconciler.core.value import dataclass
from reconciler.files.caption import reading as caption
from reconciler.files.file_names import FileNames
from reconciler.files.image import dvc
from reconciler.files.image.digest_table import DigestTable
from reconciler.files.image.image_file import Inspection
from reconciler.files.image.scan import FolderContents
from reconciler.files.text_file import refused
from reconciler.files.tree import FileRefused, TreeReader
from reconciler.files.tree_listing import FolderListing, TreeListing, join

OTHER_SUFFIXES = frozenset(
    {".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".svg", ".psd", ".jfif"}
)
"""Suffixes of images that cannot be uploaded. People are told that these files are left out."""

MASK_ENDINGS = ("-masklabel", "-condlabel")
"""Endings that training tools give to the names of masks. Masks are never images of a dataset."""

_ENDINGS = tuple(f"{suffix}\0".encode() for suffix in sorted(SUFFIXES))
_MASKS = tuple(f"{ending}.".encode() for ending in MASK_ENDINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFiles:
    """The files of a dataset. All names are paths below `folder`.

    `left_out` are images that no pattern takes, `others` images of formats that cannot be uploaded, `unmatched` the positions of
    patterns that take no image. `captions` are the files of the declared source, `unused` those of other sources. `refused` are
    images that the listing could not reach.
    """

    folder: str
    source: str
    images: Sequence[str]
    left_out: tuple[str, ...]
    others: tuple[str, ...]
    captions: tuple[str, ...]
    unused: tuple[str, ...]
    unmatched: tuple[int, ...]
    refused: tuple[str, ...] = ()


def choose_files(
    tree: TreeReader, manifest: Manifest, spec: DatasetSpec, base: str, listing: TreeListing, pointers: dvc.Pointers
) -> DatasetFiles | list[Problem]:
    """Choose the files of a dataset by its `images`; `base` is the folder of its manifest."""
    try:
        folder = below(base, spec.images.path)
    except Outside as outside:
        return [_outside(manifest, spec.images.path, str(outside))]
    place = partial(manifest.document.at, "spec", "images", "path")
    if folder not in listing.folders:
        pointer = pointers.missing_folder(folder, place)
        return [pointer or _no_folder(manifest, spec.images.path, folder, listing)]
    if spec.images.include is None and _holds_images_alone(listing.folders[folder]):
        return _all_of(folder, listing.folders[folder].files, spec)
    patterns, bad = _patterns(manifest, spec.images.include)
    if bad:
        return bad

    def is_wanted(name: str) -> bool:
        return is_image(name) and (patterns is None or any(pattern.matches(name) for pattern in patterns))

    missing = dvc.missing_images(tree, listing, folder, place, is_wanted)
    if missing is not None:
        return [missing]
    names = _files_below(folder, listing)
    lost = [name for name in _refused_below(folder, listing) if is_image(name)]
    images = [name for name in names if is_image(name)]
    chosen = images if patterns is None else [name for name in images if is_wanted(name)]
    kept = set(chosen)
    captions, unused = _caption_names(names, chosen, spec)
    return DatasetFiles(
        folder=folder,
        source=_source(spec),
        images=tuple(chosen),
        left_out=tuple(name for name in images if name not in kept),
        others=tuple(name for name in names if _suffix(name) in OTHER_SUFFIXES) if patterns is None else (),
        captions=captions,
        unused=unused,
        unmatched=tuple(
            index
            for index, pattern in enumerate(patterns or ())
            if not any(pattern.matches(name) for name in (*images, *lost))
        ),
        refused=tuple(lost if patterns is None else (name for name in lost if any(p.matches(name) for p in patterns))),
    )


def _caption_names(
    names: Sequence[str], images: Sequence[str], spec: DatasetSpec
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files of the declared source, and those of others, as far as they can belong to these images.

    A sidecar lies beside an image; a caption file in its folder or above it.
    """
    beside = {_folder(name) for name in images}
    above = {folder for name in beside for folder in _folders_above(name)}
    files = tuple(name for name in caption.caption_files_among(names) if _folder(name) in above)
    sidecars = tuple(name for name in caption.sidecars_beside(names, spec.family) if _folder(name) in beside)
    match _source(spec):
        case "sidecar":
            other: Family = "prefix" if spec.family == "schema" else "schema"
            strange = (name for name in caption.sidecars_beside(names, other) if _folder(name) in beside)
            return sidecars, (*files, *strange)
        case "file":
            return files, sidecars
        case _:
            return (), (*files, *sidecars)


def _folders_above(folder: str) -> Iterator[str]:
    """The folder itself, and each one that holds it, down to the image folder."""
    while folder:
        yield folder
        folder = _folder(folder)
    yield ""


def _all_of(folder: str, names: Sequence[str], spec: DatasetSpec) -> DatasetFiles:
    """The files of a folder that holds nothing but images. Most do, so this way is short."""
    return DatasetFiles(
        folder=folder,
        source=_source(spec),
        images=names,
        left_out=(),
        others=(),
        captions=(),
        unused=(),
        unmatched=(),
    )


def _source(spec: DatasetSpec) -> str:
    return spec.captions.source if spec.captions else "automatic"


def read_images(
    tree: TreeReader,
    files: DatasetFiles,
    scanned: Mapping[str, FolderContents],
    problems: list[Problem],
    claimed: Collection[str],
) -> ImageFolder:
    """The images and captions of a dataset, from what was found in its folders. A file that could not be read becomes a Problem.

    `claimed` are the paths of all images that any dataset takes.
    """
    images = _all_at_once(files, scanned)
    if images is None:
        images = _one_by_one(tree, files, scanned, problems)
    return ImageFolder(
        images=images,
        root=tree.shown(""),
        left_out=tuple(_normal(name) for name in files.left_out),
        unclaimed=tuple(_normal(name) for name in files.left_out if join(files.folder, name) not in claimed),
        captions=_captions(tree, files, problems),
        refused=_unread(files, images),
        unused=files.unused,
        caption_files=files.captions if files.source == "file" else (),
        unmatched=files.unmatched,
        other_formats=files.others,
    )


def _unread(files: DatasetFiles, images: Sequence[ImageFile]) -> tuple[str, ...]:
    """Names of the images that cannot be reached or read."""
    if len(images) == len(files.images):
        return tuple(map(_normal, files.refused))
    read = {image.name for image in images}
    return tuple(name for name in map(_normal, (*files.refused, *files.images)) if name not in read)


def _all_at_once(files: DatasetFiles, scanned: Mapping[str, FolderContents]) -> Sequence[ImageFile] | None:
    """The images, if they are just the files of one table; None if they are not."""
    table = scanned.get(files.folder)
    if not isinstance(table, DigestTable) or not table.names_are(files.images):
        return None
    return FolderImages(table.sorted_digests, table.summary, lambda: _images_of(files.folder, table))


def _images_of(folder: str, table: DigestTable) -> tuple[ImageFile, ...]:
    found = zip(table.names, table.inspections, strict=True)
    return tuple(_image(name, join(folder, name), inspection) for name, inspection in found)


def _one_by_one(
    tree: TreeReader, files: DatasetFiles, scanned: Mapping[str, FolderContents], problems: list[Problem]
) -> tuple[ImageFile, ...]:
    images = []
    by_folder = {
        folder: dict(zip(found.names, found.inspections, strict=True)) if isinstance(found, DigestTable) else found
        for folder, found in ((folder, scanned[folder]) for folder in folders_of(files))
    }
    for name in files.images:
        path = join(files.folder, name)
        folder, _, own = path.rpartition("/")
        found = by_folder[folder][own]
        if isinstance(found, FileRefused):
            problems.append(refused(tree, path, found.reason))
        else:
            images.append(_image(name, path, found))
    return tuple(images)


def folders_of(files: DatasetFiles) -> Mapping[str, Sequence[str]]:
    """The folders below the root that hold the images of a dataset, each with the names of its images, sorted."""
    if isinstance(files.images, FileNames):
        return {files.folder: files.images}
    found: dict[str, list[str]] = {}
    for name in files.images:
        folder, _, own = join(files.folder, name).rpartition("/")
        found.setdefault(folder, []).append(own)
    return found


def _image(name: str, path: str, found: Inspection) -> ImageFile:
    return ImageFile(
        name=_normal(name),
        path=path,
        digest=found.digest,
        size=found.size,
        has_content=not found.is_pointer,
        facts=found.facts,
        flaw=found.flaw,
    )


def _captions(tree: TreeReader, files: DatasetFiles, problems: list[Problem]) -> tuple[CaptionEntry, ...] | None:
    """The declared texts; None if they could not be read, which a Problem says."""
    if files.source == "automatic":
        return ()
    read = caption.read_sidecars if files.source == "sidecar" else caption.read_caption_files
    entries, found = read(tree, files.folder, files.captions)
    problems += found
    return None if found and not entries else tuple(entries)


def _normal(name: str) -> str:
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _files_below(folder: str, listing: TreeListing) -> Sequence[str]:
    """Every file below a folder, as a path below it, sorted: FileNames where they all lie in the folder itself."""
    if not listing.folders[folder].folders:
        return listing.folders[folder].files
    strip = len(folder) + 1 if folder else 0
    return sorted(join(path, name)[strip:] for path in listing.below(folder) for name in listing.folders[path].files)


def _refused_below(folder: str, listing: TreeListing) -> Iterator[str]:
    """What cannot be reached below a folder, as paths below it."""
    strip = len(folder) + 1 if folder else 0
    for path in listing.below(folder):
        yield from (join(path, name)[strip:] for name in listing.folders[path].refused)


def _holds_images_alone(folder: FolderListing) -> bool:
    """Is it certain that a folder holds images and nothing else? A few searches over all names: asking name by name is slow in large trees.

    Suffixes in capital letters take the longer way.
    """
    if folder.folders or folder.refused:
        return False
    text, other = folder.files.lines, len(folder.files)
    for ending in _ENDINGS:
        if other:
            other -= text.count(ending)
    return not other and not any(mask in text for mask in _MASKS)


def is_image(name: str) -> bool:
    dot = name.rfind(".")
    return name[dot:].lower() in SUFFIXES and not name.endswith(MASK_ENDINGS, 0, dot)


def _suffix(name: str) -> str:
    return name[name.rfind(".") :].lower()


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _patterns(manifest: Manifest, include: list[str] | None) -> tuple[list[Pattern] | None, list[Problem]]:
    if include is None:
        return None, []
    found: list[Pattern] = []
    problems: list[Problem] = []
    for index, text in enumerate(include):
        try:
            found.append(compile_pattern(text))
        except BadPattern as bad:
            problems.append(
                Problem(
                    rule="dataset-pattern",
                    location=manifest.document.at("spec", "images", "include", index),
                    summary=f"the pattern {quoted(text, 60)} cannot be used",
                    detail=f"{str(bad)[0].upper()}{str(bad)[1:]}.",
                    remedy='For example: "*.png", or "**/*.png" with all folders below.',
                )
            )
    return found, problems


def _outside(manifest: Manifest, path: str, why: str) -> Problem:
    return Problem(
        rule="path-outside",
        location=manifest.document.at("spec", "images", "path"),
        summary=f"the path {quoted(path, 60)} cannot be used",
        detail=f"{why[0].upper()}{why[1:]}.",
        remedy="Write the image folder relative to this file, for example images/",
    )


def _no_folder(manifest: Manifest, path: str, folder: str, listing: TreeListing) -> Problem:
    guess = nearest(folder, listing.folders) if folder else None
    return Problem(
        rule="images-folder-missing",
        location=manifest.document.at("spec", "images", "path"),
        summary=f"the image folder {quoted(path, 60)} does not exist",
        detail="Git keeps no empty folders." if guess is None else "",
        remedy=f"Did you mean {quoted(guess)}?" if guess else "Make the folder and put the images into it.",
    )
