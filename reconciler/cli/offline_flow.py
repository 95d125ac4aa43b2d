"""How a command gets a plan on the tree of a git revision. Nothing of this imports what speaks to the API."""

from reconciler.app import offline
from reconciler.app.other_roots import with_moved
from reconciler.app.planning import Scope
from reconciler.app.revision import tree_at
from reconciler.app.validate import read_tree
from reconciler.cli.context import CommandContext
from reconciler.core.desired import Desired
from reconciler.core.plan import Plan
from reconciler.files.load import uncollected
from reconciler.render.problem import warnings_view


def plan_offline(context: CommandContext, scope: Scope, rev: str) -> tuple[Plan, Desired]:
    """A plan on the tree of a git revision, taken as live, and what the tree declares. No request is sent and no token is needed."""
    with uncollected():
        read = read_tree(context.settings, context.today)
        context.console.say(warnings_view(read.desired.warnings))
        base = with_moved(context.settings, read.desired, tree_at(context.settings, rev, read), rev)
        return offline.plan_offline(context.settings, read.desired, base, scope), read.desired
