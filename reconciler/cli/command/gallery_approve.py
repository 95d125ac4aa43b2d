"""`reconciler gallery approve`."""

import click

from reconciler.cli.options import diff_option
from reconciler.cli.ref_type import GALLERY
from reconciler.cli.shared_options import Invocation, declare, pass_invocation


@declare(
    "approve",
    example="reconciler gallery approve lora-looks a51be07aa9c13\nreconciler gallery approve lora-looks candidate --diff",
)
@click.argument("name", metavar="NAME", type=GALLERY)
@click.argument("version", metavar="FINGERPRINT")
@diff_option()
@pass_invocation
def command(invocation: Invocation, *, name: str, version: str, shows_diff: bool) -> int:
    """Record that somebody looked at what a version draws, so that guarded aliases may move to it.

    The file FOLDER/FINGERPRINT.approved.json holds the digests of each case's definition and picture. It counts while
    both are what they were; commit it with the pictures. FINGERPRINT may be its first digits, an alias or `current`. A
    gallery in which a case is missing, stale, unknown or damaged is refused. Nothing is sent, and no token is needed.
    """
    from reconciler.app.gallery_approval import make_approval
    from reconciler.app.validate import validate
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.file_edits import deliver
    from reconciler.render.gallery_approval import approval_lines
    from reconciler.render.problem import warnings_view

    context = open_context(invocation)
    desired = validate(context.settings, context.today)
    context.console.say(warnings_view(desired.warnings))
    made = make_approval(context.settings, desired, name, version)
    deliver(context, [made.edit], shows_diff=shows_diff)
    lines = approval_lines(
        made.gallery,
        made.before,
        root=str(context.settings.root),
        left_out=made.left_out,
        unseen=made.unseen,
        pointers=made.pointers,
        is_written=not shows_diff,
    )
    for line in lines:
        context.console.say_line(line)
    return DONE
