"""`doctor`: look at manifests, captions and pixels before anything is uploaded. Nothing is sent."""

import os
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from reconciler.app.exceptions import undeclared
from reconciler.core.manifest.image import ImageFile
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.manifest.spec import DatasetBody
from reconciler.core.ref import Ref
from reconciler.doctor.diagnose import Evidence, diagnose
from reconciler.doctor.finding import Diagnosis
from reconciler.doctor.pixels import Measured
from reconciler.files.cache import CacheFile, default_cache
from reconciler.files.image.image_file import inspect
from reconciler.files.image.pixel import PixelCache, measure_and_draw
from reconciler.files.image.thumbnail import ThumbnailCache
from reconciler.files.load import load
from reconciler.files.tree import Tree

_THREADS = 4


def examine(root: Path, wanted: Sequence[Ref], today: date, *, cache: Path | None = None) -> Diagnosis:
    """The diagnosis of the datasets in `wanted`, or of all. WrongUsage if a wanted dataset is not declared.

    `cache` is the file in which measures are kept. Without it, one in the user's cache folder is used.
    """
    loaded = load(root)
    _require_declared(loaded, wanted)
    evidence = Evidence(today=today, measured=measure_all(root, decodable(loaded, wanted), cache=cache))
    return diagnose(loaded, evidence, wanted)


def _require_declared(loaded: Loaded, wanted: Iterable[Ref]) -> None:
    declared = {manifest.ref for manifest in loaded.manifests if isinstance(manifest.body, DatasetBody)}
    for ref in wanted:
        if ref not in declared and ref not in loaded.broken:
            raise undeclared(ref, (manifest.ref for manifest in loaded.manifests))


def decodable(loaded: Loaded, wanted: Collection[Ref]) -> list[ImageFile]:
    """The images of the datasets in `wanted`, or of all, that are here and whole. Of equal files, one."""
    found = {
        image.digest: image
        for position, folder in loaded.folders.items()
        if not wanted or loaded.manifests[position].ref in wanted
        for image in folder.images
        if image.has_content and image.facts is not None and image.flaw is None
    }
    return list(found.values())


def measure_all(
    root: Path, images: Iterable[ImageFile], *, cache: Path | None = None, shown: Collection[str] = ()
) -> dict[str, Measured]:
    """The pixels of images below the root, by digest. What was measured before is taken from the cache.

    `shown` are digests of images of which a report will ask for a thumbnail: what is decoded is drawn as well, into the cache.
    """
    with CacheFile(cache or default_cache()) as file:
        kept, thumbnails = PixelCache(file), ThumbnailCache(file)
        found: dict[str, Measured] = {}
        missing = []
        for image in images:
            known = kept.get(image.digest)
            if known is None:
                missing.append(image)
            else:
                found[image.digest] = known
        if missing:
            with Tree(root) as tree, ThreadPoolExecutor(_workers()) as threads:
                looks = threads.map(lambda one: _measure(tree, one, is_drawn=one.digest in shown), missing)
                for image, (measured, picture) in zip(missing, looks, strict=True):
                    if measured is not None:
                        found[image.digest] = measured
                        kept.put(image.digest, measured)
                    if picture is not None:
                        thumbnails.put(image.digest, picture)
        return found


def _measure(tree: Tree, image: ImageFile, *, is_drawn: bool) -> tuple[Measured | None, bytes | None]:
    """The pixels of an image, and its thumbnail; neither if the file was changed or removed since the tree was loaded."""
    try:
        with tree.open_file(image.path) as file:
            # Measures are kept by digest for good, so the bytes that are decoded must be those of the digest.
            if inspect(file).digest != image.digest:
                return None, None
            return measure_and_draw(file, is_drawn=is_drawn)
    except OSError:
        return None, None


def _workers() -> int:
    return min(_THREADS, os.cpu_count() or 1)
