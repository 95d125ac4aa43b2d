"""`reconciler show`."""

import click

from reconciler.cli.options import format_option, length_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation


@declare("show", example="reconciler show plan.json")
@click.argument("planfile", metavar="PLANFILE", type=click.Path())
@format_option("text", "json", "markdown", "html", "report")
@length_option
@pass_invocation
def command(invocation: Invocation, planfile: str, form: str, length: str) -> int:
    """Show a plan that `plan --out` saved. Nothing is sent; Markdown and HTML also read the images it is about.

    Its digest shows damage, not who made it: what is applied is checked against the manifests and the account.
    """
    from reconciler.app.saved import read_saved
    from reconciler.app.settings import root_of, stage_of
    from reconciler.cli.context import open_console
    from reconciler.cli.options import current_day
    from reconciler.cli.plan_output import PlanPrinting, next_step_of_file, print_plan

    console = open_console(invocation)
    plan = read_saved(planfile)
    printing = PlanPrinting(
        form=form,
        next_step=next_step_of_file(plan, planfile),
        root=root_of(invocation.given, invocation.environ),
        stage=stage_of(invocation.given, invocation.environ),
        today=current_day(),
        base=plan.subject.base or None,
        length=length,
        environ=invocation.environ,
    )
    print_plan(console, plan, printing)
    return 0
