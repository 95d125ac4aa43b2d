"""`reconciler mv`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import diff_option
from reconciler.cli.ref_type import MOVABLE
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.cli.context import CommandContext
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler mv dataset/lora-poses dataset/lora-stances
reconciler mv model/lora-max lora-final --diff
reconciler mv gallery/lora-looks lora-pictures
"""


@declare("mv", example=_EXAMPLE)
@click.argument("old", metavar="REF", type=MOVABLE)
@click.argument("name", metavar="NEW")
@diff_option()
@pass_invocation
def command(invocation: Invocation, old: "Ref | str", name: str, *, shows_diff: bool) -> int:
    """Give an object or a gallery another name in git: in its manifest, and wherever manifests and overlays name it.

    The manifest of an object gets `moved: {from: ...}`, so the next plan renames what is live: nothing is uploaded or trained. Entries
    of adopted.yaml and drift.ignore follow too. Of a gallery the promotion of its model and its approvals follow, and its folder if that
    bears the name. Other files and folders keep their names. Nothing is sent.
    """
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE

    if isinstance(old, str):
        _move_gallery(
            open_context(invocation), old.removeprefix("gallery/"), _gallery_name(name), shows_diff=shows_diff
        )
    else:
        _move_object(open_context(invocation), old, name, shows_diff=shows_diff)
    return DONE


def _move_object(context: "CommandContext", old: "Ref", name: str, *, shows_diff: bool) -> None:
    from reconciler.app.move import move
    from reconciler.cli.file_edits import deliver
    from reconciler.core.ref import parse_ref
    from reconciler.render.mv import moved_view

    try:
        new = parse_ref(name, old.kind)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NEW") from None
    made = move(context.settings, old, new)
    deliver(context, made.edits, shows_diff=shows_diff)
    view = moved_view(
        old, new, made.plan, is_renamed=made.is_renamed, absent_in=made.absent_in, is_written=not shows_diff
    )
    context.console.say(view) if shows_diff else context.console.result(view)


def _move_gallery(context: "CommandContext", old: str, new: str, *, shows_diff: bool) -> None:
    from reconciler.app.move_gallery import move_gallery
    from reconciler.cli.file_edits import deliver
    from reconciler.render.mv import moved_gallery_view

    made = move_gallery(context.settings, old, new)
    deliver(context, (*made.manifests, *made.approvals), made.folder, shows_diff=shows_diff)
    view = moved_gallery_view(old, new, approvals=len(made.approvals), is_written=not shows_diff)
    context.console.say(view) if shows_diff else context.console.result(view)


def _gallery_name(text: str) -> str:
    """The new name. UsageError where it is none, or that of an object."""
    from reconciler.core.ref import NAME_LIMIT, is_name
    from reconciler.core.text import quoted

    kind, slash, name = text.rpartition("/")
    if slash and kind != "gallery":
        raise click.BadParameter(f"{quoted(text, 60)} is no gallery", param_hint="NEW")
    if not is_name(name):
        words = f"lower-case letters, digits and hyphens, at most {NAME_LIMIT}"
        raise click.BadParameter(f"{quoted(name, 60)} is no name: {words}", param_hint="NEW")
    return name
