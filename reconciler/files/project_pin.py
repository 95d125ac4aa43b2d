"""The live id of a project, written into its manifest as `metadata.id`."""

from reconciler.core.manifest.document import Document
from reconciler.core.problem import Problem
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import Tree
from reconciler.files.yaml.change import Edit, Insert, Replace
from reconciler.files.yaml.edit import EditRefused, edited
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml


def pinned_bytes(tree: Tree, path: str, document: Document, live_id: int) -> tuple[bytes, bytes]:
    """What the file holds before and after. EditRefused where it cannot be read or edited."""
    before = read_bytes(tree, path, FILE_LIMIT)
    if isinstance(before, Problem):
        raise EditRefused(before)
    documents = read_yaml(before, tree.shown(path)).documents
    number = next((at for at, one in enumerate(documents) if one.at() == document.at()), 0)
    root = documents[number].value
    metadata = root.get("metadata") if isinstance(root, dict) else None
    edit: Edit
    if isinstance(metadata, dict) and "id" in metadata:
        edit = Replace(("metadata", "id"), live_id, document=number)
    else:
        edit = Insert(("metadata",), "id", live_id, after="name", document=number)
    return before, edited(before, [edit], path=tree.shown(path))
