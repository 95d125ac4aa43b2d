"""`reconciler destroy`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import limits_option, target_option, yes_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler destroy --endpoint simulator:world.db
reconciler destroy --target model/lora-max --yes
reconciler destroy --out plan.json && reconciler show plan.json
"""


@declare("destroy", example=_EXAMPLE)
@yes_option
@click.option(
    "--out", metavar="FILE", type=click.Path(), help="Save what would be deleted, for `show FILE`, and delete nothing."
)
@target_option("Only this: a model, a dataset with the models on it, or a project with all in it.")
@limits_option("deletions", "deletions_percent")
@pass_invocation
def command(
    invocation: Invocation, *, yes: bool, out: str | None, targets: "tuple[Ref, ...]", raised: dict[str, int]
) -> int:
    """Delete all that the manifests declare, with every version of it: what undoing a trial needs.

    Everything that would go is shown, then you are asked for the word `destroy`; where nobody can be asked, --yes is
    needed. What git does not know is never touched, and a project that holds such things is refused.
    """
    import asyncio

    from reconciler.app.planning import Scope
    from reconciler.app.saved import save
    from reconciler.cli.apply_flow import ApplyRequest, run_apply
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.plan_flow import plan_live
    from reconciler.cli.run_async import run_async
    from reconciler.core.planning.plan_file import digest
    from reconciler.render.plan_report.report import plan_report
    from reconciler.render.plan_text import plan_view

    scope = Scope(targets=targets, destroys=True)
    context = open_context(invocation, raised)
    if out is None:
        return asyncio.run(run_apply(context, ApplyRequest(yes=yes, wait="none", scope=scope)))
    plan = run_async(plan_live(context, scope)).plan
    save(out, plan)
    way = "Saved, and nothing was deleted. `reconciler destroy` deletes it."
    report = plan_report(plan, digest=digest(plan), way=way)
    context.console.result(plan_view(report, command="reconciler destroy"))
    return DONE
