"""`reconciler status`."""

import click

from reconciler.cli.choice import form as form_option
from reconciler.cli.shared_options import Frame, pass_frame
from reconciler.cli.shared_options import command as declare


@declare("status", example="reconciler status\nreconciler status --strays")
@click.option("--strays", is_flag=True, help="List what is live and not in git.")
@form_option("text", "json")
@pass_frame
def command(frame: Frame, *, strays: bool, form: str) -> int:
    """Show what is live, object by object, beside what git declares.

    Of a model also its aliases with the versions that answer to them, and the checkpoints of an expert training.
    """
    import asyncio

    from reconciler.app.status import surroundings
    from reconciler.cli.context import begin
    from reconciler.cli.plan_flow import look
    from reconciler.render.json import status_json
    from reconciler.render.status import status_view

    context = begin(frame)
    planned = asyncio.run(look(context))
    around = surroundings(planned)
    if form == "json":
        context.console.result_text(status_json(planned.plan, around))
    else:
        context.console.result(status_view(planned.plan, around=around, strays=strays))
    return 0
