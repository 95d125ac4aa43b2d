"""A declared object under another name: the edits of every file below the root that names it, and the tree after them.

Manifests name an object in `metadata.name` and where others stand on it, galleries in `model`, overlays in `objects`, `adopted.yaml` by its entries,
and `reconciler.yaml` in `drift.ignore`. Nothing else of a tree names objects: waivers stand in the manifest itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from reconciler.core.kind import Kind
from reconciler.core.manifest.document import Document
from reconciler.core.manifest.loaded import AbsentBody, GalleryManifest, Loaded, Manifest
from reconciler.core.manifest.overlay import FOLDER as OVERLAYS
from reconciler.core.manifest.reading import read_manifest
from reconciler.core.manifest.spec import ProjectBody
from reconciler.core.problem import Problem, ProblemsFound
from reconciler.core.ref import Ref
from reconciler.core.strictjson import Value
from reconciler.core.value import dataclass
from reconciler.files.adopted import read_adopted
from reconciler.files.configuration import FILE_NAME as CONFIGURATION
from reconciler.files.file_edit import FileEdit
from reconciler.files.manifest_file import manifest_file, path_below
from reconciler.files.overlay import overlay_names
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import Tree
from reconciler.files.yaml.change import Edit, Insert, Rename, Replace
from reconciler.files.yaml.edit import EditRefused, edited
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml


@dataclass(slots=True)
class TreeEdits:
    """Edits that are gathered for each file, by its path below the root."""

    tree: Tree
    by_path: dict[str, list[Edit]] = field(default_factory=dict)
    data: dict[str, bytes] = field(default_factory=dict)

    def add(self, path: str, *edits: Edit) -> None:
        if edits:
            self.by_path.setdefault(path, []).extend(edits)

    def read(self, path: str) -> bytes:
        """What a file holds; EditRefused where it cannot be read."""
        if path not in self.data:
            data = read_bytes(self.tree, path, FILE_LIMIT)
            if isinstance(data, Problem):
                raise EditRefused(data)
            self.data[path] = data
        return self.data[path]

    def first(self, path: str) -> Value:
        """The first document of a file."""
        documents = read_yaml(self.read(path), path).documents
        return documents[0].value if documents else None

    def made(self) -> tuple[FileEdit, ...]:
        found = []
        for path, edits in sorted(self.by_path.items()):
            before = self.read(path)
            found.append(FileEdit(path=path, before=before, after=edited(before, edits, path=self.tree.shown(path))))
        return tuple(found)


def renaming(tree: Tree, loaded: Loaded, old: Ref, new: Ref) -> tuple[FileEdit, ...]:
    """Every file that changes where an object gets another name. EditRefused where one of them cannot be edited."""
    edits = TreeEdits(tree)
    for manifest in loaded.manifests:
        if old in {manifest.ref, manifest.parent}:
            file = manifest_file(tree, manifest)
            edits.add(file.path, *_in_manifest(manifest, old, new, file.document))
    for gallery in loaded.galleries:
        if old == Ref(Kind.MODEL, gallery.body.spec.model):
            file = manifest_file(tree, gallery)
            edits.add(file.path, Replace(("spec", "model"), new.name, document=file.document))
    for entry in loaded.adopted:
        if entry.ref == old:
            path = path_below(tree, entry.location.path)
            edits.add(path, Rename(("adopted", str(old)), str(new)))
    for name in overlay_names(tree.root):
        path = f"{OVERLAYS}/{name}.yaml"
        if str(old) in _mapping(edits.first(path), "objects"):
            edits.add(path, Rename(("objects", str(old)), str(new)))
    if tree.holds(CONFIGURATION):
        edits.add(CONFIGURATION, *_in_configuration(edits.first(CONFIGURATION), old, new))
    return edits.made()


def _in_manifest(manifest: Manifest, old: Ref, new: Ref, document: int) -> Iterator[Edit]:
    """The object's own name, with `moved` where the live side knows it by the old one; or the name of what it stands on."""
    if manifest.ref != old:
        yield Replace(("spec", old.kind.value), new.name, document=document)
        return
    yield Replace(("metadata", "name"), new.name, document=document)
    if is_known_by_name(manifest):
        yield Insert(("metadata",), "moved", {"from": old.name}, after="name", document=document)


def is_known_by_name(manifest: Manifest) -> bool:
    """Do the names of its live objects come from `metadata.name`? A project may have a `project_name`, or be pinned."""
    body = manifest.body
    if isinstance(body, ProjectBody):
        return body.spec.project_name is None and body.metadata.id is None
    return not isinstance(body, AbsentBody)


def _in_configuration(value: Value, old: Ref, new: Ref) -> Iterator[Edit]:
    rules = _mapping(value, "drift").get("ignore")
    for at, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict) and rule.get("object") == str(old):
            yield Replace(("drift", "ignore", at, "object"), str(new))


def _mapping(value: Value, key: str) -> dict[str, Value]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def edited_tree(tree: Tree, loaded: Loaded, edits: tuple[FileEdit, ...]) -> Loaded:
    """A tree as it would be read after these edits, none of which adds or removes a manifest."""
    after = {tree.shown(edit.path): edit for edit in edits}
    documents = {shown: _documents(edit, shown) for shown, edit in after.items()}
    manifests = tuple(_again(manifest, documents) for manifest in loaded.manifests)
    galleries = tuple(_gallery_again(gallery, documents) for gallery in loaded.galleries)
    adopted = [entry for entry in loaded.adopted if entry.location.path not in after]
    for shown in dict.fromkeys(entry.location.path for entry in loaded.adopted if entry.location.path in after):
        adopted += read_adopted(after[shown].after, shown)[0]
    return replace(loaded, manifests=manifests, galleries=galleries, adopted=tuple(adopted))


def _documents(edit: FileEdit, shown: str) -> dict[tuple[int, int], Document]:
    """The documents of a file after an edit, by where each of them began before."""
    before = read_yaml(edit.before or b"", shown).documents
    places = (document.at() for document in before)
    return {
        (place.line, place.column): document
        for place, document in zip(places, read_yaml(edit.after, shown).documents, strict=True)
    }


def _again(manifest: Manifest, documents: Mapping[str, Mapping[tuple[int, int], Document]]) -> Manifest:
    found = documents.get(manifest.document.path)
    if found is None:
        return manifest
    place = manifest.location
    read = read_manifest(found[place.line, place.column])
    if not isinstance(read, Manifest):
        raise ProblemsFound(read, end="nothing was written")
    return read


def _gallery_again(
    gallery: GalleryManifest, documents: Mapping[str, Mapping[tuple[int, int], Document]]
) -> GalleryManifest:
    found = documents.get(gallery.document.path)
    if found is None:
        return gallery
    from reconciler.core.manifest.gallery import read_gallery

    place = gallery.document.at()
    read = read_gallery(found[place.line, place.column])
    if not isinstance(read, GalleryManifest):
        raise ProblemsFound(read, end="nothing was written")
    return replace(gallery, name=read.name, body=read.body, document=read.document)
