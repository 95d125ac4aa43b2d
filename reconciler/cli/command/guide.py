"""`reconciler guide`, and `prefix`, its other name."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import diff_option
from reconciler.cli.ref_type import DATASET
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.app.guide_proposal import GuideRequest, Proposal
    from reconciler.cli.context import CommandContext
    from reconciler.core.ref import Ref


@declare(
    "guide",
    example='reconciler guide lora-poses\nreconciler guide lora-poses --write\nreconciler guide lora-poses --refine "softer light" --diff',
)
@click.argument("ref", metavar="DATASET", type=DATASET)
@click.option("--refine", metavar="WORDS", help="Change the visual_schema as these words ask; needs a live draft.")
@click.option("--write", "writes", is_flag=True, help="Put the proposal into the manifest or the schema file.")
@diff_option("Show what --write would write instead of the proposal, and write nothing.")
@click.option("--overwrite", is_flag=True, help="With --write: also over a guide that is not committed.")
@click.option("--content-moderation", "is_moderated", is_flag=True, help="Let the API check the images it looks at.")
@pass_invocation
def command(
    invocation: Invocation,
    ref: "Ref",
    refine: str | None,
    *,
    writes: bool,
    shows_diff: bool,
    overwrite: bool,
    is_moderated: bool,
) -> int:
    """Let the API propose what guides the captions of a dataset.

    A caption_prefix from up to six of its images, or a visual_schema from five to ten, as its family is. The proposal is
    printed and nothing else happens, unless --write is said. The API stores nothing either way.
    """
    import asyncio

    from reconciler.app.exceptions import WrongUsage
    from reconciler.app.guide_proposal import read_request
    from reconciler.cli.context import open_context

    if refine is not None and not refine.strip():
        raise WrongUsage("--refine: say in words what is to change.")
    if overwrite and not writes:
        raise WrongUsage("--overwrite goes with --write.")
    context = open_context(invocation)
    request = read_request(context.settings, ref, refines=refine is not None)
    if refine is not None and request.family != "schema":
        raise WrongUsage(f"--refine is for a visual_schema; {ref} is of the prefix family.")
    proposal = asyncio.run(_proposal(context, request, refine, is_moderated=is_moderated))
    return _deliver(context, request, proposal, writes=writes, shows_diff=shows_diff, overwrite=overwrite)


async def _proposal(
    context: "CommandContext", request: "GuideRequest", words: str | None, *, is_moderated: bool
) -> "Proposal":
    """Ask the API, and say on stderr what it looked at."""
    from reconciler.app.guide_proposal import propose, refine, require_images, require_kind
    from reconciler.cli.plan_flow import connect
    from reconciler.core.live import called
    from reconciler.render.guide import looked_at
    from reconciler.render.words import capitalised

    if words is not None:
        async with connect(context) as opened:
            proposal = await refine(opened, context.settings, request, words)
        assert proposal.draft is not None, "a schema is refined beside a draft only"
        context.console.say_line(f"Refined beside the draft {called(proposal.draft)}; nothing was stored in it.")
        return proposal
    require_kind(request)
    images = require_images(context.settings, request)
    async with connect(context) as opened:
        proposal = await propose(opened, context.settings, request, images, is_moderated=is_moderated)
    context.console.say_line(f"{capitalised(looked_at(proposal.images, proposal.total))}.")
    return proposal


def _deliver(
    context: "CommandContext",
    request: "GuideRequest",
    proposal: "Proposal",
    *,
    writes: bool,
    shows_diff: bool,
    overwrite: bool,
) -> int:
    """Print the proposal or what it changes, and write it where that was asked for."""
    from reconciler.app.guide_writing import edit_of, require_committed
    from reconciler.cli.exit_codes import DONE
    from reconciler.cli.file_edits import deliver
    from reconciler.render.guide import guide_text

    console, settings = context.console, context.settings
    if not shows_diff:
        console.result_text(guide_text(proposal.guide))
    if not writes and not shows_diff:
        return DONE
    edit = edit_of(settings, request, proposal.guide)
    if edit.file.changes and not shows_diff and not overwrite:
        require_committed(settings, edit)
    deliver(context, [edit.file], shows_diff=shows_diff)
    return DONE
