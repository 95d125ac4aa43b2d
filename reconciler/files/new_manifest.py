"""A new manifest as text: written as people's YAML is written, and with the editor's line of the file that it follows."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from reconciler.core.manifest.migration import NewManifest
from reconciler.core.problem import Problem
from reconciler.core.strictjson import Value
from reconciler.core.text import visible
from reconciler.files.text_file import read_bytes
from reconciler.files.tree import Tree
from reconciler.files.yaml.change import Replace
from reconciler.files.yaml.edit import edited
from reconciler.files.yaml.reading import FILE_LIMIT

_MODELINE = b"# yaml-language-server:"


def manifest_text(tree: Tree, new: NewManifest) -> bytes:
    """The whole file."""
    text = edited(b"", [Replace((), dict(new.document))], path=tree.shown(new.path))
    old = str(PurePosixPath(new.old.document.path).relative_to(tree.shown("")))
    data = read_bytes(tree, old, FILE_LIMIT)
    first = b"" if isinstance(data, Problem) else data.partition(b"\n")[0].rstrip()
    return first + b"\n" + text if first.startswith(_MODELINE) else text


def commented_text(comment: Iterable[str], document: Mapping[str, Value], *, path: str) -> bytes:
    """A whole file of one document, below lines for people. EditRefused where a value cannot be written."""
    lines = "".join(f"# {visible(line)}\n" for line in comment)
    return lines.encode() + edited(b"", [Replace((), dict(document))], path=path)
