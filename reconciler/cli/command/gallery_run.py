"""`reconciler gallery run`."""

import click

from reconciler.cli.options import limits_option, results_options
from reconciler.cli.ref_type import GALLERY
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

_EXAMPLE = """\
reconciler gallery run lora-looks --pictures-from images.example.com
reconciler gallery run lora-looks --version production --version current --allow generations=40
reconciler gallery run lora-looks --case waving --again waving
"""


@declare("run", example=_EXAMPLE)
@click.argument("name", metavar="NAME", type=GALLERY)
@click.option(
    "--version",
    "versions",
    multiple=True,
    metavar="WHICH",
    help="An alias, a number as v2, a fingerprint, or `current`. [the one that programs use]",
)
@click.option("--case", "cases", multiple=True, metavar="CASE", help="Only this case.")
@click.option(
    "--checkpoint", "checkpoints", multiple=True, type=click.IntRange(1), metavar="STEP", help="Only this checkpoint."
)
@click.option("--refresh", "refreshes", is_flag=True, help="Draw again what was defined differently when it was drawn.")
@click.option("--again", multiple=True, metavar="CASE", help="Pay once more for a case that is unknown or damaged.")
@results_options
@limits_option("generations")
@pass_invocation
def command(
    invocation: Invocation,
    /,
    name: str,
    versions: tuple[str, ...],
    cases: tuple[str, ...],
    checkpoints: tuple[int, ...],
    again: tuple[str, ...],
    hosts: tuple[str, ...],
    patience: float,
    raised: dict[str, int],
    *,
    refreshes: bool,
) -> int:
    """Let versions of a model draw the cases of a gallery that are not there yet, each once.

    Each costs, and `limits.generations` says how many one run may draw (20). Without --version the version draws that programs
    use. What is there is never drawn again; a case whose answer was lost is unknown, and is not repeated unless --again names
    it. A run that was cut off goes on where it was. Results are fetched at once, without the token, from a host that you
    name, and kept as they came with a JSON file beside them. Exit code 1 where a case is not there in the end.
    """
    import asyncio

    from reconciler.app.gallery_run import GalleryRunRequest
    from reconciler.cli.context import open_context
    from reconciler.cli.gallery_flow import run_gallery

    request = GalleryRunRequest(
        versions=versions,
        cases=cases,
        checkpoints=checkpoints,
        again=again,
        refreshes=refreshes,
        hosts=hosts,
        patience=patience,
    )
    return asyncio.run(run_gallery(open_context(invocation, raised), name, request))
