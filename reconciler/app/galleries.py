"""Galleries that the manifests declare, by their names, and what is there of each. Nothing is asked of the API."""

from pathlib import Path

from reconciler.app.exceptions import WrongUsage
from reconciler.core.desired import Desired
from reconciler.core.gallery import DesiredGallery
from reconciler.core.gallery_results import GalleryResults
from reconciler.core.manifest.suggestion import nearest
from reconciler.core.text import quoted
from reconciler.files.gallery_folder import read_results


def gallery_named(desired: Desired, name: str) -> DesiredGallery:
    """The gallery of that name, with or without `gallery/`. WrongUsage where no manifest declares it."""
    bare = name.removeprefix("gallery/")
    found = desired.galleries.get(bare)
    if found is None:
        guess = nearest(bare, desired.galleries)
        hint = "" if guess is None else f" Did you mean {guess}?"
        raise WrongUsage(f"No manifest declares a gallery {quoted(bare, 60)}.{hint}")
    return found


def gallery_states(root: Path, desired: Desired, name: str = "") -> tuple[GalleryResults, ...]:
    """What is there of one gallery, or of all of them."""
    wanted = [gallery_named(desired, name)] if name else list(desired.galleries.values())
    return tuple(read_results(root, gallery) for gallery in wanted)
