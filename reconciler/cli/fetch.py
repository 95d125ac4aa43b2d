"""`captions pull` at work: read the tree, find the live dataset, write, tell."""

from reconciler.app.planning import Scope, make_plan
from reconciler.app.pull import live_dataset, read_target, write
from reconciler.app.session import clock_of, session
from reconciler.cli.code import DONE, REFUSED
from reconciler.cli.context import Context
from reconciler.cli.wait_notices import Waits
from reconciler.core.ref import Ref
from reconciler.render.pull import PullRow, pull_view


async def fetch(context: Context, ref: Ref, *, overwrite: bool) -> int:
    """The exit code."""
    settings = context.settings
    target = read_target(settings.root, ref)
    async with session(settings, clock_of(settings), [Waits(context.console)]) as opened:
        planned = await make_plan(opened, settings, target.desired, Scope())
        live = await live_dataset(opened, planned, ref)
    pulled = write(settings.root, target, live, overwrite=overwrite)
    rows = [
        PullRow(name=one.name, outcome=one.outcome.value, before=one.before, after=one.after) for one in pulled.captions
    ]
    place = str(target.place) if target.source == "automatic" else None
    context.console.result(pull_view(rows, origin=pulled.name, missing=pulled.missing, place=place))
    return REFUSED if any(row.outcome == "conflict" for row in rows) else DONE
