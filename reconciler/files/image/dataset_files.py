"""The image folder of one dataset: which files count, and what was found in them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reconciler.core.manifest.glob import BadPattern, Pattern, compile_pattern
from reconciler.core.manifest.image import SUFFIXES, FolderImages, ImageFile
from reconciler.core.manifest.loaded import CaptionEntry, ImageFolder, Manifest
from reconciler.core.manifest.portable import Outside, below
from reconciler.core.manifest.spec import DatasetSpec
from reconciler.core.manifest.suggestion import nearest
from reconciler.core.problem import Problem
from reconciler.core.text import quoted
from reconciler.files.caption import reading as caption
from reconciler.files.image.digest_table import DigestTable
from reconciler.files.image.image_file import Inspection
from reconciler.files.image.scan import Found
from reconciler.files.text_file import refused
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import TreeListing, join

OTHER_SUFFIXES = frozenset(
    {".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".svg", ".psd", ".jfif"}
)
"""Suffixes of images that cannot be uploaded; leaving them out silently would surprise."""

MASK_ENDINGS = ("-masklabel", "-condlabel")
"""Endings of names that training tools give to masks; those are never images of a dataset."""

_IMAGES = re.compile(rf"(?:[^\n/]*(?<!{'|'.join(MASK_ENDINGS)})(?:{'|'.join(map(re.escape, sorted(SUFFIXES)))})\n)*")
"""Names of images, one a line; those in capital letters take the longer way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which files of a folder belong to a dataset. All names are paths below `folder`."""

    folder: str
    source: str
    images: tuple[str, ...]
    left_out: tuple[str, ...]
    others: tuple[str, ...]
    sidecars: tuple[str, ...]
    top_files: tuple[str, ...]
    unmatched: tuple[int, ...]


def select(manifest: Manifest, spec: DatasetSpec, base: str, walked: TreeListing) -> Selection | list[Problem]:
    """Choose the files of a dataset by its `images`; `base` is the folder of its manifest."""
    try:
        folder = below(base, spec.images.path)
    except Outside as outside:
        return [_outside(manifest, spec.images.path, str(outside))]
    if folder not in walked.listings:
        return [_no_folder(manifest, spec.images.path, folder, walked)]
    patterns, bad = _patterns(manifest, spec.images.include)
    if bad:
        return bad
    names = _files_below(folder, walked)
    if patterns is None and _are_images(names):
        return _all_of(folder, names, spec)
    images = [name for name in names if _is_image(name)]
    chosen = images if patterns is None else [name for name in images if any(p.matches(name) for p in patterns)]
    beside = {_folder(name) for name in chosen}
    kept = set(chosen)
    return Selection(
        folder=folder,
        source=_source(spec),
        images=tuple(chosen),
        left_out=tuple(name for name in images if name not in kept),
        others=tuple(name for name in names if _suffix(name) in OTHER_SUFFIXES) if patterns is None else (),
        sidecars=tuple(n for n in caption.sidecars_beside(names, spec.family) if _folder(n) in beside),
        top_files=walked.listings[folder].files,
        unmatched=tuple(
            index for index, pattern in enumerate(patterns or ()) if not any(pattern.matches(name) for name in images)
        ),
    )


def _all_of(folder: str, names: Sequence[str], spec: DatasetSpec) -> Selection:
    """A folder of images and nothing else, as most are."""
    return Selection(
        folder=folder,
        source=_source(spec),
        images=tuple(names),
        left_out=(),
        others=(),
        sidecars=(),
        top_files=(),
        unmatched=(),
    )


def _source(spec: DatasetSpec) -> str:
    return spec.captions.source if spec.captions else "automatic"


def gather(tree: Tree, selection: Selection, scanned: Mapping[str, Found], problems: list[Problem]) -> ImageFolder:
    """What was found for a dataset, by the folders of its files; files that could not be read become problems."""
    images = _whole(selection, scanned)
    if images is None:
        images = _each(tree, selection, scanned, problems)
    return ImageFolder(
        images=images,
        root=tree.shown(""),
        left_out=tuple(_normal(name) for name in selection.left_out),
        captions=_captions(tree, selection, problems),
        refused=len(selection.images) - len(images),
        unused=len(selection.sidecars) if selection.source == "automatic" else 0,
        unmatched=selection.unmatched,
        other_formats=selection.others,
    )


def _whole(selection: Selection, scanned: Mapping[str, Found]) -> Sequence[ImageFile] | None:
    """The images, where they are just what a table holds; None where they are not."""
    table = scanned.get(selection.folder)
    if not isinstance(table, DigestTable) or table.names != selection.images:
        return None
    names = table.names if "".join(table.names).isascii() else tuple(map(_normal, table.names))
    return FolderImages(names, table.digests, table.summary, lambda: _images_of(selection.folder, table))


def _images_of(folder: str, table: DigestTable) -> tuple[ImageFile, ...]:
    found = zip(table.names, table.inspections, strict=True)
    return tuple(_image(name, join(folder, name), inspection) for name, inspection in found)


def _each(
    tree: Tree, selection: Selection, scanned: Mapping[str, Found], problems: list[Problem]
) -> tuple[ImageFile, ...]:
    images = []
    by_folder = {
        folder: dict(zip(found.names, found.inspections, strict=True)) if isinstance(found, DigestTable) else found
        for folder, found in ((folder, scanned[folder]) for folder in folders_of(selection))
    }
    for name in selection.images:
        path = join(selection.folder, name)
        folder, _, own = path.rpartition("/")
        found = by_folder[folder][own]
        if isinstance(found, FileRefused):
            problems.append(refused(tree, path, found.reason))
        else:
            images.append(_image(name, path, found))
    return tuple(images)


def folders_of(selection: Selection) -> Mapping[str, list[str]]:
    """The folders below the root that hold the images of a dataset, each with their names in it."""
    if not any("/" in name for name in selection.images):
        return {selection.folder: list(selection.images)}
    found: dict[str, list[str]] = {}
    for name in selection.images:
        folder, _, own = join(selection.folder, name).rpartition("/")
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


def _captions(tree: Tree, selection: Selection, problems: list[Problem]) -> tuple[CaptionEntry, ...] | None:
    """The declared texts; None where they could not be read, which a Problem says."""
    if selection.source == "automatic":
        return ()
    if selection.source == "sidecar":
        read: caption.Read | None = caption.read_sidecars(tree, selection.folder, selection.sidecars)
    else:
        read = caption.read_caption_file(tree, selection.folder, selection.top_files)
    entries, found = read or ([], [])
    problems += found
    return None if found and not entries else tuple(entries)


def _normal(name: str) -> str:
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _files_below(folder: str, walked: TreeListing) -> Sequence[str]:
    """Every file below a folder, as a path below it, sorted."""
    if not walked.listings[folder].folders:
        return walked.listings[folder].files
    strip = len(folder) + 1 if folder else 0
    return sorted(join(path, name)[strip:] for path in walked.below(folder) for name in walked.listings[path].files)


def _are_images(names: Sequence[str]) -> bool:
    """Is it certain that all of these are images? One expression for the whole folder, for trees are large."""
    return "\n" not in "".join(names) and _IMAGES.fullmatch("\n".join((*names, ""))) is not None


def _is_image(name: str) -> bool:
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


def _no_folder(manifest: Manifest, path: str, folder: str, walked: TreeListing) -> Problem:
    guess = nearest(folder, walked.listings) if folder else None
    return Problem(
        rule="images-folder-missing",
        location=manifest.document.at("spec", "images", "path"),
        summary=f"the image folder {quoted(path, 60)} does not exist",
        detail="Git keeps no empty folders." if guess is None else "",
        remedy=f"Did you mean {quoted(guess)}?" if guess else "Make the folder and put the images into it.",
    )
