"""`reconciler status`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.early import begin_reading
from reconciler.cli.options import archive_options, format_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.cli.context import CommandContext
    from reconciler.core.live import Observed


@declare("status", example="reconciler status\nreconciler status --strays")
@click.option("--strays", is_flag=True, help="List what is live and not in git, and how to delete what this tool left.")
@format_option("text", "json")
@archive_options
@pass_invocation
def command(invocation: Invocation, *, strays: bool, form: str) -> int:
    """Show what is live, object by object, beside what git declares; without manifests, what the account holds.

    Of a model also its aliases with the versions that answer to them, and the checkpoints of an expert training. With
    --strays also the archives in the store that --archive-store names; nothing there is ever deleted by this tool.
    """
    begin_reading(invocation)
    from dataclasses import replace

    from reconciler.app.archives import kept_archives
    from reconciler.app.validate import declares_nothing
    from reconciler.cli.context import open_context
    from reconciler.cli.plan_flow import plan_live
    from reconciler.cli.run_async import run_async
    from reconciler.core.look.surroundings import surroundings
    from reconciler.core.problem import ProblemsFound
    from reconciler.render.json import status_json
    from reconciler.render.status import status_view

    context = open_context(invocation)
    try:
        planned = run_async(plan_live(context, believes_cache=True))
    except ProblemsFound as found:
        if not declares_nothing(found.problems):
            raise
        return _show_account(context, strays=strays, form=form)
    around = surroundings(planned.desired, planned.observed, planned.project_ids)
    if strays:
        around = replace(around, archives=run_async(kept_archives(context.settings)))
    if form == "json":
        context.console.result_text(status_json(planned.plan, around))
    else:
        context.console.result(status_view(planned.plan, around=around, strays=strays))
    return 0


def _show_account(context: "CommandContext", *, strays: bool, form: str) -> int:
    """What the account holds, where no manifest declares anything."""
    from reconciler.cli.run_async import run_async
    from reconciler.core.diff.account_index import AccountIndex
    from reconciler.core.diff.leftover import leftovers
    from reconciler.core.look.overview import overview
    from reconciler.render.leftover import leftover_sections
    from reconciler.render.overview import overview_json, overview_view
    from reconciler.render.view import screen

    observed = run_async(_look(context))
    account = overview(observed)
    if form == "json":
        context.console.result_text(overview_json(account))
        return 0
    view = overview_view(account, endpoint=context.settings.endpoint.origin, root=str(context.settings.root))
    left = leftovers(account.live, AccountIndex(observed), {}) if strays else ()
    context.console.result(view + screen(*leftover_sections(left)))
    return 0


async def _look(context: "CommandContext") -> "Observed":
    """The three lists of the account."""
    from reconciler.app.account import require_account
    from reconciler.cli.plan_flow import connect
    from reconciler.observe import lists

    async with connect(context) as opened:
        observed = await lists(opened.client)
    require_account(context.settings, observed)
    return observed
