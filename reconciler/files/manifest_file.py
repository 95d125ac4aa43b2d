"""The file of one manifest, read again so that a value of that manifest can be edited."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from reconciler.core.manifest.loaded import GalleryManifest, Manifest
from reconciler.core.problem import Problem
from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import Tree
from reconciler.files.yaml.change import Edit
from reconciler.files.yaml.edit import EditRefused, edited
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """`path` counts from the root; `document` is the manifest's number among the documents of the file."""

    path: str
    shown: str
    data: bytes
    document: int
    value: Value

    @property
    def spec(self) -> dict[str, Value]:
        """What the manifest says below `spec`."""
        spec = self.value.get("spec") if isinstance(self.value, dict) else None
        return spec if isinstance(spec, dict) else {}

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The bytes of the file after these edits; EditRefused where they cannot be made."""
        return edited(self.data, edits, path=self.shown)


def manifest_file(tree: Tree, manifest: Manifest | GalleryManifest) -> ManifestFile:
    """The file that a manifest was read from; EditRefused where it cannot be read any more."""
    path = path_below(tree, manifest.document.path)
    data = read_bytes(tree, path, FILE_LIMIT)
    if isinstance(data, Problem):
        raise EditRefused(data)
    documents = read_yaml(data, tree.shown(path)).documents
    place = manifest.document.at()
    number = next((at for at, document in enumerate(documents) if document.at() == place), 0)
    return ManifestFile(path=path, shown=tree.shown(path), data=data, document=number, value=documents[number].value)


def path_below(tree: Tree, shown: str) -> str:
    """The path below the root of a file that problems show so."""
    return str(PurePosixPath(shown).relative_to(tree.shown("")))
