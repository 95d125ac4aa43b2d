"""`reconciler captions` and `reconciler captions pull`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.ref_type import DATASET
from reconciler.cli.shared_options import Group, Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.cli.context import CommandContext
    from reconciler.core.ref import Ref

TABLE = {"pull": ("reconciler.cli.command.captions:pull", "Write live captions into git's files.")}


@click.group("captions", cls=Group, table=TABLE, example="reconciler captions pull lora-poses")
def command() -> None:
    """Bring live captions into git, so that people can review them."""


@declare("pull", example="reconciler captions pull lora-poses\nreconciler captions pull lora-poses --overwrite")
@click.argument("ref", metavar="DATASET", type=DATASET)
@click.option("--overwrite", is_flag=True, help="Replace captions in git that differ from the live ones.")
@pass_invocation
def pull(invocation: Invocation, ref: "Ref", *, overwrite: bool) -> int:
    """Write the live captions of a dataset into the source that its manifest declares.

    A caption in git that differs is left alone unless --overwrite is said (exit code 4). Where captions are
    automatic, a file is written beside each image, and the one line of the manifest to change is printed.
    """
    import asyncio

    from reconciler.cli.context import open_context

    return asyncio.run(_pull(open_context(invocation), ref, overwrite=overwrite))


async def _pull(context: "CommandContext", ref: "Ref", *, overwrite: bool) -> int:
    """Read the tree, find the live dataset, write, print. The exit code."""
    from reconciler.app.planning import Scope, make_plan
    from reconciler.app.pull import live_dataset, read_target, write
    from reconciler.cli.exit_codes import DONE, REFUSED
    from reconciler.cli.plan_flow import connect
    from reconciler.render.pull import PullRow, pull_view

    settings = context.settings
    target = read_target(settings.root, ref)
    async with connect(context) as opened:
        planned = await make_plan(opened, settings, target.desired, Scope())
        live = await live_dataset(opened, planned, ref)
    pulled = write(settings.root, target, live, overwrite=overwrite)
    rows = [
        PullRow(name=one.name, outcome=one.outcome.value, before=one.before, after=one.after) for one in pulled.captions
    ]
    place = str(target.place) if target.source == "automatic" else None
    view = pull_view(rows, origin=pulled.name, missing=pulled.missing, unfit=pulled.unfit, place=place)
    context.console.result(view)
    return REFUSED if any(row.outcome == "conflict" for row in rows) else DONE
