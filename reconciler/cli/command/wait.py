"""`reconciler wait`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.app.waiting import Wanted

_EXAMPLE = """\
reconciler wait
reconciler wait lora-max --timeout 14400 && reconciler output --format env
reconciler wait lora-max@candidate
"""


@declare("wait", example=_EXAMPLE)
@click.argument("wanted", metavar="[REF]...", nargs=-1)
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Give up after so long (exit 5).")
@pass_invocation
def command(invocation: Invocation, wanted: tuple[str, ...], timeout: float | None) -> int:
    """Wait until models are trained as their manifests outcome_words them, or an alias (MODEL@ALIAS) can be used.

    Without a REF: until no declared model is in training any more. Exit code 0 where all are trained, 1 where one
    failed, was stopped or is not in training at all, 5 where the time was over before.
    """
    import asyncio

    from reconciler.cli.context import open_context
    from reconciler.cli.wait_flow import run_wait

    refs = tuple(_read(text) for text in wanted)
    return asyncio.run(run_wait(open_context(invocation), refs, timeout))


def _read(text: str) -> "Wanted":
    """`lora-max`, `model/lora-max` or `lora-max@candidate`."""
    from reconciler.app.waiting import Wanted
    from reconciler.cli.options import read_ref
    from reconciler.core.kind import Kind

    name, _, alias = text.partition("@")
    return Wanted(ref=read_ref(Kind.MODEL, name), alias=alias)
