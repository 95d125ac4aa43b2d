"""`wait`: a line now and then while trainings run, and at the end how each of them went."""

from collections.abc import Iterable

from reconciler.app.planning import Scope, make_plan
from reconciler.app.validate import validate
from reconciler.app.waiting import RUNNING, Awaited, Told, Wanted, require_declared, wait_for_trainings
from reconciler.cli.console import Console
from reconciler.cli.context import CommandContext
from reconciler.cli.exit_codes import DEADLINE, DONE, FAILED
from reconciler.cli.plan_flow import announce_server_time, connect
from reconciler.clock import Clock, is_simulated
from reconciler.core.live import ModelStatus
from reconciler.core.text import count
from reconciler.render.progress import REMINDER_SECONDS
from reconciler.render.tier import TRAINING_TIME
from reconciler.render.view import Item, Items, Line, say, screen
from reconciler.render.words import duration


async def run_wait(context: CommandContext, wanted: Iterable[Wanted], patience: float | None) -> int:
    """The exit code."""
    console, wanted = context.console, tuple(wanted)
    desired = validate(context.settings, context.today)
    require_declared(desired, wanted)

    async with connect(context) as opened:
        planned = await make_plan(opened, context.settings, desired, Scope())
        announce_server_time(console, opened.clock)
        ended = await wait_for_trainings(opened, planned, wanted, patience=patience, told=_told(console, opened.clock))
    if not ended:
        console.result(screen([Line(text=say("No declared model is in training."))]))
        return DONE
    console.result(
        screen([Items(items=tuple(Item(sign=None, name=one.name, text=say(outcome_words(one))) for one in ended))])
    )
    return wait_exit_code(ended)


def _told(console: Console, clock: Clock) -> Told:
    """Says a line when a training has ended, and every quarter of an hour: three hours are no hundred lines."""
    said, last = 0.0, 0

    def told(running: int, seconds: float) -> None:
        nonlocal said, last
        if running == last and seconds - said < REMINDER_SECONDS:
            return
        said, last = seconds, running
        waited = f", waited {duration(seconds, is_simulated=is_simulated(clock))}" if seconds else ""
        console.say_line(f"{count(running, 'training')} running{waited}; a training takes {TRAINING_TIME}")

    return told


def wait_exit_code(ended: Iterable[Awaited]) -> int:
    """The exit code. A failure counts more than a deadline."""
    statuses = {one.status for one in ended}
    if not statuses <= {ModelStatus.COMPLETED, *RUNNING}:
        return FAILED
    return DEADLINE if statuses & RUNNING else DONE


def outcome_words(one: Awaited) -> str:
    """How a training ended, or that it still runs."""
    if one.id is None:
        return one.problem
    words = {None: "gone", ModelStatus.COMPLETED: "trained", ModelStatus.IN_PROGRESS: "still in training"}
    word = words.get(one.status) or (one.status.value if one.status else "")
    return f"{word} (id {one.id})"
