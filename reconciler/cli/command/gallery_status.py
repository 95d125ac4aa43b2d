"""`reconciler gallery status`."""

import click

from reconciler.cli.options import format_option
from reconciler.cli.ref_type import GALLERY
from reconciler.cli.shared_options import Invocation, declare, pass_invocation


@declare("status", example="reconciler gallery status\nreconciler gallery status lora-looks --format json")
@click.argument("name", default="", metavar="[NAME]", type=GALLERY)
@format_option("text", "json")
@pass_invocation
def command(invocation: Invocation, name: str, form: str) -> int:
    """Show what is there of the galleries that the manifests declare, or of one.

    A version of the model has a column for its active checkpoint, and one for each other that drew. A case is present, stale
    (it was defined differently when it was drawn), missing, unknown (it may have been paid for) or damaged. Nothing is
    sent, and no token is needed.
    """
    from reconciler.app.galleries import gallery_states
    from reconciler.app.validate import validate
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE
    from reconciler.render.gallery_status import gallery_json, gallery_view
    from reconciler.render.problem import warnings_view

    context = open_context(invocation)
    desired = validate(context.settings, context.today)
    states = gallery_states(context.settings.root, desired, name)
    if form == "json":
        context.console.result_text(gallery_json(states))
    else:
        context.console.say(warnings_view(desired.warnings))
        context.console.result(gallery_view(states, is_in_full=bool(name)))
    return DONE
