"""`mv gallery/NAME`: a gallery gets another name in all files that name it. Nothing of it is live, so there is nothing to apply."""

from dataclasses import replace

from reconciler.app.exceptions import WrongUsage, refused
from reconciler.app.galleries import gallery_named
from reconciler.app.settings import Settings
from reconciler.app.validate import resolve_tree
from reconciler.core.manifest.loaded import Loaded
from reconciler.core.problem import ProblemsFound
from reconciler.files.gallery_renaming import GalleryRenaming, gallery_renaming
from reconciler.files.load import load
from reconciler.files.renaming import edited_tree
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.yaml.edit import EditRefused


def move_gallery(settings: Settings, old: str, new: str) -> GalleryRenaming:
    """What giving a gallery another name changes. Nothing is written yet.

    WrongUsage if there is no such gallery. Refused if the new name or the new folder is taken. ProblemsFound if the tree is not
    sound, before or after, or a file cannot be edited.
    """
    settings = replace(settings, overlay=None)  # what is written counts for all accounts
    loaded = load(settings.root)
    desired = resolve_tree(loaded)
    gallery = gallery_named(desired, old)
    if new == gallery.name:
        raise WrongUsage(f"{gallery} has that name already.")
    taken = desired.galleries.get(new)
    if taken is not None:
        raise refused("mv-taken", f"{taken} is declared already, at {taken.location}", "Choose another name.")
    with Tree(settings.root) as tree:
        try:
            found = gallery_renaming(tree, loaded, gallery, new)
        except EditRefused as error:
            raise ProblemsFound([error.problem], end="nothing was written") from None
        except FileRefused as error:
            raise refused(
                "mv-folder", f"{tree.shown(error.path)} {error.reason}", "Put the folder itself there."
            ) from None
        _require_free(tree, found)
        _require_sound(tree, loaded, found)
    return found


def _require_free(tree: Tree, found: GalleryRenaming) -> None:
    if found.folder is None:
        return
    try:
        tree.status(found.folder.after)
    except FileRefused as error:
        if error.is_missing:
            return
    place = tree.shown(found.folder.after)
    way = "Move that away, or write another folder than the name into `path` of the gallery first."
    raise refused("mv-folder", f"{place} is there already, and the results would come to lie there", way)


def _require_sound(tree: Tree, loaded: Loaded, found: GalleryRenaming) -> None:
    try:
        resolve_tree(edited_tree(tree, loaded, found.manifests))
    except ProblemsFound as wrong:
        raise ProblemsFound(wrong.problems, end="nothing was written") from None
