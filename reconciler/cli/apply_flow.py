"""`apply` and `destroy`: make or bind a plan, show it, ask, execute it, and print the report."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.app.apply import RunControl, account_to_pin, apply, journal_of
from reconciler.app.archives import with_store_refusals
from reconciler.app.exceptions import Refused, refused
from reconciler.app.planning import Planned, Scope, make_plan
from reconciler.app.reviewed import Review
from reconciler.app.saved import Terms, bind
from reconciler.app.session import clock_of, session
from reconciler.app.validate import validate
from reconciler.cli.context import CommandContext, announce_network, warn_of_unused_token
from reconciler.cli.exit_codes import DONE, REFUSED
from reconciler.cli.plan_flow import WaitNotices, announce_server_time, with_alias_refusals
from reconciler.cli.progress import Progress
from reconciler.cli.signals import called_on_signals
from reconciler.core.look.surroundings import surroundings
from reconciler.core.plan import Plan
from reconciler.core.planning.plan_file import digest
from reconciler.core.run.report import exit_code
from reconciler.core.value import dataclass
from reconciler.execute import Brake, Narrator, Wait
from reconciler.files.simulated_account import OWN_FOLDER
from reconciler.render.leftover import left_view
from reconciler.render.plan_report.report import plan_report
from reconciler.render.plan_text import plan_view
from reconciler.render.problem import warnings_view
from reconciler.render.run_report import pin_view, report_view
from reconciler.render.view import Line, View, say, screen

_HOW_TO_SAY_YES = {
    False: "Say `--yes`, or save a plan with `reconciler plan --out plan.json` and apply that.",
    True: "Say `--yes`; `reconciler destroy --out plan.json` only shows what would go.",
}
_QUESTIONS = {
    False: ("Apply this plan? Type yes to go on: ", "yes"),
    True: ("Delete all of this for good? Type destroy to go on: ", "destroy"),
}
"""The question and the word that means yes, by whether everything is destroyed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    """What the command line asks for: to apply a saved plan, or a new one that a reviewed plan may limit."""

    saved: Plan | None = None
    review: Review | None = None
    yes: bool
    wait: Wait
    scope: Scope

    @property
    def needs_yes(self) -> bool:
        """Must a person be asked? Not with --yes, and not where a person has saved or reviewed a plan."""
        return self.saved is None and self.review is None and not self.yes


async def run_apply(context: CommandContext, request: ApplyRequest) -> int:
    """The exit code. Refused if nothing may be done."""
    console, settings = context.console, context.settings
    if request.needs_yes and not console.is_interactive:
        raise refused(
            "confirmation",
            "Nobody can be asked here, and nothing says that this may be done",
            _HOW_TO_SAY_YES[request.scope.destroys],
        )
    warn_of_unused_token(context)
    desired = validate(settings, context.today)
    console.say(warnings_view(desired.warnings))
    clock = clock_of(settings)
    with journal_of(settings.root, mask=console.masked, now=clock.now) as journal:
        narrator, notices = Narrator(journal), WaitNotices(console, clock)
        async with session(settings, clock, [narrator, notices]) as opened:
            announce_network(context)
            planned = await make_plan(opened, settings, desired, request.scope)
            if not request.scope.destroys:
                planned = with_alias_refusals(context, planned, request.scope)
            plan = with_store_refusals(_bound_plan(context, request, planned), settings)
            code = _show_and_ask(context, request, plan)
            if code is not None:
                left = _left(context, request, planned) if code == DONE else screen()
                console.result_text("\n" if left.sections else "")
                console.result(left)
                return code
            announce_server_time(console, clock)
            notices.is_silent = True  # the progress says it from here on
            with _brake_on_signals() as brake, Progress(plan, console, clock) as progress:
                control = RunControl(wait=request.wait, brake=brake, narrator=narrator, on_event=progress.feed)
                report = await apply(opened, settings, planned, plan, control)
    command = "reconciler destroy" if request.scope.destroys else "reconciler apply"
    pin = None if request.scope.destroys else account_to_pin(settings, planned, plan, report)
    left = _left(context, request, planned)
    console.result(report_view(plan, report, command=command) + pin_view(pin, settings.account_file) + left)
    return exit_code(report)


def _left(context: CommandContext, request: ApplyRequest, planned: Planned) -> View:
    """What is left after all that is declared was deleted; nothing after any other run."""
    if not request.scope.destroys or request.scope.targets:
        return screen()
    around = surroundings(planned.desired, planned.observed, planned.project_ids)
    folder = context.settings.root.parent / OWN_FOLDER
    has_archives = any(dataset.uploads.is_once for dataset in planned.desired.datasets.values())
    store = context.settings.endpoint.store
    has_account = store is not None and Path(store).absolute().parent == folder.absolute()
    return left_view(around.leftovers, str(folder), has_archives=has_archives, has_account=has_account)


def _bound_plan(context: CommandContext, request: ApplyRequest, planned: Planned) -> Plan:
    """The plan to execute: limited by the one that was saved or reviewed. Refused if that one does not allow it."""
    if request.review is not None:
        request.review.require(planned.plan)
    return (
        planned.plan if request.saved is None else bind(request.saved, planned.plan, _terms(context, request, planned))
    )


def _show_and_ask(context: CommandContext, request: ApplyRequest, plan: Plan) -> int | None:
    """Show the plan and ask. The exit code if the command ends here; None if the plan is to be executed."""
    console = context.console
    if request.scope.destroys and plan.is_empty and not plan.refusals:
        console.result(screen([Line(text=say("Nothing of these manifests is live."))]))
        return DONE
    if request.saved is None or (plan.is_empty and not plan.refusals):
        console.result(plan_view(plan_report(plan, digest=digest(plan))))
    if plan.refusals and request.saved is not None:
        raise Refused(plan.refusals)
    if plan.refusals:
        console.say_line("Refused: nothing was sent.")
        return REFUSED
    if plan.is_empty:
        return DONE
    if request.saved is None:
        console.result_text("\n")
    if request.review is not None and request.review.leaves_out(plan):
        console.say_line("What was reviewed beyond this is live already, or not needed any more.")
    question, answer = _QUESTIONS[request.scope.destroys]
    if request.needs_yes and console.ask(question) != answer:
        console.say_line("Not applied: nothing was sent.")
        return REFUSED
    return None


def _terms(context: CommandContext, request: ApplyRequest, planned: Planned) -> Terms:
    """The settings that a saved plan is checked against before it is applied."""
    return Terms(
        limits=context.settings.limits,
        expect=context.settings.expect,
        versions=planned.versions,
    )


@contextmanager
def _brake_on_signals() -> Iterator[Brake]:
    """A brake that Ctrl-C and the other signals to end pull while the block runs."""
    brake = Brake()
    with called_on_signals(brake.pull):
        yield brake
