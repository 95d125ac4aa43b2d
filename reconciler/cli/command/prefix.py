"""`reconciler prefix`."""

import click

from reconciler.cli.shared_options import Frame, pass_frame
from reconciler.cli.shared_options import command as declare


@declare("prefix", example="reconciler prefix lora-poses")
@click.argument("dataset", metavar="DATASET")
@pass_frame
def command(frame: Frame, dataset: str) -> int:
    """Let the API propose a caption_prefix for a dataset, from up to six of its images.

    The proposal is printed and nothing else happens: whether it goes into the manifest is yours to decide.
    """
    import asyncio

    from reconciler.app.prefix import propose_prefix, without_prefix
    from reconciler.app.session import clock_of, session
    from reconciler.cli.choice import read_ref
    from reconciler.cli.context import Context, begin
    from reconciler.cli.wait_notices import Waits
    from reconciler.core.kind import Kind
    from reconciler.core.ref import Ref
    from reconciler.render.view import Line, say, screen

    async def propose(context: Context, ref: Ref) -> str:
        desired = without_prefix(context.settings, ref)
        async with session(context.settings, clock_of(context.settings), [Waits(context.console)]) as opened:
            return await propose_prefix(opened, context.settings, desired, ref)

    context = begin(frame)
    text = asyncio.run(propose(context, read_ref(Kind.DATASET, dataset)))
    context.console.result(screen([Line(text=say(text))]))
    return 0
