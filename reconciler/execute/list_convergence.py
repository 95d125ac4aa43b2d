"""The end of an apply: the lists show what it made, so that the next plan is in sync."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from reconciler.api.error import CallFailed
from reconciler.core.kind import Kind
from reconciler.core.run.list_convergence import Made, shows_dataset, shows_model, shows_project
from reconciler.execute.action_run import MOMENT
from reconciler.execute.run import Run

T = TypeVar("T")
PAUSE = 3.0


async def until_shown(run: Run) -> None:
    """Wait, at most `settle`, until the lists show every object as it was made."""
    left = list(run.made.values())
    began = run.clock.now()
    try:
        while left := await _unshown(run, left):
            rest = began + run.options.settle - run.clock.now()
            if rest < MOMENT or run.options.brake.is_pulled:
                return
            await run.clock.sleep(min(PAUSE, rest))
    except CallFailed:
        return


async def _unshown(run: Run, made: Iterable[Made]) -> list[Made]:
    by_kind = {kind: [one for one in made if one.kind is kind] for kind in Kind}
    left: list[Made] = []
    if by_kind[Kind.PROJECT]:
        left += _hidden(by_kind[Kind.PROJECT], shows_project, await run.projects.fresh())
    if by_kind[Kind.DATASET]:
        left += _hidden(by_kind[Kind.DATASET], shows_dataset, await run.client.list_datasets())
    if by_kind[Kind.MODEL]:
        left += _hidden(by_kind[Kind.MODEL], shows_model, await run.models.fresh())
    return left


def _hidden(made: list[Made], shows: Callable[[Made, Iterable[T]], bool], listed: tuple[T, ...]) -> list[Made]:
    return [one for one in made if not shows(one, listed)]
