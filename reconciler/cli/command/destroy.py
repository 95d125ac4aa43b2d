"""`reconciler destroy`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.choice import read_limits, read_refs
from reconciler.cli.shared_options import Frame, pass_frame
from reconciler.cli.shared_options import command as declare

if TYPE_CHECKING:
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler destroy --endpoint simulator:world.db
reconciler destroy --target model/lora-max --yes
reconciler destroy --out plan.json && reconciler show plan.json
"""


@declare("destroy", example=_EXAMPLE)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--out", metavar="FILE", type=click.Path(), help="Save what would be deleted, for `show FILE`, and delete nothing."
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="REF",
    callback=read_refs,
    help="Only this: a model, a dataset with the models on it, or a project with all in it.",
)
@click.option(
    "--allow",
    "raised",
    multiple=True,
    metavar="LIMIT=N",
    callback=read_limits,
    help="Another limit for this run: deletions, deletions_percent.",
)
@pass_frame
def command(frame: Frame, *, yes: bool, out: str | None, targets: "tuple[Ref, ...]", raised: dict[str, int]) -> int:
    """Delete all that the manifests declare, with every version of it: what undoing a trial needs.

    Everything that would go is shown, then you are asked for the word `destroy`; where nobody can be asked, --yes is
    needed. What git does not know is never touched, and a project that holds such things is refused.
    """
    import asyncio

    from reconciler.app.planning import Scope
    from reconciler.app.saved import save
    from reconciler.cli.apply_flow import Wish, carry_out
    from reconciler.cli.code import DONE
    from reconciler.cli.context import begin
    from reconciler.cli.plan_flow import look
    from reconciler.core.planning.plan_file import digest
    from reconciler.render.plan import plan_view

    scope = Scope(targets=targets, destroys=True)
    context = begin(frame, raised)
    if out is None:
        return asyncio.run(carry_out(context, Wish(yes=yes, wait="none", scope=scope)))
    plan = asyncio.run(look(context, scope)).plan
    save(out, plan)
    way = "Saved, and nothing was deleted. `reconciler destroy` deletes it."
    context.console.result(plan_view(plan, digest=digest(plan), way=way, command="reconciler destroy"))
    return DONE
