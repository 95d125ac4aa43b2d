"""The names of the objects that a tree declares, read without judging anything: for completion and for hints."""

from pathlib import Path

from reconciler.core.manifest.reading import declared_refs
from reconciler.core.problem import Problem
from reconciler.core.ref import Ref
from reconciler.files.load import manifest_files
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import FileRefused, Tree
from reconciler.files.tree_listing import join, list_tree
from reconciler.files.yaml.reading import FILE_LIMIT, read_yaml


def refs_in(root: Path, word: str = "") -> tuple[Ref, ...]:
    """What the manifests below `root` declare, in order, of those files only that hold the word; nothing where `root` cannot be read."""
    try:
        tree = Tree(root)
    except FileRefused:
        return ()
    found: set[Ref] = set()
    with tree:
        for folder, name in manifest_files(list_tree(tree)):
            data = read_bytes(tree, join(folder, name), FILE_LIMIT)
            if isinstance(data, Problem) or word.encode() not in data:
                continue
            for document in read_yaml(data, name).documents:
                found |= declared_refs(document) or frozenset()
    return tuple(sorted(found))
