"""Fold what an apply told into its report, and the report into an exit code."""

from collections.abc import Iterable

from reconciler.core.action import CloneDataset, CreateDataset, CreateProject, StartTraining
from reconciler.core.event import EndReason, Event, Finished, Outcome, Report, Result
from reconciler.core.plan import Plan
from reconciler.core.run.ending import INTERRUPTED
from reconciler.core.text import count, in_words

_UNTOLD = f"{INTERRUPTED}: nobody saw how it ended; the next apply looks what became of it"
_PRECEDENCE = (1, 4, 5)
"""A failure is said before a refusal, and that before a deadline: it is what a person must look at first."""


def fold(plan: Plan, events: Iterable[Event], *, calls: int, seconds: float, interrupted: bool = False) -> Report:
    """One result for every planned action, in the plan's order, whatever the stream of events was cut down to.

    `interrupted` says that a person stopped the run, though it may have had nothing left to do.
    """
    events = tuple(events)
    begun = {event.action for event in events if event.event == "started"}
    ended = {event.action: event for event in events if isinstance(event, Finished)}
    results = []
    for action in plan.actions:
        finished = ended.get(action.id) or _untold(action.id, begun=action.id in begun)
        results.append(
            Result(
                action=action.id,
                ref=action.ref,
                outcome=finished.outcome,
                detail=finished.detail,
                id=finished.id,
                exit_code=finished.exit_code,
                reason=finished.reason,
            )
        )
    return Report(
        results=tuple(results),
        calls=calls,
        seconds=seconds,
        interrupted=interrupted or any(result.reason is EndReason.INTERRUPTED for result in results),
        notes=_notes(plan, ended),
    )


def _untold(action: str, *, begun: bool) -> Finished:
    """The ending of an action whose own was never seen."""
    if begun:
        outcome, detail = Outcome.UNKNOWN, _UNTOLD
    else:
        outcome, detail = Outcome.SKIPPED, INTERRUPTED
    return Finished(action=action, at=0.0, outcome=outcome, detail=detail, exit_code=1, reason=EndReason.INTERRUPTED)


def _notes(plan: Plan, ended: dict[str, Finished]) -> tuple[str, ...]:
    """What goes on after the apply, a sentence each."""
    reasons = {id_: finished.reason for id_, finished in ended.items()}
    waiting = {action.ref for action in plan.actions if reasons.get(action.id) is EndReason.WAITS_FOR_CAPTIONS}
    blocked = sum(reasons.get(action.id) is EndReason.NO_CAPACITY for action in plan.actions)
    running = sum(
        isinstance(action.step, StartTraining) and action.id in ended and _is_running(ended[action.id])
        for action in plan.actions
    )
    notes = []
    if any(reason is EndReason.OTHER_FAMILY for reason in reasons.values()):
        notes.append(_left_behind(plan, ended))
    if kept := [finished.detail for finished in ended.values() if finished.reason is EndReason.NAME_KEPT]:
        more = f" (and {count(len(kept) - 1, 'more')})" if len(kept) > 1 else ""
        notes.append(
            f"{kept[0]}{more}: adopted under the name that people gave; write `keep_name: true` into its entry in "
            "adopted.yaml, and no apply tries again"
        )
    if waiting:
        notes.append(f"captions of {count(len(waiting), 'object')} are still awaited: the next apply goes on")
    if running:
        notes.append(f"{count(running, 'training')} running: `reconciler wait`, or the next apply, sees how it ends")
    if blocked:
        notes.append(f"{count(blocked, 'model')} not started, the API has no capacity now: the next apply goes on")
    return tuple(notes)


def _left_behind(plan: Plan, ended: dict[str, Finished]) -> str:
    """What a run made before it learned of the family, and how it goes away."""
    steps = (CreateProject, CreateDataset, CloneDataset)
    made = [(action, ended[action.id].id) for action in plan.actions if isinstance(action.step, steps)]
    names = [f"{action.ref.kind.value} {live_id}" for action, live_id in made if live_id is not None]
    return f"created before that was known, and empty: {in_words(names, 'and')}; `reconciler destroy` removes them"


def _is_running(finished: Finished) -> bool:
    return finished.outcome is Outcome.SUCCEEDED and finished.reason is not EndReason.TRAINED


def exit_code(report: Report) -> int:
    """0 done; 1 something failed, is unknown or was interrupted; 4 another apply is at work; 5 a deadline was met.

    Of several the first in this order: 1, 4, 5.
    """
    codes = {result.exit_code for result in report.results}
    codes |= {1} if any(result.outcome is Outcome.UNKNOWN for result in report.results) else set()
    return next((code for code in _PRECEDENCE if code in codes), 0)
