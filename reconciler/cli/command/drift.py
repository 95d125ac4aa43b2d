"""`reconciler drift`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.early import begin_reading
from reconciler.cli.options import format_option, today_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from datetime import date


@declare("drift", example="reconciler drift\nreconciler drift --base deployed --format json")
@click.option("--base", metavar="REV", help="The git revision that was applied last: what it said, git did not change.")
@format_option("text", "json")
@today_option("the last days of rules")
@pass_invocation
def command(invocation: Invocation, *, base: str | None, form: str, today: "date | None") -> int:
    """Show what differs from git, and whether the console or git changed it. Every image is read, nothing is changed.

    Exit code 2 where something differs. What is only under way, and what failed or was stopped, is shown apart and
    does not count as a difference, nor does what `drift.ignore` in reconciler.yaml names: it is listed with its reason.
    """
    begin_reading(invocation)
    from reconciler.app.planning import Scope
    from reconciler.app.revision import tree_at
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import CHANGES, DONE
    from reconciler.cli.plan_flow import plan_live
    from reconciler.cli.run_async import run_async
    from reconciler.core.look.drift import Looked, find_drift
    from reconciler.core.look.drift_report import leave_out
    from reconciler.render.drift import drift_json, drift_view

    context = open_context(invocation)
    declared = None if base is None else tree_at(context.settings, base).desired
    planned = run_async(plan_live(context, Scope(refresh="full"), believes_cache=True))
    found = find_drift(
        Looked(
            plan=planned.plan,
            desired=planned.desired,
            observed=planned.observed,
            project_ids=planned.project_ids,
            base=declared,
        )
    )
    found = leave_out(found, context.settings.ignores, today or context.today)
    if form == "json":
        context.console.result_text(drift_json(found))
    else:
        context.console.result(drift_view(found))
    return CHANGES if found.differs else DONE
