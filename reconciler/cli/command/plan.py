"""`reconciler plan`."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import click

from reconciler.cli.early import begin_reading
from reconciler.cli.options import archive_options, format_option, hosts_option, length_option, plan_options
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.app.planning import Scope
    from reconciler.cli.context import CommandContext
    from reconciler.core.desired import Desired
    from reconciler.core.live import Observed
    from reconciler.core.plan import Plan

_EXAMPLE = """\
reconciler plan
reconciler plan --out plan.json --detailed-exitcode
reconciler plan --target dataset/lora-poses --allow trainings=2
reconciler plan --prune
reconciler plan --base origin/main --format markdown
"""


@declare("plan", example=_EXAMPLE)
@click.option("--out", metavar="FILE", type=click.Path(), help="Save the plan, for `apply FILE`.")
@format_option("text", "json", "markdown", "html", "report")
@length_option
@hosts_option("HTML: show what only the API still has, fetched from this host, without the token.")
@click.option("--base", metavar="REV", help="Take the tree at a git revision as live: no token, no network.")
@click.option("--live", is_flag=True, help="With --base: observe as well, and tell this change from drift.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where there are changes.")
@click.option("--refresh", type=click.Choice(("auto", "full")), default="auto", help="full: read every image. [auto]")
@plan_options
@archive_options
@pass_invocation
def command(
    invocation: Invocation,
    *,
    scope: "Scope",
    raised: dict[str, int],
    refresh: Literal["auto", "full"],
    base: str | None,
    live: bool,
    out: str | None,
    form: str,
    length: str,
    hosts: tuple[str, ...],
    detailed_exitcode: bool,
) -> int:
    """Show what apply would do and what it costs. Nothing is changed.

    Trainings, deletions, removals and rewritten captions come first and are never folded away. What is refused is shown with
    the ways on; the exit code is 0 all the same, or 2 with --detailed-exitcode.

    With --base REV only what this change touches is planned, against the tree of that revision: safe for a pull
    request from a fork. It also tells what merging does without a call, and counts it as a change: aliases that move,
    manifests that are gone, retrain and start, limits that are loosened. A version has no number there, for nobody
    asked which ones are live.
    """
    begin_reading(invocation, for_base=base is not None)
    from reconciler.app.settings import stage_of
    from reconciler.cli.context import announce_network, open_context
    from reconciler.cli.exit_codes import CHANGES, DONE
    from reconciler.cli.plan_output import PlanPrinting, next_step_live, next_step_offline, print_plan
    from reconciler.files.load import uncollected

    _require_pairs(base, hosts, form, live=live)
    scope = replace(scope, refresh=refresh)
    context = open_context(invocation, raised)
    with uncollected():  # until the report is printed, which asks for all that was planned
        plan, desired, observed = _plan(context, scope, base, live=live)
        if out is not None:
            from reconciler.app.saved import save

            save(out, plan)
        if hosts:
            announce_network(context, hosts)
        printing = PlanPrinting(
            form=form,
            next_step=next_step_offline(plan, out) if plan.subject.base else next_step_live(scope, raised, out, plan),
            root=context.settings.root,
            stage=stage_of(invocation.given, invocation.environ),
            today=context.today,
            base=base,
            observed=None if context.settings.endpoint.is_simulator and not hosts else observed,
            hosts=hosts,
            network=context.settings.network,
            length=length,
            desired=desired,
            environ=invocation.environ,
        )
        print_plan(context.console, plan, printing)
    return CHANGES if detailed_exitcode and plan.needs_review else DONE


def _require_pairs(base: str | None, hosts: tuple[str, ...], form: str, *, live: bool) -> None:
    """UsageError where an option stands without the one that it goes with."""
    if live and base is None:
        raise click.UsageError("--live goes with --base REV; without it a plan is always live.")
    if hosts and (form != "html" or (base is not None and not live)):
        raise click.UsageError("--pictures-from goes with --format html and a plan on what is live.")


def _plan(
    context: "CommandContext", scope: "Scope", base: str | None, *, live: bool
) -> "tuple[Plan, Desired, Observed | None]":
    """The plan, what it was made for, and what was observed; None if the live side was not asked."""
    if base is not None and not live:
        return *_plan_offline(context, scope, base), None
    from reconciler.cli.plan_flow import plan_live_since, plan_to_apply
    from reconciler.cli.run_async import run_async

    planned = run_async(plan_to_apply(context, scope) if base is None else plan_live_since(context, scope, base))
    return planned.plan, planned.desired, planned.observed


def _plan_offline(context: "CommandContext", scope: "Scope", rev: str) -> "tuple[Plan, Desired]":
    """A plan on the tree of a git revision, taken as live, and what the tree declares.

    No request is sent and no token is needed, so nothing is imported that speaks to the API.
    """
    from reconciler.app.touched_part import plan_since
    from reconciler.render.problem import warnings_view

    return plan_since(
        context.settings, scope, rev, context.today, tell=lambda warnings: context.console.say(warnings_view(warnings))
    )
