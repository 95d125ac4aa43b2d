"""`reconciler apply`."""

from typing import TYPE_CHECKING, Literal

import click

from reconciler.cli.choice import asking, lenient, scoped
from reconciler.cli.frame import Frame, pass_frame
from reconciler.cli.frame import command as declare

if TYPE_CHECKING:
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler apply
reconciler apply plan.json
reconciler apply --yes --wait training --allow trainings=2
reconciler apply --equivalent-to plan.json
reconciler apply --retry lora-max
"""


@declare("apply", example=_EXAMPLE)
@click.argument("planfile", metavar="[PLANFILE]", required=False)
@click.option("--equivalent-to", "equivalent", metavar="PLANFILE", help="Go on only if it means the same as this plan.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--wait",
    type=click.Choice(("none", "captions", "training")),
    default="captions",
    help="What to wait for before it ends. [captions]",
)
@scoped
@lenient
@asking
@pass_frame
def command(
    frame: Frame,
    *,
    planfile: str | None,
    equivalent: str | None,
    yes: bool,
    wait: Literal["none", "captions", "training"],
    targets: "tuple[Ref, ...]",
    excluded: "tuple[Ref, ...]",
    accepted: "tuple[Ref, ...]",
    raised: dict[str, int],
    retry: "tuple[Ref, ...]",
    start: "tuple[Ref, ...]",
    prune: bool,
) -> int:
    """Make the live side what the manifests say.

    With a PLANFILE exactly that plan is applied, or nothing if anything it rests on has moved; what was asked for by
    --accept, --retry, --start or --prune when it was made is asked for again. Without one a plan is
    made and shown, and you are asked; where nobody can be asked, --yes is needed. It can be stopped with Ctrl-C and
    run again at any time: it goes on from what is live.

    With --equivalent-to a plan is made anew and done only if it means the same as a reviewed one, also one that
    `plan --base REV` made without asking what is live: the same images, captions, trainings and deletions, whatever
    the ids and versions are. Otherwise what differs is shown; exit code 4.
    """
    import asyncio

    from reconciler.app.fault import Unusable
    from reconciler.app.planning import Scope
    from reconciler.cli.carry import Wish, carry_out
    from reconciler.cli.context import begin

    if planfile is not None and (targets or excluded):
        raise Unusable("A saved plan says itself what it is about: --target and --exclude do not go with it.")
    if planfile is not None and equivalent is not None:
        raise Unusable("A saved plan is applied as it is, or what is done is compared with one: not both.")
    context = begin(frame, raised)
    scope = Scope(targets=targets, excluded=excluded, accepted=accepted, retry=retry, start=start, prunes=prune)
    return asyncio.run(
        carry_out(context, Wish(planfile=planfile, equivalent=equivalent, yes=yes, wait=wait, scope=scope))
    )
