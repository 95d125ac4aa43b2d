"""`reconciler captions` and `reconciler captions pull`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import diff_option
from reconciler.cli.ref_type import DATASET
from reconciler.cli.shared_options import Group, Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.app.caption_merge import Pulled
    from reconciler.app.pull import Target
    from reconciler.cli.context import CommandContext
    from reconciler.core.look.caption_merge import Side
    from reconciler.core.ref import Ref
    from reconciler.render.pull import PullReport

TABLE = {"pull": ("reconciler.cli.command.captions:pull", "Write live captions into git's files.")}


@click.group("captions", cls=Group, table=TABLE, example="reconciler captions pull lora-poses")
def command() -> None:
    """Bring live captions into git, so that people can review them."""


@declare(
    "pull",
    example="reconciler captions pull lora-poses\n"
    "reconciler captions pull lora-poses --theirs --only wave.png\n"
    "reconciler captions pull lora-poses --write",
)
@click.argument("ref", metavar="DATASET", type=DATASET)
@click.option("--ours", is_flag=True, help="Where both sides changed a caption, keep git's.")
@click.option("--theirs", is_flag=True, help="Where both sides changed a caption, take the live one.")
@click.option("--only", "images", metavar="IMAGE", multiple=True, help="Only this image, as wave.png.")
@click.option(
    "--write", "declares", is_flag=True, help="Change the manifest too, if it says that captions are automatic."
)
@diff_option()
@pass_invocation
def pull(
    invocation: Invocation,
    ref: "Ref",
    images: tuple[str, ...],
    *,
    ours: bool,
    theirs: bool,
    declares: bool,
    shows_diff: bool,
) -> int:
    """Write the live captions of a dataset into the source that its manifest declares.

    What only the live side changed since git was applied is taken, and what only git changed stays. Where both
    changed a caption it is left alone, unless --ours or --theirs chooses (exit code 4). No text that is not committed
    is ever written over. Where captions are automatic, a file is written beside each image, and the one line of the
    manifest to change is named.
    """
    import asyncio

    from reconciler.app.exceptions import WrongUsage
    from reconciler.cli.context import open_context
    from reconciler.core.look.caption_merge import Side

    if ours and theirs:
        raise WrongUsage("--ours and --theirs exclude each other. Choose for some images at a time with --only.")
    side = Side.OURS if ours else Side.THEIRS if theirs else None
    return asyncio.run(_pull(open_context(invocation), ref, side, images, declares=declares, shows_diff=shows_diff))


async def _pull(
    context: "CommandContext",
    ref: "Ref",
    side: "Side | None",
    only: tuple[str, ...],
    *,
    declares: bool,
    shows_diff: bool,
) -> int:
    """Read the tree, find the live dataset, merge, print. The exit code."""
    from reconciler.app.caption_merge import PullRequest, images_of
    from reconciler.app.caption_merge import pull as merge
    from reconciler.app.planning import Scope, make_plan
    from reconciler.app.pull import live_dataset, read_target
    from reconciler.cli.exit_codes import DONE, REFUSED
    from reconciler.cli.file_edits import show_diff
    from reconciler.cli.plan_flow import connect
    from reconciler.render.pull import pull_view

    settings = context.settings
    target = read_target(settings.root, ref, settings.overlay_name)
    images = images_of(target.dataset, only)
    request = PullRequest(images=images, side=side, declares=declares, writes=not shows_diff)
    async with connect(context) as opened:
        planned = await make_plan(opened, settings, target.desired, Scope())
        live = await live_dataset(opened, planned, ref)
    pulled = merge(settings.root, target, live, request)
    view = pull_view(_report(pulled, target, live.name, is_written=not shows_diff))
    if shows_diff:
        show_diff(context, pulled.edits)
        context.console.say(view)
    else:
        context.console.result(view)
    return DONE if pulled.is_settled else REFUSED


def _report(pulled: "Pulled", target: "Target", origin: str, *, is_written: bool) -> "PullReport":
    from reconciler.render.pull import PullReport, PullRow

    return PullReport(
        rows=[PullRow(name=one.name, outcome=one.outcome, ours=one.ours, theirs=one.theirs) for one in pulled.captions],
        origin=origin,
        is_written=is_written,
        unfit=pulled.unfit,
        since=pulled.since,
        doubt=pulled.doubt,
        declaration=_declaration_words(pulled, target, is_written=is_written),
    )


def _declaration_words(pulled: "Pulled", target: "Target", *, is_written: bool) -> str:
    from reconciler.render.pull import by_hand_words, declaration_words

    change = pulled.declaration
    if change is not None:
        return declaration_words(
            change.place,
            change.text,
            is_new=change.is_new,
            is_made=pulled.is_declared,
            is_written=is_written,
            is_settled=pulled.is_settled,
        )
    is_needed = target.source == "automatic" and pulled.has_captions
    return by_hand_words(str(target.place)) if is_needed else ""
