"""The live id of a project, written into its manifest as `metadata.id`."""

from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.core.strictjson import Value
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import Tree
from reconciler.files.yaml.change import Edit, Insert, Replace
from reconciler.files.yaml.edit import EditRefused, edited
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml


def pinned_bytes(tree: Tree, path: str, ref: Ref, live_id: int) -> tuple[bytes, bytes]:
    """What the file holds before and after. EditRefused where it cannot be read or edited.

    The manifest is found by its name: an edit before this one may have moved its lines.
    """
    before = read_bytes(tree, path, FILE_LIMIT)
    if isinstance(before, Problem):
        raise EditRefused(before)
    documents = read_yaml(before, tree.shown(path)).documents
    number = next(at for at, one in enumerate(documents) if _declares(one.value, ref))
    metadata = _metadata(documents[number].value)
    edit: Edit
    if "id" in metadata:
        edit = Replace(("metadata", "id"), live_id, document=number)
    else:
        edit = Insert(("metadata",), "id", live_id, after="name", document=number)
    return before, edited(before, [edit], path=tree.shown(path))


def _declares(root: Value, ref: Ref) -> bool:
    return isinstance(root, dict) and root.get("kind") == ref.kind.title and _metadata(root).get("name") == ref.name


def _metadata(root: Value) -> dict[str, Value]:
    found = root.get("metadata") if isinstance(root, dict) else None
    return found if isinstance(found, dict) else {}
