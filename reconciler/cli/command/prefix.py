"""`reconciler prefix`."""

import click

from reconciler.cli.shared_options import Invocation, declare, pass_invocation


@declare("prefix", example="reconciler prefix lora-poses")
@click.argument("dataset", metavar="DATASET")
@pass_invocation
def command(invocation: Invocation, dataset: str) -> int:
    """Let the API propose a caption_prefix for a dataset, from up to six of its images.

    The proposal is printed and nothing else happens: whether it goes into the manifest is yours to decide.
    """
    import asyncio

    from reconciler.app.prefix_proposal import propose_prefix, without_prefix
    from reconciler.cli.context import CommandContext, open_context
    from reconciler.cli.options import read_ref
    from reconciler.cli.plan_flow import connect
    from reconciler.core.kind import Kind
    from reconciler.core.ref import Ref
    from reconciler.render.view import Line, say, screen

    async def propose(context: CommandContext, ref: Ref) -> str:
        desired = without_prefix(context.settings, ref)
        async with connect(context) as opened:
            return await propose_prefix(opened, context.settings, desired, ref)

    context = open_context(invocation)
    text = asyncio.run(propose(context, read_ref(Kind.DATASET, dataset)))
    context.console.result(screen([Line(text=say(text))]))
    return 0
