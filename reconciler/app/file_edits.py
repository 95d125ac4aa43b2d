"""Write the files of people that a command changes: all of them, or none."""

from collections.abc import Sequence

from reconciler.app.exceptions import refused
from reconciler.app.settings import Settings
from reconciler.files.file_edit import FileEdit, NotWritten, write_edits
from reconciler.files.tree import Tree


def write(settings: Settings, edits: Sequence[FileEdit]) -> None:
    """Write them. Refused where one cannot be written; the others are then as they were."""
    with Tree(settings.root) as tree:
        try:
            write_edits(tree, edits)
        except NotWritten as error:
            summary = f"{tree.shown(error.path)} {error.reason}"
            raise refused(
                "file-unwritten", summary, "Put the file itself there, and see that it can be written."
            ) from None
