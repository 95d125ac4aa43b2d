"""`reconciler adopt`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import diff_option, hosts_option
from reconciler.cli.ref_type import ANY
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.app.adopt import AdoptRequest, AdoptTree
    from reconciler.app.session import Session
    from reconciler.cli.context import CommandContext
    from reconciler.core.live import Observed
    from reconciler.core.look.adopting import Finding
    from reconciler.core.ref import Ref
    from reconciler.core.refusal import Refusal

_EXAMPLE = """\
reconciler adopt dataset/lora-poses 2002 --pictures-from images.example.com
reconciler adopt model/lora-expert 3003 model/lora-max 3004
reconciler adopt project/lora 1001 --diff
"""


@declare("adopt", example=_EXAMPLE)
@click.argument("pairs", metavar="REF ID [REF ID]...", nargs=-1, required=True, shell_complete=ANY.shell_complete)
@hosts_option("Fetch the pictures of live images from this host, and compare their pixels with the files.")
@click.option("--accept-unknown", is_flag=True, help="Adopt a dataset although git has no file for some of its images.")
@click.option("--keep-name", is_flag=True, help="Never rename it on the live side.")
@diff_option()
@pass_invocation
def command(
    invocation: Invocation,
    pairs: tuple[str, ...],
    *,
    hosts: tuple[str, ...],
    accept_unknown: bool,
    keep_name: bool,
    shows_diff: bool,
) -> int:
    """Take live objects that people made for the first versions of manifests.

    A dataset is compared image by image: names, captions, and the pixels of its pictures where a host is named. A model is
    compared by its definition. What it was taken for is written into adopted.yaml beside the manifest, to be reviewed like
    any change. Nothing live changes; the next plan lists the new names. A project is taken over by its id in the manifest.

    Several are adopted with fewer calls at once than one by one: projects first, then datasets, then models. What is refused
    does not keep the others from being written.
    """
    import asyncio

    from reconciler.app.adopt import AdoptRequest
    from reconciler.cli.context import open_context

    requests = [
        AdoptRequest(ref=ref, id=live_id, hosts=hosts, keeps_name=keep_name, accepts_unknown=accept_unknown)
        for ref, live_id in sorted(_read_pairs(pairs).items())
    ]
    return asyncio.run(_adopt(open_context(invocation), requests, shows_diff=shows_diff))


def _read_pairs(words: tuple[str, ...]) -> "dict[Ref, int]":
    """Refs and live ids, in turn."""
    context = click.get_current_context()
    if len(words) % 2:
        raise click.UsageError(f"A ref and an id go together, as dataset/lora-poses 2002; {words[-1]!r} stands alone.")
    found: dict[Ref, int] = {}
    for text, number in zip(words[::2], words[1::2], strict=True):
        ref = ANY.convert(text, None, context)
        if ref in found:
            raise click.UsageError(f"{ref} is named twice.")
        if not number.isdecimal() or not 0 < int(number) < 2**63:
            raise click.UsageError(f"{number!r} is no id: write the number that the API gives, as {text} 2002.")
        found[ref] = int(number)
    return found


async def _adopt(context: "CommandContext", requests: "list[AdoptRequest]", *, shows_diff: bool) -> int:
    """Compare and print one after another, then write. The exit code; Refused carries all that was refused."""
    from reconciler.app.adopt import read_account, read_tree
    from reconciler.app.exceptions import Refused
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.plan_flow import connect

    tree = read_tree(context.settings, [request.ref for request in requests])
    refusals: list[Refusal] = []
    adopted: list[Finding] = []
    try:
        async with connect(context, requests[0].hosts) as opened:
            account = await read_account(opened, context.settings)
            for request in requests:
                try:
                    tree, found = await _one(context, opened, tree, account, request, shows_diff=shows_diff)
                except Refused as refused:
                    refusals += refused.refusals
                else:
                    adopted += found
    finally:  # what was compared before a call failed, or somebody stopped it, need not be compared again
        _write(context, tree, adopted, shows_diff=shows_diff)
    if refusals:
        raise Refused(refusals)
    return DONE


async def _one(
    context: "CommandContext",
    opened: "Session",
    tree: "AdoptTree",
    account: "Observed",
    request: "AdoptRequest",
    *,
    shows_diff: bool,
) -> "tuple[AdoptTree, list[Finding]]":
    """Look at one object: the tree with it, and what is to be written of it. A project is written at once."""
    from reconciler.app.adopt import look, pin_edit, require_known, require_writable, take_project
    from reconciler.cli.file_edits import deliver
    from reconciler.core.kind import Kind
    from reconciler.render.adopt import adopt_view, project_view

    if request.ref.kind is Kind.PROJECT:
        taken = take_project(tree, account, request)
        context.console.result(project_view(taken.remote, taken.differences))
        deliver(context, [pin_edit(context.settings, tree, request)], shows_diff=shows_diff)
        return tree.taken_over(request.ref, request.id), []
    found, pictures = await look(opened, context.settings, tree, account, request)
    context.console.result(adopt_view(found, pictures))
    require_known(found, request)
    require_writable(found)
    return tree.adopted(found), [found]


def _write(context: "CommandContext", tree: "AdoptTree", adopted: "list[Finding]", *, shows_diff: bool) -> None:
    """The entries of all that was adopted, each file once."""
    from reconciler.app.adopt import entry_edits
    from reconciler.cli.file_edits import deliver
    from reconciler.render.adopt import outcome_view

    if not adopted:
        return
    deliver(context, entry_edits(context.settings, tree, adopted), shows_diff=shows_diff)
    if not shows_diff:
        context.console.result(outcome_view(adopted))
