"""Who makes a model on a completed dataset first, and who waits, as tables."""

import pytest

from reconciler.core.diff.election import model_members
from reconciler.core.run.model_creation import Freeze, is_first, is_known, looks_from
from tests.core.build import live_model

SETTLE = 15.0
SWIFT = Freeze(marked=99.0, still_open=100.0, seen=101.0)
HELD_UP = Freeze(marked=100.0, still_open=101.0, seen=115.0)
LATE_LOOK = Freeze(marked=99.0, still_open=113.0, seen=114.0)
"""Held up between the read that showed its own mark and the next: somebody else may have given the final name."""


@pytest.mark.parametrize(
    ("freeze", "made", "first"),
    [
        (SWIFT, 107.5, True),
        (SWIFT, 107.6, False),
        (HELD_UP, 108.0, False),
        (LATE_LOOK, 115.0, False),
        (None, 1.0, False),
    ],
)
def test_who_need_not_settle(freeze: Freeze | None, made: float, first: bool) -> None:
    """Whose model is there within half of `settle` after the last look at the draft."""
    assert is_first(freeze, made, SETTLE) is first


@pytest.mark.parametrize(
    ("freeze", "moment"),
    [(SWIFT, float("-inf")), (HELD_UP, 115.0 + 22.5), (LATE_LOOK, 114.0 + 22.5), (None, 90.0 + 22.5)],
)
def test_from_when_on_lists_show_what_others_made(freeze: Freeze | None, moment: float) -> None:
    """Who completed the dataset waits for nobody; all others, and who was held up, for `settle` and the head start."""
    assert looks_from(freeze, 90.0, SETTLE) == moment


def test_a_list_that_shows_a_model_in_time_cannot_miss_the_first() -> None:
    """The head start and a lag just below `settle` end before anybody else looks."""
    latest = SWIFT.still_open + SETTLE * 0.5
    assert is_first(SWIFT, latest, SETTLE)
    assert looks_from(None, SWIFT.still_open, SETTLE) - latest >= SETTLE


def test_a_dataset_that_bears_a_model() -> None:
    """Any model of the manifest on it will do."""
    versions = model_members((live_model(3, "max v1 (abbbbbbbbbbbb)", dataset_id=7),), "max")
    assert is_known(versions, 7)
    assert not is_known(versions, 8)
    assert not is_known((), 7)
