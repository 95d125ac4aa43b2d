"""`reconciler adopt`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import read_hosts
from reconciler.cli.ref_type import ANY
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.app.adopt import AdoptRequest, AdoptTree
    from reconciler.cli.context import CommandContext
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler adopt dataset/lora-poses 2002 --pictures-from images.example.com
reconciler adopt model/lora-expert 3003
reconciler adopt project/lora 1001 --diff
"""


@declare("adopt", example=_EXAMPLE)
@click.argument("ref", metavar="REF", type=ANY)
@click.argument("live_id", metavar="ID", type=click.IntRange(min=1))
@click.option(
    "--pictures-from",
    "hosts",
    multiple=True,
    metavar="HOST",
    callback=read_hosts,
    help="Fetch the pictures of live images from this host, and compare their pixels with the files.",
)
@click.option("--accept-unknown", is_flag=True, help="Adopt a dataset although git has no file for some of its images.")
@click.option("--keep-name", is_flag=True, help="Never rename it on the live side.")
@click.option("--diff", "shows_diff", is_flag=True, help="Show what would be written, and write nothing.")
@pass_invocation
def command(
    invocation: Invocation,
    ref: "Ref",
    live_id: int,
    *,
    hosts: tuple[str, ...],
    accept_unknown: bool,
    keep_name: bool,
    shows_diff: bool,
) -> int:
    """Take a live object that people made for the first version of a manifest.

    A dataset is compared image by image: names, captions, and the pixels of its pictures where a host is named. A model is
    compared by its definition. What it was taken for is written into adopted.yaml beside the manifest, to be reviewed like
    any change. Nothing live changes; the next plan lists the new names. A project is taken over by its id in the manifest.
    """
    import asyncio

    from reconciler.app.adopt import AdoptRequest
    from reconciler.cli.context import open_context

    request = AdoptRequest(ref=ref, id=live_id, hosts=hosts, keeps_name=keep_name, accepts_unknown=accept_unknown)
    return asyncio.run(_adopt(open_context(invocation), request, shows_diff=shows_diff))


async def _adopt(context: "CommandContext", request: "AdoptRequest", *, shows_diff: bool) -> int:
    """Compare, print, write. The exit code."""
    from reconciler.app.adopt import entry_edit, look, read_tree, require_known
    from reconciler.cli.context import announce_network
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.file_edits import deliver
    from reconciler.cli.plan_flow import connect
    from reconciler.core.kind import Kind
    from reconciler.render.adopt import adopt_view, outcome_view

    announce_network(context, request.hosts)
    tree = read_tree(context.settings, request.ref)
    if request.ref.kind is Kind.PROJECT:
        return await _take_over(context, tree, request, shows_diff=shows_diff)
    async with connect(context) as opened:
        found, pictures = await look(opened, context.settings, tree, request)
    context.console.result(adopt_view(found, pictures))
    require_known(found, request)
    deliver(context, [entry_edit(context.settings, tree, found)], shows_diff=shows_diff)
    if not shows_diff:
        context.console.result(outcome_view(found))
    return DONE


async def _take_over(context: "CommandContext", tree: "AdoptTree", request: "AdoptRequest", *, shows_diff: bool) -> int:
    """A project: its manifest gets the live id."""
    from reconciler.app.adopt import pin_edit, take_project
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.file_edits import deliver
    from reconciler.cli.plan_flow import connect
    from reconciler.render.adopt import project_view

    async with connect(context) as opened:
        taken = await take_project(opened, context.settings, tree, request)
    context.console.result(project_view(taken.remote, taken.differences))
    deliver(context, [pin_edit(context.settings, tree, request.id)], shows_diff=shows_diff)
    return DONE
