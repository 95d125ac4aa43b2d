"""`reconciler apply`."""

from typing import TYPE_CHECKING, Literal

import click

from reconciler.cli.early import begin_reading
from reconciler.cli.options import archive_options, plan_options, yes_option
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.app.planning import Scope
    from reconciler.app.reviewed import Review

_EXAMPLE = """\
reconciler apply
reconciler apply plan.json
reconciler apply --yes --wait training --allow trainings=2
reconciler apply --within plan.json
reconciler apply --retry lora-max
"""


@declare("apply", example=_EXAMPLE)
@click.argument("planfile", metavar="[PLANFILE]", required=False, type=click.Path())
@click.option(
    "--within",
    multiple=True,
    metavar="PLANFILE",
    type=click.Path(),
    help="Go on only if all that is done is in this plan, or in one of these; less will do.",
)
@click.option(
    "--equivalent-to",
    "equivalent",
    metavar="PLANFILE",
    type=click.Path(),
    help="Go on only if it means the same as this plan.",
)
@yes_option
@click.option(
    "--wait",
    type=click.Choice(("none", "captions", "training")),
    default="captions",
    help="What to wait for before it ends. [captions]",
)
@plan_options
@archive_options
@pass_invocation
def command(
    invocation: Invocation,
    *,
    planfile: str | None,
    within: tuple[str, ...],
    equivalent: str | None,
    yes: bool,
    wait: Literal["none", "captions", "training"],
    scope: "Scope",
    raised: dict[str, int],
) -> int:
    """Make the live side what the manifests say.

    With a PLANFILE exactly that plan is applied, or nothing if anything it rests on has moved; what was asked for by
    --accept, --retry, --start or --prune when it was made is asked for again. Without one a plan is
    made and shown, and you are asked; where nobody can be asked, --yes is needed. It can be stopped with Ctrl-C and
    run again at any time: it goes on from what is live.

    With --within or --equivalent-to a plan is made anew and bound to one that was reviewed, also to one that
    `plan --base REV` made without asking what is live: the same images, captions, trainings and deletions, whatever
    the ids and versions are. --within lets it do less, as a run that goes on after another was cut off does, and takes
    several plans. Otherwise what differs is shown; exit code 4.
    """
    begin_reading(invocation)
    import asyncio

    from reconciler.app.exceptions import WrongUsage
    from reconciler.app.saved import read_saved
    from reconciler.cli.apply_flow import ApplyRequest, run_apply
    from reconciler.cli.context import open_context

    if planfile is not None and (scope.targets or scope.excluded):
        raise WrongUsage("A saved plan says itself what it is about: --target and --exclude do not go with it.")
    if sum(map(bool, (planfile, within, equivalent))) > 1:
        raise WrongUsage("A saved plan is applied as it is, or what is done is held against one: name one plan file.")
    context = open_context(invocation, raised)
    request = ApplyRequest(
        saved=None if planfile is None else read_saved(planfile),
        review=_review(within, equivalent),
        yes=yes,
        wait=wait,
        scope=scope,
    )
    return asyncio.run(run_apply(context, request))


def _review(within: tuple[str, ...], equivalent: str | None) -> "Review | None":
    """The reviewed plans that limit what is done; None if there is none."""
    from reconciler.app.reviewed import Review

    if within:
        return Review.read(*within, is_exact=False)
    return None if equivalent is None else Review.read(equivalent, is_exact=True)
