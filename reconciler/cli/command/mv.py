"""`reconciler mv`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.ref_type import ANY
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler mv dataset/lora-poses dataset/lora-stances
reconciler mv model/lora-max lora-final --diff
"""


@declare("mv", example=_EXAMPLE)
@click.argument("old", metavar="REF", type=ANY)
@click.argument("name", metavar="NEW")
@click.option("--diff", "shows_diff", is_flag=True, help="Show what would be written, and write nothing.")
@pass_invocation
def command(invocation: Invocation, old: "Ref", name: str, *, shows_diff: bool) -> int:
    """Give an object another name in git: in its manifest, and wherever manifests and overlays name it.

    Its manifest gets `moved: {from: ...}`, so the next plan renames what is live: nothing is uploaded or trained. Entries of
    adopted.yaml and drift.ignore follow too. Files and folders keep their names. Nothing is sent.
    """
    from reconciler.app.move import move
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.file_edits import deliver
    from reconciler.core.ref import parse_ref
    from reconciler.render.mv import moved_view

    try:
        new = parse_ref(name, old.kind)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NEW") from None
    context = open_context(invocation)
    made = move(context.settings, old, new)
    deliver(context, made.edits, shows_diff=shows_diff)
    view = moved_view(
        old, new, made.plan, is_renamed=made.is_renamed, absent_in=made.absent_in, is_written=not shows_diff
    )
    context.console.say(view) if shows_diff else context.console.result(view)
    return DONE
