"""Small pictures for reports, drawn from the images of a tree, or kept from an earlier report."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reconciler.core.manifest.image import ImageFile
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.name import image_key
from reconciler.core.value import dataclass
from reconciler.files.cache import CacheFile, default_cache
from reconciler.files.image.thumbnail import EDGE, ThumbnailCache, thumbnail
from reconciler.files.tree import FileRefused, Tree

_THREADS = 4
_LFS = "Git LFS content missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTree:
    """A tree that pictures are taken from: where it lies, and what was found there."""

    root: Path
    loaded: Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPictures:
    """Thumbnails as WebP by the keys of images, and clauses that say why others are missing."""

    pictures: dict[str, bytes]
    reasons: dict[str, str]


def pictures_of(tree: ImageTree, wanted: Collection[str]) -> DrawnPictures:
    """Pictures of the images with these keys that a tree holds; of the others nothing is said."""
    folders = tree.loaded.folders.values()
    images = {image_key(image.digest): image for folder in folders for image in folder.images}
    here = [key for key in wanted if key in images]
    found = draw(tree.root, [images[key] for key in here]) if here else {}
    return DrawnPictures(
        pictures={key: found[images[key].digest] for key in here if images[key].digest in found},
        reasons={key: _LFS for key in here if not images[key].has_content},
    )


def draw(root: Path, images: Iterable[ImageFile]) -> dict[str, bytes]:
    """Thumbnails of these images as WebP, by digest; images that cannot be shown have none."""
    return small_pictures(root, {image.digest: image.path for image in images if image.has_content})


def small_pictures(root: Path, paths: Mapping[str, str], edge: int = EDGE) -> dict[str, bytes]:
    """Pictures of files below the root, at most `edge` pixels wide and high, as WebP by digest.

    `paths` are by the digest of the file. A file that is not that one by now, or that cannot be shown, has no picture.
    """
    with CacheFile(default_cache()) as file:
        cache = ThumbnailCache(file, edge)
        found = {digest: picture for digest in paths if (picture := cache.get(digest)) is not None}
        missing = [digest for digest in paths if digest not in found]
        if missing:
            with Tree(root) as tree, ThreadPoolExecutor(_THREADS) as threads:
                drawn = threads.map(lambda digest: _drawn(tree, paths[digest], digest, edge), missing)
                for digest, picture in zip(missing, drawn, strict=True):
                    if picture is not None:
                        found[digest] = picture
                        cache.put(digest, picture)
    return {digest: found[digest] for digest in paths if digest in found}


def _drawn(tree: Tree, path: str, digest: str, edge: int) -> bytes | None:
    """The picture is kept by digest for good, so the bytes that are decoded must be those of the digest."""
    try:
        with tree.open_file(path) as file:
            return thumbnail(file, edge, digest=digest)
    except FileRefused:
        return None
