"""One look at tree and live side, for commands that only show."""

from reconciler.app.planning import Planned, Scope, make_plan
from reconciler.app.session import clock_of, session
from reconciler.app.validate import validate
from reconciler.cli.context import Context, warn_of_play
from reconciler.cli.wait_notices import Waits
from reconciler.core.plan import Plan
from reconciler.render.problem import warnings_view


async def look(context: Context, scope: Scope | None = None) -> Planned:
    """Read the tree, say its warnings, observe, compare."""
    warn_of_play(context)
    desired = validate(context.settings, context.today)
    context.console.say(warnings_view(desired.warnings))
    async with session(context.settings, clock_of(context.settings), [Waits(context.console)]) as opened:
        return await make_plan(opened, context.settings, desired, scope or Scope())


def look_back(context: Context, scope: Scope, rev: str) -> Plan:
    """Read the tree and that of a git revision, compare; nothing is asked and no token is needed."""
    from reconciler.app.offline import plan_offline
    from reconciler.app.revision import tree_at

    desired = validate(context.settings, context.today)
    context.console.say(warnings_view(desired.warnings))
    return plan_offline(context.settings, desired, tree_at(context.settings.root, rev), scope)


async def look_both_ways(context: Context, scope: Scope, rev: str) -> Planned:
    """As `look`, with what this change does not touch told apart from what it does."""
    from reconciler.app.offline import beside
    from reconciler.app.revision import tree_at

    base = tree_at(context.settings.root, rev)
    return beside(await look(context, scope), context.settings, base)
