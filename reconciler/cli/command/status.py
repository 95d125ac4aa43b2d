"""`reconciler status`."""

import click

from reconciler.cli.options import archive_options, format_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation


@declare("status", example="reconciler status\nreconciler status --strays")
@click.option("--strays", is_flag=True, help="List what is live and not in git.")
@format_option("text", "json")
@archive_options
@pass_invocation
def command(invocation: Invocation, *, strays: bool, form: str) -> int:
    """Show what is live, object by object, beside what git declares.

    Of a model also its aliases with the versions that answer to them, and the checkpoints of an expert training. With
    --strays also the archives in the store that --archive-store names; nothing there is ever deleted by this tool.
    """
    import asyncio
    from dataclasses import replace

    from reconciler.app.archives import kept_archives
    from reconciler.cli.context import open_context
    from reconciler.cli.plan_flow import plan_live
    from reconciler.core.look.surroundings import surroundings
    from reconciler.render.json import status_json
    from reconciler.render.status import status_view

    context = open_context(invocation)
    planned = asyncio.run(plan_live(context))
    around = surroundings(planned.plan, planned.desired, planned.observed, planned.project_ids.values())
    if strays:
        around = replace(around, archives=asyncio.run(kept_archives(context.settings)))
    if form == "json":
        context.console.result_text(status_json(planned.plan, around))
    else:
        context.console.result(status_view(planned.plan, around=around, strays=strays))
    return 0
