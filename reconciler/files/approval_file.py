"""Approval files: which there are in the folder of a gallery, and what each says."""

import os

from reconciler.core.problem import Problem
from reconciler.files.gallery_folder import column_of
from reconciler.files.text_file import read_text
from reconciler.files.tree import FileRefused, Tree, TreeReader
from reconciler.gallery.approval import MOST_BYTES, SUFFIX, Approval, BadApproval, approval_file, read_approval


def approval_in(tree: TreeReader, folder: str, fingerprint: str) -> Approval | BadApproval | None:
    """What the approval of a version says; None where there is none."""
    path = approval_file(folder, fingerprint)
    try:
        tree.look_at(path)
    except FileRefused as refused:
        return None if refused.is_missing else BadApproval(reason=refused.reason)
    text = read_text(tree, path, MOST_BYTES)
    if isinstance(text, Problem):
        return BadApproval(reason=f"cannot be used: {text.summary}")
    return read_approval(text)


def approved_in(tree: Tree, folder: str) -> tuple[str, ...]:
    """The fingerprints of which there is an approval file, sorted, whatever it says."""
    try:
        with tree.folder(folder) as handle, os.scandir(handle) as entries:
            names = [entry.name.removesuffix(SUFFIX) for entry in entries if entry.name.endswith(SUFFIX)]
    except FileRefused:
        return ()
    columns = (column_of(name) for name in names)
    return tuple(sorted(one.fingerprint for one in columns if one is not None and one.checkpoint is None))
