"""Pictures for a plan's report: what the tree holds, and what an earlier revision of it held."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from reconciler.core.declare.loaded import Loaded
from reconciler.core.name import image_key
from reconciler.files.thumbnail import ThumbnailCache, thumbnail
from reconciler.files.tree import FileRefused, Tree
from reconciler.render.html.thumbnails import Thumbnails, data_uri

_THREADS = 4
_LFS = "Git LFS content missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A tree that pictures are taken from: where it lies, and what was found there."""

    root: Path
    loaded: Loaded


def pictures_of(wanted: Collection[str], after: Side, before: Side | None) -> Thumbnails:
    """Thumbnails of the images with these keys; each that cannot be shown is told with the reason.

    What the tree does not hold comes from `before`, where there is one: the API's own pictures are not asked for.
    """
    reasons: dict[str, str] = {}
    here = _drawn(after, wanted, reasons)
    missing = [key for key in wanted if key not in here]
    there = {} if before is None else _drawn(before, missing, reasons)
    return Thumbnails(after=here, before=there, reasons=reasons)


def _drawn(side: Side, wanted: Collection[str], reasons: dict[str, str]) -> dict[str, str]:
    """Data URIs by key; of a tree that cannot be read there are none."""
    folders = side.loaded.folders.values()
    images = {image_key(image.digest): image for folder in folders for image in folder.images}
    here = [key for key in wanted if key in images]
    if not here:
        return {}
    kept = ThumbnailCache(platformdirs.user_cache_path("reconciler") / "thumbnails")

    def drawn(key: str) -> bytes | None:
        image = images[key]
        if (picture := kept.get(image.digest)) is not None:
            return picture
        try:
            with tree.open_file(image.path) as file:
                picture = thumbnail(file)
        except FileRefused:
            return None
        if picture is not None:
            kept.put(image.digest, picture)
        return picture

    reasons.update({key: _LFS for key in here if not images[key].has_content})
    with Tree(side.root) as tree, ThreadPoolExecutor(_THREADS) as threads:
        solid = [key for key in here if images[key].has_content]
        found = dict(zip(solid, threads.map(drawn, solid), strict=True))
    return {key: data_uri(picture) for key, picture in found.items() if picture is not None}
