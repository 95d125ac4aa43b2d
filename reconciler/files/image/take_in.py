"""Images and captions from a folder anywhere on this machine, found and copied below the manifest root."""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from reconciler.core.guide import Family
from reconciler.core.value import dataclass
from reconciler.files.caption.reading import caption_files_among, sidecars_beside
from reconciler.files.image.dataset_files import is_image
from reconciler.files.tree_listing import DEPTH_LIMIT, join


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The images in a folder and below it, and the files that hold captions for them, as paths below it."""

    images: tuple[str, ...] = ()
    sidecars: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Where a manifest says that these captions are."""
        if self.files:
            return "file"
        return "sidecar" if self.sidecars else "automatic"

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.images, *self.sidecars, *self.files)


def found_in(folder: Path, family: Family, *, without: Path | None = None) -> Found:
    """What lies in a folder; OSError if it cannot be listed. Hidden files and links are passed over, and so is `without`."""
    names = sorted(_names(folder, without))
    images = tuple(name for name in names if is_image(name))
    stems = {str(PurePosixPath(name).with_suffix("")) for name in images}
    return Found(
        images=images,
        sidecars=tuple(
            name for name in sidecars_beside(names, family) if str(PurePosixPath(name).with_suffix("")) in stems
        ),
        files=tuple(caption_files_among(names)) if images else (),
    )


def copy_new(source: Path, target: Path, names: Iterable[str]) -> int:
    """Copy files to where none of their names is; how many were copied. OSError says which one could not be."""
    return sum(_copied(source / name, target / name) for name in names)


def _copied(original: Path, place: Path) -> bool:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(original, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as reading:
        try:
            writing = place.open("xb")
        except FileExistsError:
            return False
        try:
            with writing:
                shutil.copyfileobj(reading, writing)
        except BaseException:  # no part of an image stays behind
            place.unlink()
            raise
    return True


def _names(folder: Path, without: Path | None) -> Iterator[str]:
    pending = [("", 0)]
    while pending:
        below, depth = pending.pop()
        with os.scandir(folder / below) as entries:
            for entry in entries:
                path = join(below, entry.name)
                if entry.name.startswith("."):
                    continue
                if entry.is_file(follow_symlinks=False):
                    yield path
                elif (
                    entry.is_dir(follow_symlinks=False)
                    and depth < DEPTH_LIMIT
                    and Path(entry.path).resolve() != without
                ):
                    pending.append((path, depth + 1))
