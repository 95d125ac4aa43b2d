"""`reconciler diff`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import format_option
from reconciler.cli.ref_type import VERSIONED
from reconciler.cli.shared_options import Invocation, declare, pass_invocation

if TYPE_CHECKING:
    from reconciler.core.look.version_diff import Difference
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler diff dataset/lora-poses v1..v2
reconciler diff lora-expert v2..v3 --format json
reconciler diff model/lora-expert --rev main..HEAD
"""


@declare("diff", example=_EXAMPLE)
@click.argument("ref", metavar="REF", type=VERSIONED)
@click.argument("versions", metavar="[V1..V2]", required=False)
@click.option("--rev", metavar="A[..B]", help="Compare git revisions of the tree, offline. [B: the working tree]")
@format_option("text", "json")
@pass_invocation
def command(invocation: Invocation, ref: "Ref", versions: str | None, rev: str | None, form: str) -> int:
    """Show what differs between two versions of a dataset or a model.

    Images, captions word by word and who wrote them, the guide, the definition of a training. With --rev the
    versions are what two git revisions declare: no token is needed and nothing is sent.
    """
    from reconciler.cli.context import open_console
    from reconciler.render.version_diff import difference_json, difference_view

    if (versions is None) == (rev is None):
        raise click.UsageError("Name two live versions, as v1..v2, or git revisions with --rev; one of the two.")
    found = _live(invocation, ref, versions) if versions is not None else _offline(invocation, ref, str(rev))
    console = open_console(invocation)
    if form == "json":
        console.result_text(difference_json(found))
    else:
        console.result(difference_view(found))
    return 0


def _offline(invocation: Invocation, ref: "Ref", rev: str) -> "Difference":
    from reconciler.app.settings import root_of
    from reconciler.app.version_diff import compare_revisions
    from reconciler.cli.options import read_revisions

    before, after = read_revisions(rev)
    return compare_revisions(root_of(invocation.given, invocation.environ), ref, before, after)


def _live(invocation: Invocation, ref: "Ref", versions: str) -> "Difference":
    import asyncio

    from reconciler.app.planning import Scope, make_plan
    from reconciler.app.validate import validate
    from reconciler.app.version_diff import compare_live
    from reconciler.cli.context import CommandContext, open_context
    from reconciler.cli.options import read_versions
    from reconciler.cli.plan_flow import connect

    async def compare(context: CommandContext, pair: tuple[int, int]) -> "Difference":
        settings = context.settings
        desired = validate(settings, context.today)
        async with connect(context) as opened:
            return await compare_live(opened, await make_plan(opened, settings, desired, Scope()), ref, pair)

    pair = read_versions(versions)
    return asyncio.run(compare(open_context(invocation), pair))
