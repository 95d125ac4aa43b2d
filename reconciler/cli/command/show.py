"""`reconciler show`."""

import click

from reconciler.cli.choice import form as form_option
from reconciler.cli.frame import Frame, pass_frame
from reconciler.cli.frame import command as declare


@declare("show", example="reconciler show plan.json")
@click.argument("planfile", metavar="PLANFILE")
@form_option("text", "json", "markdown", "html")
@pass_frame
def command(frame: Frame, planfile: str, form: str) -> int:
    """Show a plan that `plan --out` saved. Nothing is sent; only --format html also reads the images it shows.

    Its digest shows damage, not who made it: what is applied is checked against the manifests and the account.
    """
    from reconciler.app.saved import read_saved
    from reconciler.app.settings import root_of
    from reconciler.cli.context import open_console
    from reconciler.cli.paper import Paper, put
    from reconciler.cli.way import show_words

    console = open_console(frame)
    plan = read_saved(planfile)
    root, base = root_of(frame.given, frame.environ), plan.subject.base or None
    put(console, plan, Paper(form=form, way=show_words(plan, planfile), root=root, base=base))
    return 0
