"""The names of the objects that a tree declares, read without judging anything: for completion and for hints."""

from collections.abc import Iterator
from pathlib import Path

from reconciler.core.manifest.document import Document
from reconciler.core.manifest.reading import declared_refs, is_gallery
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref, is_name
from reconciler.files.manifest_reading import manifest_files
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import join, list_tree
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml


def refs_in(root: Path, word: str = "") -> tuple[Ref, ...]:
    """What the manifests below `root` declare, in order, of those files only that hold the word; nothing where `root` cannot be read."""
    found: set[Ref] = set()
    for document in documents_in(root, word):
        found |= declared_refs(document) or frozenset()
    return tuple(sorted(found))


def galleries_in(root: Path, word: str = "") -> tuple[str, ...]:
    """The names of the galleries that the manifests below `root` declare, of those files only that hold the word."""
    documents = (document for document in documents_in(root, word) if is_gallery(document))
    names = (document.value_at("metadata", "name") for document in documents)
    return tuple(sorted({name for name in names if isinstance(name, str) and is_name(name)}))


def documents_in(root: Path, word: str = "") -> Iterator[Document]:
    """The documents of those files; what cannot be read is passed over."""
    return (document for _, document in _documents(root, word))


def paths_of_refs(root: Path) -> dict[Ref, str]:
    """The file below `root` that declares each object, the first where several do; nothing where `root` cannot be read."""
    found: dict[Ref, str] = {}
    for path, document in _documents(root, ""):
        for ref in declared_refs(document) or frozenset():
            found.setdefault(ref, path)
    return found


def _documents(root: Path, word: str) -> Iterator[tuple[str, Document]]:
    try:
        tree = Tree(root)
    except FileRefused:
        return
    with tree:
        for folder, name in manifest_files(list_tree(tree)):
            path = join(folder, name)
            data = read_bytes(tree, path, FILE_LIMIT)
            if not isinstance(data, Problem) and word.encode() in data:
                yield from ((path, document) for document in read_yaml(data, tree.shown(path)).documents)
