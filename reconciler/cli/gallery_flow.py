"""`gallery run` on the terminal: find the versions, hold the folder, draw what is missing, and say what came of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reconciler.app.exceptions import WrongUsage
from reconciler.app.galleries import gallery_named
from reconciler.app.gallery_draw import Ending, GalleryDrawing
from reconciler.app.gallery_run import (
    GalleryRun,
    GalleryRunRequest,
    GalleryVersion,
    Step,
    busy,
    require_request,
    run_of,
    versions_of,
)
from reconciler.app.planning import Scope, make_plan
from reconciler.app.session import Session
from reconciler.app.validate import validate
from reconciler.cli.context import CommandContext, warn_of_unused_token
from reconciler.cli.exit_codes import DONE, FAILED
from reconciler.cli.generate_flow import require_hosts, told_by
from reconciler.cli.plan_flow import announce_server_time, connect
from reconciler.cli.signals import called_on_signals
from reconciler.core.gallery import CaseResult, CaseState, DesiredGallery
from reconciler.core.text import count, in_words, shown
from reconciler.files.gallery_writer import GalleryInUse, GalleryWriter
from reconciler.render.problem import warnings_view

_SHOWN: Final = 8
"""Names in one line."""


async def run_gallery(context: CommandContext, name: str, request: GalleryRunRequest) -> int:
    """The exit code: 1 where a case is not there in the end."""
    settings, console = context.settings, context.console
    desired = validate(settings, context.today)
    gallery = gallery_named(desired, name)
    require_request(desired, gallery, request)
    console.say(warnings_view(desired.warnings))
    warn_of_unused_token(context)
    async with connect(context) as opened:
        planned = await make_plan(opened, settings, desired, Scope())
        announce_server_time(console, opened.clock)
        versions, notes = await versions_of(opened, planned, gallery, request)
        for note in notes:
            console.say_line(f"Note: {note}.")
        with _held(context, gallery) as writer:
            run = run_of(writer, gallery, versions, request, settings.limits)
            if any(task.step is not Step.FINISH for task in run.tasks):
                require_hosts(context, request.hosts)
            _announce(context, gallery, run, versions)
            drawing = await _drawn(context, opened, writer, run, request)
    return _report(context, gallery, run, drawing)


def _held(context: CommandContext, gallery: DesiredGallery) -> GalleryWriter:
    try:
        return GalleryWriter(context.settings.root, gallery.folder)
    except GalleryInUse:
        raise busy(gallery) from None
    except OSError as error:
        place = shown(str(context.settings.root / gallery.folder))
        raise WrongUsage(f"{place} cannot be written to: {error.strerror or error}. Nothing was drawn.") from None


def _announce(
    context: CommandContext, gallery: DesiredGallery, run: GalleryRun, versions: Sequence[GalleryVersion]
) -> None:
    """What is about to be done, and what a person should know of requests that cost."""
    names = in_words([version.name for version in versions], "and")
    begun = len(run.tasks) - len(run.paid)
    what = [f"{count(len(run.paid), 'case')} to draw"] if run.paid else []
    what += [f"{begun} to finish at no cost"] if begun else []
    what += [f"{run.present} there already"] if run.present or not what else []
    context.console.say_line(f"{gallery} for {gallery.model} {names}: {', '.join(what)}.")
    for note in dict.fromkeys(note for task in run.paid for note in task.generation().notes()):
        context.console.say_line(f"Note: {note}.")


async def _drawn(
    context: CommandContext, opened: Session, writer: GalleryWriter, run: GalleryRun, request: GalleryRunRequest
) -> GalleryDrawing:
    drawing = GalleryDrawing(
        opened=opened,
        settings=context.settings,
        writer=writer,
        told=told_by(context),
        hosts=request.hosts,
        patience=request.patience,
    )
    with called_on_signals(drawing.stop):
        await drawing.draw(run.tasks)
    return drawing


def _report(context: CommandContext, gallery: DesiredGallery, run: GalleryRun, drawing: GalleryDrawing) -> int:
    """What is not there, and how it gets there."""
    for line in _left(run.left):
        context.console.say_line(line)
    begun = [ending.task for ending in drawing.endings]
    undone = [task.name for task in run.tasks if not any(task is one for one in begun)]
    if undone:
        context.console.say_line(f"Not finished: {_listed(undone)}. Run it again to go on.")
    kept = _kept(drawing.endings)
    lacking = len(run.left) + len(run.tasks) - kept
    if lacking:
        context.console.say_line(f"{gallery}: {lacking} of {count(lacking + kept + run.present, 'case')} not there.")
    return FAILED if lacking else DONE


def _left(results: Iterable[CaseResult]) -> Iterator[str]:
    """What was left as it is. Cases of one column that stand alike are told together."""
    alike: dict[tuple[str, CaseState, str], list[str]] = {}
    for one in results:
        alike.setdefault((one.column.folder_name, one.state, one.reason), []).append(one.case)
    for (column, state, reason), names in alike.items():
        is_one = len(names) == 1
        way = f"`--again {names[0] if is_one else 'CASE'}` pays once more"
        if state is CaseState.STALE:
            way = f"--refresh draws {'it' if is_one else 'them'} again"
        yield f"{_listed(names)} ({column}) {'is' if is_one else 'are'} {state.value}: {reason}; {way}."


def _listed(names: Sequence[str]) -> str:
    shown_names, more = names[:_SHOWN], len(names) - _SHOWN
    return in_words(shown_names if more < 1 else [*shown_names, f"{more} more"], "and")


def _kept(endings: Iterable[Ending]) -> int:
    return sum(bool(ending.file) for ending in endings)
