"""`reconciler captions pull`."""

import click

from reconciler.cli.shared_options import Frame, pass_frame
from reconciler.cli.shared_options import command as declare


@declare("pull", example="reconciler captions pull lora-poses\nreconciler captions pull lora-poses --overwrite")
@click.argument("dataset", metavar="DATASET")
@click.option("--overwrite", is_flag=True, help="Replace captions in git that differ from the live ones.")
@pass_frame
def command(frame: Frame, dataset: str, *, overwrite: bool) -> int:
    """Write the live captions of a dataset into the source that its manifest declares.

    A caption in git that differs is left alone unless --overwrite is said (exit code 4). Where captions are
    automatic, text files are written beside the images, and the one line of the manifest to change is printed.
    """
    import asyncio

    from reconciler.cli.choice import read_ref
    from reconciler.cli.context import begin
    from reconciler.cli.fetch import fetch
    from reconciler.core.kind import Kind

    ref = read_ref(Kind.DATASET, dataset)
    return asyncio.run(fetch(begin(frame), ref, overwrite=overwrite))
