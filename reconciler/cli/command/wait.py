"""`reconciler wait`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.ref_type import MODEL
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.app.waiting import Wanted

_EXAMPLE = """\
reconciler wait
reconciler wait lora-max --timeout 14400 && reconciler output --format env
reconciler wait lora-max@candidate
"""


class _WaitedFor(click.ParamType["Wanted"]):
    """`lora-max`, `model/lora-max` or `lora-max@candidate`."""

    name = "ref"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> "Wanted":
        """The model and the alias."""
        from reconciler.app.waiting import Wanted

        name, _, alias = value.partition("@")
        return Wanted(ref=MODEL.convert(name, param, ctx), alias=alias)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        """The names of models."""
        return MODEL.shell_complete(ctx, param, incomplete)


@declare("wait", example=_EXAMPLE)
@click.argument("wanted", metavar="[REF]...", nargs=-1, type=_WaitedFor())
@click.option(
    "--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Give up after so long (exit code 5). [never]"
)
@pass_invocation
def command(invocation: Invocation, wanted: "tuple[Wanted, ...]", timeout: float | None) -> int:
    """Wait until models are trained as their manifests define them, or an alias (MODEL@ALIAS) can be used.

    Without a REF: until no declared model is in training any more. Exit code 0 where all are trained, 1 where one
    failed, was stopped or is not in training at all, 5 where the time was over before.
    """
    import asyncio

    from reconciler.cli.context import open_context
    from reconciler.cli.wait_flow import run_wait

    return asyncio.run(run_wait(open_context(invocation), wanted, timeout))
