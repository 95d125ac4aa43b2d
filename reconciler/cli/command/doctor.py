"""`reconciler doctor`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import format_option, today_option
from reconciler.cli.ref_type import DATASET
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from datetime import date

    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler doctor
reconciler doctor lora-poses --contact-sheet lora-poses.html
reconciler doctor --strict --format json
"""


@declare("doctor", example=_EXAMPLE)
@click.argument("datasets", metavar="[DATASET]...", nargs=-1, type=DATASET)
@format_option("text", "json")
@click.option(
    "--contact-sheet",
    "sheet",
    metavar="FILE.html",
    type=click.Path(),
    help="Write a page that shows each image with its findings.",
)
@click.option("--strict", is_flag=True, help="Exit code 3 where there is a warning, too.")
@today_option("waivers")
@pass_invocation
def command(
    invocation: Invocation,
    *,
    datasets: "tuple[Ref, ...]",
    form: str,
    sheet: str | None,
    strict: bool,
    today: "date | None",
) -> int:
    """Look closely at the images and captions of datasets: all of them, or those named. Nothing is sent.

    More than `validate`: pixels are decoded, images compared with each other, captions with the guide. Findings are
    problems (exit code 3), warnings or advice; docs/doctor.md explains each by its id, and how to waive it.
    """
    from reconciler.app.doctor import examine
    from reconciler.cli.context import open_context
    from reconciler.cli.exit_codes import DONE, PROBLEMS
    from reconciler.render.doctor import doctor_json, doctor_view

    context = open_context(invocation)
    diagnosis = context.console.advice.diagnosis(examine(context.settings.root, datasets, today or context.today))
    if sheet is not None:
        from reconciler.app.html_file import write_page
        from reconciler.app.pictures import draw
        from reconciler.render.html.doctor_sheet import contact_sheet, pictured

        shown = draw(context.settings.root, pictured(diagnosis))
        write_page(sheet, contact_sheet(diagnosis, shown), title="Contact sheet:", noun="contact sheet")
    if form == "json":
        context.console.result_text(doctor_json(diagnosis))
    else:
        context.console.result(doctor_view(diagnosis))
    if sheet is not None:
        context.console.say_line(f"The contact sheet is {sheet}.")
    return PROBLEMS if diagnosis.errors or (strict and diagnosis.warnings) else DONE
