"""The change of a manifest that declares captions which were pulled: `source: sidecar` in place of automatic ones."""

from typing import Final

from reconciler.core.manifest.loaded import Manifest
from reconciler.core.value import dataclass
from reconciler.files.file_edit import FileEdit
from reconciler.files.manifest_file import ManifestFile, manifest_file
from reconciler.files.tree import Tree
from reconciler.files.yaml.change import Edit, Insert, Replace

PULLED: Final = "sidecar"
"""Where pulled captions stand if the manifest says `automatic`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """`place` is the file and the line that differs, `text` what stands there then; `is_new` says that the line is added."""

    edit: FileEdit
    place: str
    text: str
    is_new: bool


def declaration(tree: Tree, manifest: Manifest) -> Declaration:
    """What is to be changed in the manifest of a dataset. EditRefused where its file cannot be edited."""
    file = manifest_file(tree, manifest)
    after = file.edited(_edits(file))
    old, new = file.data.splitlines(), after.splitlines()
    at = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    return Declaration(
        edit=FileEdit(path=file.path, before=file.data, after=after),
        place=f"{file.shown}:{at + 1}",
        text=new[at].decode("utf-8", "replace").strip(),
        is_new=len(new) > len(old),
    )


def _edits(file: ManifestFile) -> list[Edit]:
    number = file.document
    if "captions" in file.spec:
        return [Replace(("spec", "captions", "source"), PULLED, number)]
    # Braces first, so that the whole of it is one line.
    return [
        Insert(("spec",), "captions", {}, after="images", document=number),
        Insert(("spec", "captions"), "source", PULLED, document=number),
    ]
