"""`reconciler diff`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.choice import form as form_option
from reconciler.cli.shared_options import Frame, pass_frame
from reconciler.cli.shared_options import command as declare

if TYPE_CHECKING:
    from reconciler.core.look.version_diff import Difference
    from reconciler.core.ref import Ref

_EXAMPLE = """\
reconciler diff dataset/lora-poses v1..v2
reconciler diff model/lora-expert v2..v3 --format json
reconciler diff model/lora-expert --rev main..HEAD
"""


@declare("diff", example=_EXAMPLE)
@click.argument("ref", metavar="REF")
@click.argument("versions", metavar="[V1..V2]", required=False)
@click.option("--rev", metavar="A[..B]", help="Compare git revisions of the tree, offline. [B: the working tree]")
@form_option("text", "json")
@pass_frame
def command(frame: Frame, ref: str, versions: str | None, rev: str | None, form: str) -> int:
    """Show what differs between two versions of a dataset or a model.

    Images, captions word by word and who wrote them, the prefix, the definition of a training. With --rev the
    versions are what two git revisions declare: no token is needed and nothing is sent.
    """
    from reconciler.cli.context import open_console
    from reconciler.cli.versions import read_versioned
    from reconciler.render.version_diff import difference_json, difference_view

    if (versions is None) == (rev is None):
        raise click.UsageError("Name two live versions, as v1..v2, or git revisions with --rev; one of the two.")
    wanted = read_versioned(ref)
    found = _live(frame, wanted, versions) if versions is not None else _offline(frame, wanted, str(rev))
    console = open_console(frame)
    if form == "json":
        console.result_text(difference_json(found))
    else:
        console.result(difference_view(found))
    return 0


def _offline(frame: Frame, ref: "Ref", rev: str) -> "Difference":
    from reconciler.app.settings import root_of
    from reconciler.app.version_diff import compare_revisions
    from reconciler.cli.versions import read_revisions

    before, after = read_revisions(rev)
    return compare_revisions(root_of(frame.given, frame.environ), ref, before, after)


def _live(frame: Frame, ref: "Ref", versions: str) -> "Difference":
    import asyncio

    from reconciler.app.planning import Scope, make_plan
    from reconciler.app.session import clock_of, session
    from reconciler.app.validate import validate
    from reconciler.app.version_diff import compare_live
    from reconciler.cli.context import Context, begin
    from reconciler.cli.versions import read_versions
    from reconciler.cli.wait_notices import Waits

    async def compare(context: Context, pair: tuple[int, int]) -> "Difference":
        settings = context.settings
        desired = validate(settings, context.today)
        async with session(settings, clock_of(settings), [Waits(context.console)]) as opened:
            return await compare_live(opened, await make_plan(opened, settings, desired, Scope()), ref, pair)

    pair = read_versions(versions)
    return asyncio.run(compare(begin(frame), pair))
