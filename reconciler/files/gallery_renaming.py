"""A gallery under another name: its manifest, the models that it guards, its approvals, and its folder where that bears the name.

Results and notes say nothing of the name. An approval does, so that a copy from another gallery counts for nothing; it is about
pictures that stay what they were, so it is written anew under the new name and goes on counting.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from reconciler.core.gallery import DesiredGallery
from reconciler.core.manifest.loaded import GalleryManifest, Loaded
from reconciler.core.value import dataclass
from reconciler.files.approval_file import approval_in, approved_in
from reconciler.files.file_edit import FileEdit, FolderMove
from reconciler.files.manifest_file import manifest_file
from reconciler.files.renaming import TreeEdits
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.yaml.change import Replace
from reconciler.gallery.approval import MOST_BYTES, Approval, approval_file, approval_text


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryRenaming:
    """What changes: manifests, approvals at the place where they lie before the folder is moved, and the folder."""

    manifests: tuple[FileEdit, ...]
    approvals: tuple[FileEdit, ...]
    folder: FolderMove | None


def gallery_renaming(tree: Tree, loaded: Loaded, gallery: DesiredGallery, new: str) -> GalleryRenaming:
    """All that changes where a gallery gets another name. EditRefused where a manifest cannot be edited."""
    edits = TreeEdits(tree)
    declared = next(one for one in loaded.galleries if one.name == gallery.name)
    file = manifest_file(tree, declared)
    edits.add(file.path, Replace(("metadata", "name"), new, document=file.document))
    path = _path(declared, new)
    if path is not None:
        edits.add(file.path, Replace(("spec", "path"), path, document=file.document))
    for manifest in loaded.manifests:
        if manifest.document.value_at("spec", "promotion", "gallery") == gallery.name:
            file = manifest_file(tree, manifest)
            edits.add(file.path, Replace(("spec", "promotion", "gallery"), new, document=file.document))
    folder = None if path is None else _folder(tree, gallery.folder, new)
    return GalleryRenaming(manifests=edits.made(), approvals=_approvals(tree, gallery, new), folder=folder)


def _path(declared: GalleryManifest, new: str) -> str | None:
    """The path of the results as the manifest writes it, under the new name; None if it does not end in the old one."""
    written = PurePosixPath(declared.body.spec.path)
    return None if written.name != declared.name else written.with_name(new).as_posix()


def _folder(tree: Tree, folder: str, new: str) -> FolderMove | None:
    """None where nothing was drawn yet."""
    try:
        with tree.folder(folder):
            return FolderMove(before=folder, after=PurePosixPath(folder).with_name(new).as_posix())
    except FileRefused as refused:
        if refused.is_missing:
            return None
        raise


def _approvals(tree: Tree, gallery: DesiredGallery, new: str) -> tuple[FileEdit, ...]:
    """Those that are for this gallery. One that is damaged, or for another gallery, stays as it is and counts as little as before."""
    found = []
    for fingerprint in approved_in(tree, gallery.folder):
        approval = approval_in(tree, gallery.folder, fingerprint)
        if isinstance(approval, Approval) and approval.gallery == gallery.name:
            path = approval_file(gallery.folder, fingerprint)
            after = approval_text(replace(approval, gallery=new)).encode()
            found.append(FileEdit(path=path, before=tree.read(path, MOST_BYTES), after=after))
    return tuple(found)
