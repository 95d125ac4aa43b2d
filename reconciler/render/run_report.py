"""The report after an apply: what is live now, what was not done and why, what to do, and what it took."""

from collections import Counter
from collections.abc import Iterator

from reconciler.core.account import Account
from reconciler.core.action import (
    Action,
    CompleteDataset,
    CreateModel,
    CreateProject,
    DeleteCheckpoint,
    DeleteObject,
    RenameObject,
    StartTraining,
    Step,
    StopTraining,
    UpdateModel,
    UpdateProject,
)
from reconciler.core.event import EndReason, Outcome, Report, Result
from reconciler.core.plan import Plan
from reconciler.core.ref import Ref
from reconciler.core.run.report import exit_code
from reconciler.core.text import count
from reconciler.render.plan_report.changes import changed_objects
from reconciler.render.view import Block, Item, Items, Line, Paragraph, Role, View, folded, say, screen
from reconciler.render.words import duration, sentence

FOLD_SKIPPED = 10


def report_view(plan: Plan, report: Report, *, command: str = "reconciler apply") -> View:
    """The report; short where all went well, or waits for something as it was asked to.

    `command` is what goes on with it after a failure.
    """
    notes = [Line(text=say(f"note: {note}.")) for note in report.notes]
    last = Line(text=say(_summary(plan, report), Role.STRONG))
    if exit_code(report) == 0:
        return screen(_section("Not yet:", [*_skipped(report)]), [*notes, last])
    return screen(
        _section("Live now:", _live(plan, report)),
        _section("Not done:", [*_broken(report), *_skipped(report)]),
        notes,
        [*_what_to_do(report, command), last],
    )


def pin_view(account: Account | None, place: str) -> View:
    """The line that pins an account, for a person to add. It stands by itself, so that it can be copied."""
    if account is None:
        return screen()
    way = f"Add this line to {place}: then a token of another account is refused before it can write."
    return screen([Line(text=say(way)), Line(text=say(f"  {account.line}"))])


def _section(title: str, blocks: list[Block]) -> list[Block]:
    return [Line(text=say(title, Role.STRONG)), *blocks] if blocks else []


def _live(plan: Plan, report: Report) -> list[Block]:
    """One item for each object that the plan changes."""
    outcomes = {result.action: result.outcome for result in report.results}
    by_ref: dict[Ref, list[Action]] = {}
    for action in plan.actions:
        by_ref.setdefault(action.ref, []).append(action)
    stays = {one.ref: one.base_version for one in changed_objects(plan) if one.base_version is not None}
    items = []
    for ref, actions in by_ref.items():
        end = f"; v{stays[ref]} stays as it is" if ref in stays else ""
        text = _state(actions, outcomes, is_completed=_is_completed(plan, ref), end=end)
        items.append(Item(sign=None, name=str(ref), versions=_version(actions), text=say(text)))
    return [Items(items=tuple(items), indent=2)] if items else []


def _version(actions: list[Action]) -> str:
    version = actions[0].version
    return "" if version is None else f"v{version}"


def _state(actions: list[Action], outcomes: dict[str, Outcome], *, is_completed: bool, end: str) -> str:
    """What is live of an object now. `end` says what stays if not all was done."""
    done = [action for action in actions if outcomes.get(action.id) is Outcome.SUCCEEDED]
    if len(done) == len(actions):
        return ", ".join([*_made_state(actions, is_completed=is_completed), *_in_place(actions)])
    steps = f"{len(done)} of {count(len(actions), 'step')} done"
    if not _making(actions):
        return ", ".join([steps if done else "not begun", *_in_place(done)])
    if not done:
        return f"not begun{end}"
    if CreateModel in _steps(done):
        return f"created, not trained{end}"
    return f"an open draft, {steps}{end}" if CompleteDataset in _steps(actions) else f"{steps}{end}"


def _steps(actions: list[Action]) -> set[type[Step]]:
    """The steps that are among these actions, whatever they are done to."""
    return {type(action.step) for action in actions}


def _making(actions: list[Action]) -> list[Action]:
    """The steps that make or change something, apart from those that delete, stop or rename."""
    others = DeleteObject | DeleteCheckpoint | StopTraining | RenameObject
    return [action for action in actions if not isinstance(action.step, others)]


def _in_place(actions: list[Action]) -> Iterator[str]:
    """What was renamed and deleted, in numbers."""
    renamed = sum(isinstance(action.step, RenameObject) for action in actions)
    deleted = sum(isinstance(action.step, DeleteObject) for action in actions)
    if renamed:
        yield f"{count(renamed, 'object')} renamed"
    if deleted:
        yield f"{count(deleted, 'object')} deleted"
    if checkpoints := sum(isinstance(action.step, DeleteCheckpoint) for action in actions):
        yield f"{count(checkpoints, 'checkpoint')} deleted"


def _made_state(actions: list[Action], *, is_completed: bool) -> Iterator[str]:
    """The word for an object all of whose steps were done; none where it was only renamed or deleted."""
    steps = _steps(_making(actions))
    if StartTraining in steps:
        yield "training started"
    elif CompleteDataset in steps:
        yield "completed" if is_completed else "a draft, as desired"
    elif steps:
        yield "created" if {CreateModel, CreateProject} & steps else "changed"


def _is_completed(plan: Plan, ref: Ref) -> bool:
    """Is the dataset completed by the plan, not kept a draft?"""
    wish = plan.wish(ref)
    return wish is not None and wish.completed


def _broken(report: Report) -> Iterator[Block]:
    for result in report.results:
        if result.outcome is Outcome.FAILED:
            yield _why(result, "failed", Role.PROBLEM)
        elif result.outcome is Outcome.UNKNOWN:
            yield _why(result, "unknown: the answer was lost", Role.WARNING)


def _why(result: Result, word: str, role: Role) -> Block:
    rest = (say(result.detail),) if result.detail else ()
    return Paragraph(lead=(*say(f"  {result.action}: "), *say(word, role)), rest=rest, deep=True)


def _skipped(report: Report) -> Iterator[Block]:
    """Steps that were not begun, counted by object and reason."""
    reasons = Counter((result.ref, result.detail) for result in report.results if result.outcome is Outcome.SKIPPED)
    shown, hidden = folded(len(reasons), FOLD_SKIPPED)
    for (ref, detail), number in list(reasons.items())[:shown]:
        why = f": {detail}" if detail else ""
        yield Line(text=say(f"  {ref}: {count(number, 'step')} not begun{why}"))
    if hidden:
        yield Line(text=say(f"  … and {hidden:,} more objects whose steps were not begun", Role.QUIET))


def _what_to_do(report: Report, command: str) -> list[Block]:
    codes = {result.exit_code for result in report.results}
    found = []
    if report.interrupted:
        found.append("Interrupted: running steps were finished, no new one was begun.")
    reasons = {result.reason for result in report.results}
    if EndReason.ANOTHER_APPLY in reasons:
        found.append("Another apply is at work: let it end before you start one again.")
    if 5 in codes:
        found.append("A wait met its deadline; what it waited for goes on at Bria.")
    if EndReason.OTHER_FAMILY in reasons:
        found.append("Declare the other family, or use another account: docs/families.md says what differs.")
        return [Line(text=say(text)) for text in found]
    # What was refused stays refused however often it is tried.
    is_refused = any(result.exit_code == 4 and result.reason is None for result in report.results)
    first = f"See to what is said above, then run `{command}` again" if is_refused else f"Run `{command}` again"
    found.append(f"{first}: it looks at what is live and goes on from there.")
    return [Line(text=say(text)) for text in found]


def _summary(plan: Plan, report: Report) -> str:
    results = {result.action: result for result in report.results}
    done = Counter(
        word
        for action in plan.actions
        if results[action.id].outcome is Outcome.SUCCEEDED and (word := _said(plan, action, results[action.id]))
    )
    parts = [count(number, one, many) for (one, many), number in done.items()]
    parts += _losses(report)
    return f"{sentence(None, ', '.join(parts) or 'Nothing was changed')} {_took(report)}"


def _said(plan: Plan, action: Action, result: Result) -> tuple[str, str] | None:
    """How the last line calls a step that was done, if it counts it."""
    match action.step:
        case RenameObject() if result.reason is EndReason.NAME_KEPT:
            return None
        case CompleteDataset():
            is_completed = _is_completed(plan, action.ref)
            return ("version completed", "versions completed") if is_completed else ("draft filled", "drafts filled")
        case StartTraining() if result.reason is EndReason.TRAINED:
            return "model trained", "models trained"
        case StartTraining():
            return "training started", "trainings started"
        case CreateProject():
            return "project created", "projects created"
        case UpdateProject():
            return "project changed", "projects changed"
        case UpdateModel():
            return "model description changed", "model descriptions changed"
        case _:
            return _said_in_place(action.step)


def _said_in_place(step: Step) -> tuple[str, str] | None:
    """How the last line calls what was renamed, stopped or deleted."""
    match step:
        case RenameObject():
            return "live object renamed", "live objects renamed"
        case StopTraining():
            return "running training stopped", "running trainings stopped"
        case DeleteObject(kind=kind) if not kind.has_versions:
            return f"{kind.value} deleted", f"{kind.plural} deleted"
        case DeleteObject():
            return "version deleted", "versions deleted"
        case DeleteCheckpoint():
            return "checkpoint deleted", "checkpoints deleted"
        case _:
            return None


def _losses(report: Report) -> list[str]:
    words = ((Outcome.FAILED, "failed"), (Outcome.UNKNOWN, "unknown"), (Outcome.SKIPPED, "not begun"))
    return [f"{count(report.count(outcome), 'step')} {word}" for outcome, word in words if report.count(outcome)]


def _took(report: Report) -> str:
    time = duration(report.seconds, is_simulated=report.is_simulated)
    return f"{count(report.calls, 'call')} in {time}."
