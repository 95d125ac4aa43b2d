"""Write what a command changes in the files of people, or show with `--diff` what would be written."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.cli.context import CommandContext
    from reconciler.files.file_edit import FileEdit, FolderMove


def deliver(
    context: "CommandContext", edits: "Sequence[FileEdit]", move: "FolderMove | None" = None, *, shows_diff: bool
) -> None:
    """Write the files and move the folder, or print the lines that would differ."""
    root = context.settings.root
    if shows_diff:
        show_diff(context, edits)
    else:
        _write(context, edits, move)
    for edit in edits:
        if not edit.changes:
            context.console.say_line(f"{root / edit.path} says this already: nothing to change.")
        elif not shows_diff:
            context.console.say_line(f"Wrote {root / (edit.path if move is None else move.now(edit.path))}.")
    if move is not None:
        verb = "Would move" if shows_diff else "Moved"
        context.console.say_line(f"{verb} {root / move.before} to {root / move.after}.")


def show_diff(context: "CommandContext", edits: "Sequence[FileEdit]") -> None:
    """Print the lines that would differ, on stdout and nothing else there."""
    from reconciler.render.file_diff import diff_text

    root = context.settings.root
    texts = (diff_text(str(root / edit.path), edit.before, edit.after) for edit in edits)
    context.console.result_text("".join(texts))


def _write(context: "CommandContext", edits: "Sequence[FileEdit]", move: "FolderMove | None") -> None:
    """Write all of them, or none. Refused where one cannot be written; the others are then as they were."""
    from reconciler.app.exceptions import refused
    from reconciler.files.file_edit import NotWritten, write_edits
    from reconciler.files.tree import Tree

    with Tree(context.settings.root) as tree:
        try:
            write_edits(tree, edits, move)
        except NotWritten as error:
            summary = f"{tree.shown(error.path)} {error.reason}"
            way = "Put the file itself there, and see that it can be written."
            raise refused("file-unwritten", summary, way) from None
