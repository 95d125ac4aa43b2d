"""`reconciler show`."""

import click

from reconciler.cli.choice import form as form_option
from reconciler.cli.choice import length as length_option
from reconciler.cli.shared_options import Frame, pass_frame
from reconciler.cli.shared_options import command as declare


@declare("show", example="reconciler show plan.json")
@click.argument("planfile", metavar="PLANFILE", type=click.Path())
@form_option("text", "json", "markdown", "html")
@length_option
@pass_frame
def command(frame: Frame, planfile: str, form: str, length: str) -> int:
    """Show a plan that `plan --out` saved. Nothing is sent; Markdown and HTML also read the images it is about.

    Its digest shows damage, not who made it: what is applied is checked against the manifests and the account.
    """
    from reconciler.app.saved import read_saved
    from reconciler.app.settings import root_of
    from reconciler.cli.context import open_console
    from reconciler.cli.next_command import show_words
    from reconciler.cli.plan_output import Paper, put
    from reconciler.cli.today_option import this_day

    console = open_console(frame)
    plan = read_saved(planfile)
    paper = Paper(
        form=form,
        way=show_words(plan, planfile),
        root=root_of(frame.given, frame.environ),
        today=this_day(),
        base=plan.subject.base or None,
        length=length,
    )
    put(console, plan, paper)
    return 0
