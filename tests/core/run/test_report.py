"""Folding events into a report, and a report into an exit code."""

import pytest

from reconciler.core.action import Action, CompleteDataset, StartTraining, WriteCaptions
from reconciler.core.event import EndReason, Event, Finished, Outcome, Progressed, Started, Throttled
from reconciler.core.plan import Plan, Subject
from reconciler.core.run.report import exit_code, fold
from tests.core.build import DATASET, MODEL

SUBJECT = Subject(endpoint="simulator", tier="starter", projects=1, datasets=1, images=1, models=1)
PLAN = Plan(
    tool="1",
    subject=SUBJECT,
    actions=(
        Action(id="caption", ref=DATASET, step=WriteCaptions(texts=())),
        Action(id="complete", ref=DATASET, step=CompleteDataset(), needs=("caption",)),
        Action(id="train", ref=MODEL, step=StartTraining(id=4, parameters=()), needs=("complete",)),
    ),
)


def done(action: str, outcome: Outcome = Outcome.SUCCEEDED, reason: EndReason | None = None, code: int = 0) -> Finished:
    """The ending of one action."""
    return Finished(action=action, at=1.0, outcome=outcome, exit_code=code, reason=reason)


def test_a_whole_run() -> None:
    """Every action has one result in the plan's order, whatever the order of the events."""
    events: tuple[Event, ...] = (
        Started(action="caption", at=0.0),
        Throttled(at=0.5, seconds=3.0, reason="limit"),
        Progressed(action="caption", at=0.7, text="captions written"),
        done("train"),
        done("complete"),
        done("caption"),
    )
    report = fold(PLAN, events, calls=9, seconds=2.0)
    assert [result.action for result in report.results] == ["caption", "complete", "train"]
    assert (report.calls, report.seconds, report.interrupted) == (9, 2.0, False)
    assert report.count(Outcome.SUCCEEDED) == 3
    assert report.notes == ("1 training running: `reconciler wait`, or the next apply, sees how it ends",)
    assert exit_code(report) == 0


def test_a_stream_that_was_cut() -> None:
    """An action that was begun is unknown, one that was not is skipped, and the run was interrupted."""
    report = fold(PLAN, (Started(action="caption", at=0.0),), calls=1, seconds=1.0)
    assert [result.outcome for result in report.results] == [Outcome.UNKNOWN, Outcome.SKIPPED, Outcome.SKIPPED]
    assert report.interrupted
    assert exit_code(report) == 1


def test_a_pulled_brake_is_told() -> None:
    """The caller may know of an interruption that had nothing left to stop."""
    events = tuple(done(action.id) for action in PLAN.actions)
    assert fold(PLAN, events, calls=1, seconds=1.0, interrupted=True).interrupted


def test_what_goes_on_is_said() -> None:
    """What an apply did not wait for is a note, and exit 0."""
    events = (
        done("caption", Outcome.SKIPPED, EndReason.WAITS_FOR_CAPTIONS),
        done("complete", Outcome.SKIPPED, EndReason.WAITS_FOR_CAPTIONS),
        done("train", Outcome.SKIPPED, EndReason.NO_CAPACITY),
    )
    report = fold(PLAN, events, calls=1, seconds=1.0)
    assert report.notes == (
        "captions of 1 object are still awaited: the next apply goes on",
        "1 model not started, the API has no capacity now: the next apply goes on",
    )
    assert exit_code(report) == 0


def test_a_training_that_ended_is_no_note() -> None:
    """A training whose end was awaited is not running."""
    report = fold(PLAN, (done("train", reason=EndReason.TRAINED),), calls=1, seconds=1.0)
    assert report.notes == ()


@pytest.mark.parametrize(
    ("endings", "code"),
    [
        ([done("caption"), done("complete"), done("train")], 0),
        ([done("caption", Outcome.FAILED, code=1), done("complete", Outcome.SKIPPED), done("train")], 1),
        ([done("caption", Outcome.FAILED, code=4), done("complete", Outcome.SKIPPED), done("train")], 4),
        ([done("caption", Outcome.FAILED, code=5), done("complete", Outcome.SKIPPED), done("train")], 5),
        ([done("caption", Outcome.FAILED, code=4), done("complete", Outcome.FAILED, code=1), done("train")], 1),
        ([done("caption", Outcome.FAILED, code=5), done("complete", Outcome.FAILED, code=4), done("train")], 4),
        ([done("caption", Outcome.UNKNOWN), done("complete"), done("train")], 1),
        ([done("caption", Outcome.SKIPPED, EndReason.INTERRUPTED, 1), done("complete"), done("train")], 1),
    ],
)
def test_exit_codes(endings: list[Finished], code: int) -> None:
    """A failure is said before another apply at work, and that before a deadline."""
    assert exit_code(fold(PLAN, endings, calls=1, seconds=1.0)) == code
