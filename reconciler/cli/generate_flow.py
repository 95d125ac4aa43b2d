"""`generate` on the terminal: check the order, find the version, let it draw, and say what came of it."""

from collections.abc import Sequence

from reconciler.app.exceptions import WrongUsage
from reconciler.app.generation import (
    GenerateRequest,
    JobRequest,
    Outcome,
    Told,
    generate,
    prepare,
    require_order,
    take_up,
)
from reconciler.app.planning import Scope, make_plan
from reconciler.app.validate import validate
from reconciler.cli.context import CommandContext, warn_of_unused_token
from reconciler.cli.exit_codes import DONE, FAILED
from reconciler.cli.plan_flow import announce_server_time, connect
from reconciler.core.text import in_words, shown
from reconciler.files.drawn import require_folder
from reconciler.render.problem import warnings_view


async def run_generate(context: CommandContext, request: GenerateRequest) -> int:
    """The exit code: 1 where a result is missing."""
    settings, console = context.settings, context.console
    desired = validate(settings, context.today)
    require_order(desired, request)
    console.say(warnings_view(desired.warnings))
    require_hosts(context, request.hosts)
    warn_of_unused_token(context)
    async with connect(context) as opened:
        planned = await make_plan(opened, settings, desired, Scope())
        announce_server_time(console, opened.clock)
        generation = await prepare(opened, planned, request)
        _require_folder(request)
        name = generation.member.name
        console.say_line(f"{request.ref} v{name.version} ({name.fingerprint}) draws.")
        outcome = await generate(opened, settings, generation, request, told_by(context))
    return _report(context, outcome)


async def run_job(context: CommandContext, request: JobRequest) -> int:
    """The same of a job that was begun before. Manifests are not read: what is drawn stands in the note of the job."""
    require_hosts(context, request.hosts)
    warn_of_unused_token(context)
    async with connect(context) as opened:
        announce_server_time(context.console, opened.clock)
        outcome = await take_up(opened, context.settings, request, told_by(context))
    return _report(context, outcome)


def told_by(context: CommandContext) -> Told:
    """How a use case that draws speaks with the person at the console."""
    return Told(
        say=context.console.say_line,
        keep=lambda path: context.console.result_text(f"{shown(str(path))}\n"),
        may_fetch=lambda hosts: may_fetch(context, hosts),
    )


def require_hosts(context: CommandContext, hosts: Sequence[str]) -> None:
    """Results may lie anywhere; where nobody could be asked, they would be paid for and not fetched."""
    endpoint = context.settings.endpoint
    if hosts or endpoint.is_simulator or endpoint.is_loopback or context.console.is_interactive:
        return
    raise WrongUsage(
        "Name the host that results are fetched from: --pictures-from HOST. On a terminal it is asked for once it is known."
    )


def _require_folder(request: GenerateRequest) -> None:
    try:
        require_folder(request.folder)
    except OSError as error:
        place = shown(str(request.folder))
        raise WrongUsage(f"--out: {place} cannot be written to: {error.strerror}. Nothing was drawn.") from None


def may_fetch(context: CommandContext, hosts: Sequence[str]) -> bool:
    """Does a person who is here let results be fetched from these hosts?"""
    if not context.console.is_interactive:
        return False
    question = f"The results are at {in_words(hosts, 'and')}. Fetch them from there? Type yes: "
    return context.console.ask(question) == "yes"


def _report(context: CommandContext, outcome: Outcome) -> int:
    for reason in outcome.missed:
        context.console.say_line(f"{reason[0].upper()}{reason[1:]}.")
    return FAILED if outcome.missed or not outcome.files else DONE
