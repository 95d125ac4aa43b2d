"""The end of an apply: the lists show what it made, so that the next plan is in sync."""

from collections.abc import Iterable

from reconciler.api.error import CallFailed
from reconciler.api.kinds import CALLS
from reconciler.core.kind import Kind
from reconciler.core.run.list_convergence import ExpectedListing, shows
from reconciler.execute.action_run import MOMENT
from reconciler.execute.run import Run

PAUSE = 3.0


async def until_listed(run: Run) -> None:
    """Wait, at most `settle`, until the lists show every object as it was made."""
    left = list(run.expected.values())
    began = run.clock.now()
    try:
        while left := await _unshown(run, left):
            rest = began + run.options.settle - run.clock.now()
            if rest < MOMENT or run.options.brake.is_pulled:
                return
            await run.clock.sleep(min(PAUSE, rest))
    except CallFailed:
        return


async def _unshown(run: Run, made: Iterable[ExpectedListing]) -> list[ExpectedListing]:
    """What the lists do not show yet; a kind of which nothing is missing is not asked for."""
    made = tuple(made)
    left: list[ExpectedListing] = []
    for kind in Kind:
        if of_kind := [one for one in made if one.kind is kind]:
            listed = await CALLS[kind].list_all(run.client)
            left += [one for one in of_kind if not shows(one, listed)]
    return left
