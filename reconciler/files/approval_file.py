"""Approval files: which there are in the folder of a gallery, and what each says."""

from reconciler.core.problem import Problem
from reconciler.files.gallery_folder import MOST_FILES, column_of
from reconciler.files.text_file import read_text
from reconciler.files.tree import FileRefused, TreeReader
from reconciler.gallery.approval import MOST_BYTES, SUFFIX, Approval, BadApproval, approval_file, read_approval


def approval_in(tree: TreeReader, folder: str, fingerprint: str) -> Approval | BadApproval | None:
    """What the approval of a version says; None where there is none.

    A link is none: its target has another name, so that who may change it is not who may approve.
    """
    path = approval_file(folder, fingerprint)
    name = path.rpartition("/")[2]
    try:
        here = tree.entries(folder, MOST_FILES)
    except FileRefused as refused:
        return None if refused.is_missing else BadApproval(reason=f"cannot be read: its folder {refused.reason}")
    if here.is_cut:
        return BadApproval(reason=f"lies in a folder of more than {MOST_FILES:,} entries")
    if name in here.linked:
        return BadApproval(reason="is a link, and an approval is a file of its own")
    if name in (*here.folders, *here.special):
        return BadApproval(reason="is no regular file")
    if name not in here.files:
        return None
    text = read_text(tree, path, MOST_BYTES)
    if isinstance(text, Problem):
        return BadApproval(reason=f"cannot be used: {text.summary}")
    return read_approval(text)


def approved_in(tree: TreeReader, folder: str) -> tuple[str, ...]:
    """The fingerprints of which there is an approval file, sorted, whatever it says."""
    try:
        here = tree.entries(folder, MOST_FILES)
    except FileRefused:
        return ()
    names = (name.removesuffix(SUFFIX) for name in here.files if name.endswith(SUFFIX))
    columns = map(column_of, names)
    return tuple(sorted(one.fingerprint for one in columns if one is not None and one.checkpoint is None))
