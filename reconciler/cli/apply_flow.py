"""An apply from first look to report: plan, ask, execute, tell."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reconciler.app.applying import Order, apply
from reconciler.app.fault import Refused, refused
from reconciler.app.journal import journal_of
from reconciler.app.planning import Planned, Scope, make_plan
from reconciler.app.reviewed import Review
from reconciler.app.saved import Terms, bind
from reconciler.app.session import clock_of, session
from reconciler.app.validate import validate
from reconciler.cli.code import DONE, REFUSED
from reconciler.cli.context import Context, warn_of_play
from reconciler.cli.progress import Progress
from reconciler.cli.wait_notices import Waits
from reconciler.core.plan import Plan
from reconciler.core.planning.plan_file import digest
from reconciler.core.run.report import exit_code
from reconciler.execute import Brake, Narrator, Wait
from reconciler.render.plan import plan_view
from reconciler.render.problem import warnings_view
from reconciler.render.report import report_view
from reconciler.render.view import Line, say, screen

_SPEAK = {
    False: "Say `--yes`, or save a plan with `reconciler plan --out plan.json` and apply that.",
    True: "Say `--yes`; `reconciler destroy --out plan.json` only shows what would go.",
}
_QUESTIONS = {
    False: ("Apply this plan? Type yes to go on: ", "yes"),
    True: ("Delete all of this for good? Type destroy to go on: ", "destroy"),
}
"""The question and the word that goes on, by whether everything is destroyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asks of an apply: a saved plan, or one made anew that a review may bind."""

    saved: Plan | None = None
    review: Review | None = None
    yes: bool
    wait: Wait
    scope: Scope

    @property
    def asks(self) -> bool:
        """Has nobody said yes yet: neither here, nor to a plan?"""
        return self.saved is None and self.review is None and not self.yes


async def carry_out(context: Context, wish: Wish) -> int:
    """The exit code; raises Refused where nothing may be done."""
    console, settings = context.console, context.settings
    if wish.asks and not console.is_interactive:
        raise refused(
            "confirmation",
            "Nobody can be asked here, and nothing says that this may be done",
            _SPEAK[wish.scope.destroys],
        )
    warn_of_play(context)
    desired = validate(settings, context.today)
    console.say(warnings_view(desired.warnings))
    clock = clock_of(settings)
    with journal_of(settings.root, mask=console.masked, now=clock.now) as journal:
        narrator, waits = Narrator(journal), Waits(console)
        async with session(settings, clock, [narrator, waits]) as opened:
            planned = await make_plan(opened, settings, desired, wish.scope)
            plan = _bound(context, wish, planned)
            code = _before(context, wish, plan)
            if code is not None:
                return code
            waits.hush = True
            with _brake() as brake, Progress(plan, console) as progress:
                order = Order(wait=wish.wait, brake=brake, narrator=narrator, told=progress.feed)
                report = await apply(opened, settings, planned, plan, order)
    command = "reconciler destroy" if wish.scope.destroys else "reconciler apply"
    console.result(report_view(plan, report, command=command))
    return exit_code(report)


def _bound(context: Context, wish: Wish, planned: Planned) -> Plan:
    """What is to be done, once whatever was saved or reviewed has had its say; Refused where that forbids it."""
    if wish.review is not None:
        wish.review.require(planned.plan)
    return planned.plan if wish.saved is None else bind(wish.saved, planned.plan, _terms(context, wish, planned))


def _before(context: Context, wish: Wish, plan: Plan) -> int | None:
    """The exit code where nothing is to be done or may be done; None where the plan is wanted."""
    console = context.console
    if wish.scope.destroys and plan.is_empty and not plan.refusals:
        console.result(screen([Line(text=say("Nothing of these manifests is live."))]))
        return DONE
    if wish.saved is None or (plan.is_empty and not plan.refusals):
        console.result(plan_view(plan, digest=digest(plan), way=""))
    if plan.refusals and wish.saved is not None:
        raise Refused(plan.refusals)
    if plan.refusals:
        console.say_line("Refused: nothing was sent.")
        return REFUSED
    if plan.is_empty:
        return DONE
    if wish.saved is None:
        console.result_text("\n")
    if wish.review is not None and wish.review.leaves_out(plan):
        console.say_line("What was reviewed beyond this is live already, or not needed any more.")
    question, answer = _QUESTIONS[wish.scope.destroys]
    if wish.asks and console.ask(question) != answer:
        console.say_line("Not applied: nothing was sent.")
        return REFUSED
    return None


def _terms(context: Context, wish: Wish, planned: Planned) -> Terms:
    """What binds a saved plan today."""
    return Terms(
        limits=context.settings.limits,
        expect=context.settings.expect,
        versions=planned.versions,
        retry=wish.scope.retry,
        start=wish.scope.start,
        prunes=wish.scope.prunes,
    )


@contextmanager
def _brake() -> Iterator[Brake]:
    """A brake that Ctrl-C and its kin pull while the block runs."""
    brake = Brake()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        loop.add_signal_handler(number, brake.pull)
    try:
        yield brake
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
