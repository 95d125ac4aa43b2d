"""How a command gets its plan: read the tree, observe the live side, compare."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import replace

from reconciler.api.observer import Exchange
from reconciler.app.alias_check import with_alias_check
from reconciler.app.planning import Planned, Scope, chosen_refs, make_plan
from reconciler.app.promotion_check import with_promotion_check
from reconciler.app.session import Session, clock_of, session
from reconciler.app.validate import ReadTree, read_tree, validate
from reconciler.cli.console import Console
from reconciler.cli.context import CommandContext, announce_network, warn_of_unused_token
from reconciler.clock import Clock, PacedClock, is_simulated
from reconciler.render.problem import warnings_view
from reconciler.render.words import duration

SHORTEST = 2.0
"""Seconds of waiting that are worth a line."""


class WaitNotices:
    """Says on stderr that a call waits, and why, so that nobody wonders about a silent minute.

    `is_silent` while the progress of an apply says it in its own lines.
    """

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._last: Exchange | None = None
        self._said: set[tuple[str, str, int]] = set()
        self.is_silent = False

    def before(self, exchange: Exchange) -> None:
        """Nothing to say."""

    def after(self, exchange: Exchange) -> None:
        """Remember why a call failed: it is the reason why the next one waits."""
        self._last = exchange
        if not exchange.failure:
            self._said.clear()

    def throttled(self, seconds: float, reason: str) -> None:
        """Write a line, unless the wait is short, or other calls wait for the same after as many attempts."""
        failure, attempt = (self._last.failure, self._last.attempt) if self._last else ("", 0)
        if self.is_silent or seconds < SHORTEST or (failure and (reason, failure, attempt) in self._said):
            return
        self._said.add((reason, failure, attempt))
        why = f" ({failure})" if failure else ""
        time = duration(seconds, is_simulated=is_simulated(self._clock))
        self._console.say_line(f"Waiting {time}: {reason}{why}")


def announce_server_time(console: Console, clock: Clock) -> None:
    """Say that waits and durations are a simulated server's, where its time passes at another speed than ours."""
    if isinstance(clock, PacedClock) and is_simulated(clock):
        console.say_line(
            f"The time of this simulated server passes {clock.speed:,g} times as fast as ours: "
            "waits follow it, and durations are simulated."
        )


@asynccontextmanager
async def connect(context: CommandContext, hosts: Collection[str] = ()) -> AsyncIterator[Session]:
    """A session on the endpoint of the settings; waits are told on stderr. Files are fetched from `hosts` beside it."""
    clock = clock_of(context.settings)
    async with session(context.settings, clock, [WaitNotices(context.console, clock)]) as opened:
        announce_network(context, hosts)
        yield opened


async def plan_live(
    context: CommandContext,
    scope: Scope | None = None,
    *,
    believes_cache: bool = False,
    read: ReadTree | None = None,
) -> Planned:
    """A plan on what is live. The warnings of the tree are said first. `believes_cache` is for a command that only shows.

    `read` is the tree, where it was read before.
    """
    warn_of_unused_token(context)
    desired = validate(context.settings, context.today, believes_cache=believes_cache) if read is None else read.desired
    context.console.say(warnings_view(desired.warnings))
    async with connect(context) as opened:
        return await make_plan(opened, context.settings, desired, scope or Scope())


async def plan_to_apply(context: CommandContext, scope: Scope) -> Planned:
    """A plan on what is live, as `apply` would make it: with all that its aliases have it refused for."""
    return with_alias_refusals(context, await plan_live(context, scope, believes_cache=True), scope)


def with_alias_refusals(context: CommandContext, planned: Planned, scope: Scope) -> Planned:
    """Refused are aliases that nothing would answer to, and guarded ones that name what nobody approved."""
    settings, desired = context.settings, planned.desired
    made = with_alias_check(planned.plan, desired, settings.root)
    return replace(planned, plan=with_promotion_check(made, desired, settings, chosen_refs(desired, scope)))


async def plan_live_since(context: CommandContext, scope: Scope, rev: str) -> Planned:
    """A plan on what is live that tells what this tree changed since a revision from what differed before."""
    from reconciler.app.offline import beside
    from reconciler.app.other_roots import with_moved
    from reconciler.app.revision import tree_at

    read = read_tree(context.settings, context.today)
    base = tree_at(context.settings, rev, read)
    planned = await plan_live(context, scope, read=read)
    return beside(planned, context.settings, with_moved(context.settings, planned.desired, base, rev), scope)
