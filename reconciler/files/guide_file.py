"""A guide written into the files of people: into the manifest, or into the JSON file that the manifest names.

Only the lines that differ change: a manifest goes through the one writer of people's YAML, and a JSON file keeps its order
of keys, its indentation, its line ends and its last line.
"""

import os
from io import BytesIO
from pathlib import Path, PurePosixPath

from reconciler.core.guide import Guide, PrefixGuide, SchemaGuide
from reconciler.core.manifest.loaded import Manifest
from reconciler.core.manifest.portable import below
from reconciler.core.manifest.spec import DatasetSpec
from reconciler.core.problem import Problem
from reconciler.core.strictjson import BadJson, Value, loads
from reconciler.core.value import dataclass
from reconciler.files.file_edit import FileEdit
from reconciler.files.git.repository import RevisionRefused, find_repository
from reconciler.files.json_text import in_order_of, json_text
from reconciler.files.load import SCHEMA_FILE_LIMIT
from reconciler.files.manifest_file import ManifestFile, manifest_file
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.yaml.change import Edit, Insert, Replace
from reconciler.files.yaml.edit import EditRefused
from reconciler.files.yaml.reading import read_yaml

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideEdit:
    """What changes in the file that declares the guide.

    `is_committed` says that git holds what goes, or that there is nothing to lose, or no git to ask.
    """

    file: FileEdit
    is_committed: bool


def guide_edit(tree: Tree, manifest: Manifest, spec: DatasetSpec, guide: Guide) -> GuideEdit:
    """What writing this guide does to the file that declares it. EditRefused where that file cannot be edited."""
    if spec.visual_schema_file is not None and isinstance(guide, SchemaGuide):
        folder = str(PurePosixPath(manifest.document.path).relative_to(tree.shown("")).parent)
        return _schema_file_edit(tree, below("" if folder == "." else folder, spec.visual_schema_file), guide)
    return _manifest_edit(tree, manifest_file(tree, manifest), spec, guide)


def _manifest_edit(tree: Tree, file: ManifestFile, spec: DatasetSpec, guide: Guide) -> GuideEdit:
    value: Value = guide.text if isinstance(guide, PrefixGuide) else guide.document
    before = file.spec.get(guide.field)
    edit: Edit
    if before is None:
        after = "upload_type" if "upload_type" in spec.written else "project"
        edit = Insert(("spec",), guide.field, value, after=after, document=file.document)
    else:
        edit = Replace(("spec", guide.field), in_order_of(before, value), document=file.document)
    committed = _committed(tree.root, file.path)
    return GuideEdit(
        file=FileEdit(path=file.path, before=file.data, after=file.edited([edit])),
        is_committed=before is None or committed is None or before in _guides_in(committed, guide.field),
    )


def _guides_in(data: bytes, field: str) -> list[Value]:
    """The guides of all manifests of a file."""
    return [_guide_of(document.value, field) for document in read_yaml(data, "").documents]


def _guide_of(document: Value, field: str) -> Value:
    spec = document.get("spec") if isinstance(document, dict) else None
    return spec.get(field) if isinstance(spec, dict) else None


def _schema_file_edit(tree: Tree, path: str, guide: SchemaGuide) -> GuideEdit:
    try:
        tree.status(path)
    except FileRefused as refused:
        if not refused.is_missing:
            raise
        new = FileEdit(path=path, before=None, after=json_text(guide.document, ""))
        return GuideEdit(file=new, is_committed=True)
    data = _read(tree, path, SCHEMA_FILE_LIMIT)
    text = data.removeprefix(_BOM).decode("utf-8", "replace")
    try:
        before = loads(text)
    except BadJson:
        before = None
    if before is not None and SchemaGuide(text=text).canonical == guide.canonical:
        return GuideEdit(file=FileEdit(path=path, before=data, after=data), is_committed=True)
    after = (_BOM if data.startswith(_BOM) else b"") + json_text(in_order_of(before, guide.document), text)
    committed = _committed(tree.root, path)
    edit = FileEdit(path=path, before=data, after=after)
    return GuideEdit(file=edit, is_committed=committed is None or committed == data)


def _read(tree: Tree, path: str, limit: int) -> bytes:
    data = read_bytes(tree, path, limit)
    if isinstance(data, Problem):
        raise EditRefused(data)
    return data


def _committed(root: Path, path: str) -> bytes | None:
    """What the last commit holds of a file, nothing where it does not hold it; None where there is no git to ask."""
    try:
        repository, folder = find_repository(root)
        place = os.fsencode(path)
        entries = repository.entries(repository.commit("HEAD"), folder)
        entry = next((one for one in entries if one.path == place), None)
        if entry is None:
            return b""
        into = BytesIO()
        with repository.blobs() as blobs:
            size = blobs.size(entry.oid)
            blobs.copy(entry.oid, size, into)
    except RevisionRefused:
        return None
    return into.getvalue()
