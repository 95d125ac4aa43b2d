"""How actions end: outcome, words, exit code, and the reason that the report counts by."""

import pytest

from reconciler.core.event import EndReason, Outcome
from reconciler.core.run.ending import (
    Ending,
    another_apply,
    failed,
    interrupted,
    no_capacity,
    skip_for,
    skipped,
    succeeded,
    trained,
    unknown,
    waits_for_captions,
)


def test_skip_for() -> None:
    """A dependant of a failure names it; one of a skipped action has the same reason."""
    assert skip_for("x", failed("broke")) == skipped("a need failed: x")
    assert skip_for("x", unknown("lost", 3)) == skipped("it is unknown whether a need was done: x")
    assert skip_for("x", waits_for_captions()) == waits_for_captions()
    assert skip_for("x", interrupted()).exit_code == 1
    assert succeeded("done", 4).exit_code == 0


@pytest.mark.parametrize(
    ("ending", "reason", "outcome", "exit_code"),
    [
        (trained(4), EndReason.TRAINED, Outcome.SUCCEEDED, 0),
        (waits_for_captions(), EndReason.WAITS_FOR_CAPTIONS, Outcome.SKIPPED, 0),
        (no_capacity("try later"), EndReason.NO_CAPACITY, Outcome.SKIPPED, 0),
        (another_apply("it is faster", 4), EndReason.ANOTHER_APPLY, Outcome.FAILED, 4),
        (interrupted(), EndReason.INTERRUPTED, Outcome.SKIPPED, 1),
        (interrupted(sent=True), EndReason.INTERRUPTED, Outcome.FAILED, 1),
        (interrupted(under_way=True, sent=True), EndReason.INTERRUPTED, Outcome.UNKNOWN, 1),
    ],
)
def test_endings_that_a_report_counts(ending: Ending, reason: EndReason, outcome: Outcome, exit_code: int) -> None:
    """The reason is a word of a closed set, so nothing has to be read out of the detail."""
    assert (ending.reason, ending.outcome, ending.exit_code) == (reason, outcome, exit_code)
    assert ending.detail
