"""`reconciler history`."""

import click

from reconciler.cli.choice import form as form_option
from reconciler.cli.shared_options import Frame, pass_frame
from reconciler.cli.shared_options import command as declare


@declare("history", example="reconciler history model/lora-expert\nreconciler history dataset/lora-poses --format json")
@click.argument("ref", metavar="REF")
@form_option("text", "json")
@pass_frame
def command(frame: Frame, ref: str, form: str) -> int:
    """Show all live versions of a dataset or a model, the newest first.

    Each with its status, what it holds or was trained on, the aliases that point at it, and which one is in force.
    """
    import asyncio

    from reconciler.app.history import history_of
    from reconciler.cli.context import begin
    from reconciler.cli.plan_flow import look
    from reconciler.cli.versions import read_versioned
    from reconciler.render.history import history_json, history_view

    wanted = read_versioned(ref)
    context = begin(frame)
    history = history_of(asyncio.run(look(context)), wanted)
    if form == "json":
        context.console.result_text(history_json(history))
    else:
        context.console.result(history_view(history))
    return 0
