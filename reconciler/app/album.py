"""The album of a plan: pictures from the trees on the disk and in git, and from the API if it is asked for them.

No plan depends on it, so what cannot be read is left out.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reconciler.core.change import DatasetChange
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.name import image_key
from reconciler.core.plan import Plan
from reconciler.core.problem import ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.value import dataclass
from reconciler.files.git.repository import RevisionRefused
from reconciler.files.git.revision_tree import RevisionTree, revision_tree
from reconciler.files.load import load, load_revision
from reconciler.render.album import NO_ALBUM, Album, ImageRename, Thumbnails, data_uri
from reconciler.render.plan_report.changes import wanted_pictures

if TYPE_CHECKING:  # the first speaks to the network, the second decodes images: a comment on models needs neither
    from reconciler.app.live_pictures import LivePictures
    from reconciler.app.pictures import ImageTree
    from reconciler.gallery.moved import MovedGallery
    from reconciler.render.gallery_picture import ShownResults

GALLERY_EDGE = 768
"""Pixels of the longer edge of a gallery's pictures, at most."""

Ask = Callable[[Collection[str]], "LivePictures"]
"""Pictures of live images by their keys. Nobody asks for an image that this tree holds, for a live name is only a claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumSources:
    """Where an album is taken from: the tree, the revision that it is compared with, and the live side; and the day."""

    root: Path
    base: str | None = None
    ask: Ask | None = None
    today: date
    galleries: "tuple[MovedGallery, ...]" = ()


def album_of(plan: Plan, sources: AlbumSources) -> Album:
    """The album of a plan. If the base revision cannot be read, it has fewer pictures."""
    from reconciler.app.findings import findings_of
    from reconciler.app.pictures import ImageTree

    changed = frozenset(change.ref for change in plan.changes if isinstance(change, DatasetChange))
    with ExitStack() as stack:
        after = ImageTree(root=sources.root, loaded=load(sources.root))
        before = _base_of(stack, sources) if changed else None
        renamed = () if before is None else tuple(_renamed(before.loaded, after.loaded, changed))
        wanted = wanted_pictures(plan, renamed)
        # First, as it draws what it decodes.
        found = findings_of(plan, after, sources.today, shown=frozenset(wanted))
        thumbnails = _thumbnails(wanted, after, before, sources.ask)
        return Album(
            thumbnails=thumbnails,
            findings=found.told,
            unseen=found.unseen,
            renamed=renamed,
            galleries=sources.galleries,
            results=_results(sources),
        )


def _results(sources: AlbumSources) -> "ShownResults | None":
    """What the results of galleries show. A page of a plan has other things on it, so they are not the largest."""
    if not sources.galleries:
        return None
    from reconciler.app.gallery_pictures import shown_results

    rows = [row for one in sources.galleries for row in one.comparison.cases]
    return shown_results(sources.root, [cell for row in rows for cell in row.cells], GALLERY_EDGE)


def findings_alone(plan: Plan, sources: AlbumSources) -> Album:
    """An album without pictures, from the tree alone. The tree is not read if no dataset changes."""
    if not any(isinstance(change, DatasetChange) for change in plan.changes):
        return Album(galleries=sources.galleries) if sources.galleries else NO_ALBUM
    from reconciler.app.findings import findings_of
    from reconciler.app.pictures import ImageTree

    found = findings_of(plan, ImageTree(root=sources.root, loaded=load(sources.root)), sources.today)
    return Album(findings=found.told, unseen=found.unseen, galleries=sources.galleries)


def _thumbnails(wanted: Collection[str], after: "ImageTree", before: "_Base | None", ask: Ask | None) -> Thumbnails:
    """What the tree holds; then what the base held; then what the API shows."""
    from reconciler.app.pictures import pictures_of

    here = pictures_of(after, wanted)
    found, reasons = dict(here.pictures), dict(here.reasons)
    if before is not None:
        gone = [key for key in wanted if key not in found]
        with before.laid_out(gone) as laid:
            there = pictures_of(laid, gone)
        found, reasons = found | there.pictures, reasons | there.reasons
    held = {image_key(image.digest) for folder in after.loaded.folders.values() for image in folder.images}
    missing = [key for key in wanted if key not in found and key not in held]
    if ask is not None and missing:
        live = ask(missing)
        found, reasons = found | dict(live.pictures), dict(live.reasons) | reasons
    return Thumbnails(pictures={key: data_uri(picture) for key, picture in found.items()}, reasons=reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """The tree of the base revision. Only images that are shown are laid out."""

    tree: RevisionTree
    loaded: Loaded

    @contextmanager
    def laid_out(self, keys: Collection[str]) -> "Iterator[ImageTree]":
        """The images with these keys as files, as long as the block lasts; none if they cannot be read."""
        from reconciler.app.pictures import ImageTree

        wanted = frozenset(keys)
        images = (image for folder in self.loaded.folders.values() for image in folder.images)
        paths = [image.path for image in images if image.has_content and image_key(image.digest) in wanted]
        with TemporaryDirectory(prefix="reconciler-") as folder:
            with suppress(RevisionRefused, ProblemsFound, OSError):
                self.tree.lay(paths, Path(folder))
            yield ImageTree(root=Path(folder), loaded=self.loaded)


def _base_of(stack: ExitStack, sources: AlbumSources) -> _Base | None:
    """The base, as long as the stack is open; None if there is none, or it cannot be read."""
    if sources.base is None:
        return None
    try:
        tree = stack.enter_context(revision_tree(sources.root, sources.base))
        return _Base(tree=tree, loaded=load_revision(tree, believes_cache=True))
    except (RevisionRefused, ProblemsFound):
        return None


def _renamed(before: Loaded, after: Loaded, refs: frozenset[Ref]) -> Iterator[ImageRename]:
    """Images of these datasets with the same bytes under another name."""
    earlier = _names(before)
    for (ref, digest), name in sorted(_names(after).items(), key=lambda item: (item[0][0], item[1])):
        former = earlier.get((ref, digest), name)
        if ref in refs and former != name:
            yield ImageRename(ref=ref, key=image_key(digest), before=former, after=name)


def _names(loaded: Loaded) -> dict[tuple[Ref, str], str]:
    """What each image of each dataset is called, by its digest."""
    return {
        (loaded.manifests[position].ref, image.digest): image.name
        for position, folder in loaded.folders.items()
        for image in folder.images
    }
