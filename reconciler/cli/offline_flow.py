"""How a command gets a plan on the tree of a git revision. Nothing of this imports what speaks to the API."""

from reconciler.app import offline
from reconciler.app.other_roots import with_moved
from reconciler.app.planning import Scope
from reconciler.app.revision import tree_at
from reconciler.app.validate import validate
from reconciler.cli.context import CommandContext
from reconciler.core.plan import Plan
from reconciler.render.problem import warnings_view


def plan_offline(context: CommandContext, scope: Scope, rev: str) -> Plan:
    """A plan on the tree of a git revision, taken as live. No request is sent and no token is needed."""
    desired = validate(context.settings, context.today, believes_cache=True)
    context.console.say(warnings_view(desired.warnings))
    base = with_moved(context.settings, desired, tree_at(context.settings, rev), rev)
    return offline.plan_offline(context.settings, desired, base, scope)
