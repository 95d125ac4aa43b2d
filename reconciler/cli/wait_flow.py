"""`wait` at work: a line now and then while trainings run, and how each of them ended."""

from collections.abc import Iterable

from reconciler.app.planning import Scope, make_plan
from reconciler.app.session import clock_of, session
from reconciler.app.validate import validate
from reconciler.app.waiting import RUNNING, Awaited, Wanted, require_declared, wait_for_trainings
from reconciler.cli.code import DEADLINE, DONE, FAILED
from reconciler.cli.context import Context
from reconciler.cli.wait_notices import Waits
from reconciler.core.live import ModelStatus
from reconciler.core.text import count
from reconciler.render.cost import TRAINING_TIME
from reconciler.render.progress import QUIET_SECONDS
from reconciler.render.view import Item, Items, Line, say, screen
from reconciler.render.words import duration


async def keep(context: Context, wanted: Iterable[Wanted], patience: float | None) -> int:
    """The exit code."""
    console, wanted = context.console, tuple(wanted)
    desired = validate(context.settings, context.today)
    require_declared(desired, wanted)

    said = 0.0

    def told(running: int, seconds: float) -> None:
        """The first look, and then ever less often: three hours are no hundred lines."""
        nonlocal said
        if seconds and seconds - said < max(QUIET_SECONDS, seconds / 5):
            return
        said = seconds
        console.say_line(
            f"{count(running, 'training')} running, waited {duration(seconds)}; a training takes {TRAINING_TIME}"
        )

    async with session(context.settings, clock_of(context.settings), [Waits(context.console)]) as opened:
        planned = await make_plan(opened, context.settings, desired, Scope())
        ended = await wait_for_trainings(opened, planned, wanted, patience=patience, told=told)
    if not ended:
        console.result(screen([Line(text=say("No declared model is in training."))]))
        return DONE
    console.result(
        screen([Items(items=tuple(Item(sign=None, name=one.name, text=say(describe(one))) for one in ended))])
    )
    return verdict(ended)


def verdict(ended: Iterable[Awaited]) -> int:
    """The exit code: a failure is said before a deadline."""
    statuses = {one.status for one in ended}
    if not statuses <= {ModelStatus.COMPLETED, *RUNNING}:
        return FAILED
    return DEADLINE if statuses & RUNNING else DONE


def describe(one: Awaited) -> str:
    """How a training ended, or how it goes."""
    if one.id is None:
        return one.problem
    words = {None: "gone", ModelStatus.COMPLETED: "trained", ModelStatus.IN_PROGRESS: "still in training"}
    word = words.get(one.status) or (one.status.value if one.status else "")
    return f"{word} (id {one.id})"
