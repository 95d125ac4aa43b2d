"""`reconciler gallery report`."""

import click

from reconciler.cli.ref_type import GALLERY
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

_EXAMPLE = """\
reconciler gallery report lora-looks
reconciler gallery report lora-looks --versions production,candidate --out looks.html
reconciler gallery report lora-looks --versions all --case waving
"""


@declare("report", example=_EXAMPLE)
@click.argument("name", metavar="NAME", type=GALLERY)
@click.option(
    "--versions",
    metavar="VERSION,...",
    help="Columns: aliases, `current`, fingerprints, `v2`, or `all`. [those that aliases name, and current]",
)
@click.option("--case", "cases", multiple=True, metavar="CASE", help="Only this row.")
@click.option("--out", metavar="FILE.html", type=click.Path(), help="The file. [NAME.html]")
@pass_invocation
def command(invocation: Invocation, *, name: str, versions: str | None, cases: tuple[str, ...], out: str | None) -> int:
    """Write one HTML file with the cases of a gallery as rows and versions of its model as columns.

    It shows the pictures that lie in the folder of the gallery, and names what each version was asked for differently. Nothing is
    asked and nothing is sent: files are the whole state of a gallery. What is missing or stale is said in words.
    """
    from reconciler import __version__
    from reconciler.app.gallery_report import report_on
    from reconciler.app.html_file import write_page
    from reconciler.app.validate import validate
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE
    from reconciler.render.gallery_text import report_view
    from reconciler.render.html.gallery_page import TITLE, render_gallery
    from reconciler.render.problem import warnings_view
    from reconciler.render.words import megabytes

    context = open_context(invocation)
    desired = validate(context.settings, context.today)
    context.console.say(warnings_view(desired.warnings))
    wanted = [one.strip() for one in (versions or "").split(",") if one.strip()]
    report = context.console.advice.gallery(report_on(context.settings.root, desired, name, wanted, cases))
    page, place = render_gallery(report, __version__), out or f"{report.name}.html"
    write_page(place, page, title=f"{TITLE} ", noun="report on a gallery")
    context.console.result(report_view(report))
    context.console.say_line(f"The report is {place} ({megabytes(len(page.encode()))}).")
    return DONE
