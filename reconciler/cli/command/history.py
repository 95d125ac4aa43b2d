"""`reconciler history`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import format_option
from reconciler.cli.ref_type import VERSIONED
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.core.ref import Ref


@declare("history", example="reconciler history lora-expert\nreconciler history dataset/lora-poses --format json")
@click.argument("ref", metavar="REF", type=VERSIONED)
@format_option("text", "json")
@pass_invocation
def command(invocation: Invocation, ref: "Ref", form: str) -> int:
    """Show all live versions of a dataset or a model, the newest first.

    Each with its status, what it holds or was trained on, the aliases that point at it, and which one is in force.
    """
    from reconciler.app.history import history_of
    from reconciler.cli.context import open_context
    from reconciler.cli.plan_flow import plan_live
    from reconciler.cli.run_async import run_async
    from reconciler.render.history import history_json, history_view

    context = open_context(invocation)
    history = history_of(run_async(plan_live(context, believes_cache=True)), ref)
    if form == "json":
        context.console.result_text(history_json(history))
    else:
        context.console.result(history_view(history))
    return 0
