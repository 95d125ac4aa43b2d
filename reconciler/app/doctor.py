"""Look at datasets before anything is uploaded: manifests, captions and pixels; nothing is sent."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from reconciler.app.fault import Unusable
from reconciler.core.declare.image import ImageFile
from reconciler.core.declare.loaded import Loaded
from reconciler.core.declare.manifest import DatasetBody
from reconciler.core.declare.suggestion import did_you_mean
from reconciler.core.doctor.diagnose import diagnose
from reconciler.core.doctor.finding import Diagnosis
from reconciler.core.doctor.pixels import Measured
from reconciler.core.ref import Ref
from reconciler.core.text import shown
from reconciler.files.image import inspect
from reconciler.files.load import load
from reconciler.files.pixel import measure
from reconciler.files.pixel_cache import PixelCache, default_pixel_cache
from reconciler.files.tree import FileRefused, Tree

_THREADS = 4


def examine(root: Path, wanted: Sequence[Ref], today: date, *, cache: Path | None = None) -> Diagnosis:
    """The diagnosis of the datasets in `wanted`, or of all; Unusable where a wanted one is not declared.

    `cache` is the file in which measures are kept; without it, one in the user's cache folder.
    """
    loaded = load(root)
    _require(loaded, wanted)
    return diagnose(loaded, _measures(root, _images(loaded, wanted), cache or default_pixel_cache()), today, wanted)


def pictures(root: Path, images: Iterable[ImageFile]) -> Mapping[str, bytes]:
    """Thumbnails of these images as WebP, by digest; of those that cannot be shown there is none."""
    import platformdirs

    from reconciler.files.thumbnail import ThumbnailCache, thumbnail

    kept = ThumbnailCache(platformdirs.user_cache_path("reconciler") / "thumbnails")
    found: dict[str, bytes] = {}

    def drawn(image: ImageFile) -> bytes | None:
        try:
            with tree.open_file(image.path) as file:
                return thumbnail(file)
        except FileRefused:
            return None

    with Tree(root) as tree, ThreadPoolExecutor(_workers()) as threads:
        by_digest = {image.digest: image for image in images if image.has_content}
        found = {digest: picture for digest in by_digest if (picture := kept.get(digest)) is not None}
        missing = [image for digest, image in by_digest.items() if digest not in found]
        for image, picture in zip(missing, threads.map(drawn, missing), strict=True):
            if picture is not None:
                found[image.digest] = picture
                kept.put(image.digest, picture)
    return found


def write_sheet(path: str, page: str) -> None:
    """Write a contact sheet whole or not at all; Unusable where that cannot be done."""
    from reconciler.files.atomic import replace_file

    place = Path(path)
    try:
        folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            replace_file(folder, place.name, page.encode())
        finally:
            os.close(folder)
    except OSError as error:
        raise Unusable(f"The contact sheet {shown(path)} cannot be written: {error.strerror}.") from None


def _require(loaded: Loaded, wanted: Iterable[Ref]) -> None:
    declared = {manifest.ref for manifest in loaded.manifests if isinstance(manifest.body, DatasetBody)}
    for ref in wanted:
        if ref not in declared and ref not in loaded.broken:
            hint = did_you_mean(ref.name, sorted(known.name for known in declared))
            raise Unusable(f"No manifest declares {ref}. {hint}".strip())


def _images(loaded: Loaded, wanted: Collection[Ref]) -> list[ImageFile]:
    """The images to be decoded, each content once: those that are here and sound as files."""
    found = {
        image.digest: image
        for position, folder in loaded.folders.items()
        if not wanted or loaded.manifests[position].ref in wanted
        for image in folder.images
        if image.has_content and image.facts is not None and image.flaw is None
    }
    return list(found.values())


def _measures(root: Path, images: Iterable[ImageFile], place: Path) -> dict[str, Measured]:
    cache = PixelCache(place)
    found: dict[str, Measured] = {}
    missing = []
    for image in images:
        known = cache.get(image.digest)
        if known is None:
            missing.append(image)
        else:
            found[image.digest] = known
    if missing:
        with Tree(root) as tree, ThreadPoolExecutor(_workers()) as threads:
            for image, measured in zip(missing, threads.map(lambda one: _measure(tree, one), missing), strict=True):
                if measured is not None:
                    found[image.digest] = measured
                    cache.put(image.digest, measured)
        cache.save()
    return found


def _measure(tree: Tree, image: ImageFile) -> Measured | None:
    """What the pixels say; None where the file is another one by now."""
    try:
        with tree.open_file(image.path) as file:
            if inspect(file).digest != image.digest:
                return None
            file.seek(0)
            return measure(file)
    except OSError:
        return None


def _workers() -> int:
    return min(_THREADS, os.cpu_count() or 1)
