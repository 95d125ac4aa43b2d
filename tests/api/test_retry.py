import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.api.error import Lost, Redirected, Rejected, Unauthorised, UnfitAnswer, Unreachable, WrongAnswer
from reconciler.api.retry import (
    LONGEST_PAUSE,
    PATIENCE,
    Accept,
    Ending,
    GiveUp,
    TryAgain,
    Verdict,
    asked_wait,
    jitters,
    next_step,
)


def verdict(
    ending: Ending, *, is_write: bool, attempt: int = 1, spent: float = 0.0, asked: float | None = None
) -> Verdict:
    """Without a connection, what was spent is also how long there was none."""
    return next_step(ending, is_write=is_write, attempt=attempt, spent=spent, asked=asked, jitter=1.0, away=spent)


@pytest.mark.parametrize(
    ("ending", "read", "late_read", "write", "late_write"),
    [
        (Ending.FIT, None, None, None, None),
        (Ending.REFUSED, Rejected, Rejected, Rejected, Rejected),
        (Ending.FORBIDDEN, Unauthorised, Unauthorised, Unauthorised, Unauthorised),
        (Ending.BARRED, Unreachable, Unreachable, Unreachable, Unreachable),
        (Ending.UNSENT, TryAgain, Unreachable, TryAgain, Unreachable),
        (Ending.LIMITED, TryAgain, Unreachable, TryAgain, Unreachable),
        (Ending.FAULTY, TryAgain, UnfitAnswer, Lost, Lost),
        (Ending.GARBLED, TryAgain, UnfitAnswer, Lost, Lost),
        (Ending.SILENT, TryAgain, UnfitAnswer, Lost, Lost),
        (Ending.WRONG, TryAgain, UnfitAnswer, WrongAnswer, WrongAnswer),
        (Ending.OVERSIZED, UnfitAnswer, UnfitAnswer, WrongAnswer, WrongAnswer),
        (Ending.MOVED, Redirected, Redirected, Redirected, Redirected),
    ],
)
def test_f01_to_f12_what_follows_an_exchange(
    ending: Ending, read: type | None, late_read: type | None, write: type | None, late_write: type | None
) -> None:
    """The whole table: each ending, for a read and a write, at first and when patience is at its end."""
    cases = [(False, 0.0, read), (False, PATIENCE, late_read), (True, 0.0, write), (True, PATIENCE, late_write)]
    for is_write, spent, expected in cases:
        match verdict(ending, is_write=is_write, spent=spent):
            case Accept():
                assert expected is None
            case TryAgain():
                assert expected is TryAgain
            case GiveUp(kind=kind):
                assert expected is kind


@given(
    ending=st.sampled_from(sorted(Ending)),
    attempt=st.integers(1, 10_000),
    spent=st.floats(0, 1000),
    asked=st.none() | st.floats(0, LONGEST_PAUSE),
    jitter=st.floats(0, 1),
    patience=st.floats(0, 1000),
    away=st.floats(0, 1000),
    reach=st.floats(-10, 1000),
)
def test_a_write_is_never_repeated_where_it_may_have_been_done(
    ending: Ending,
    attempt: int,
    spent: float,
    asked: float | None,
    jitter: float,
    patience: float,
    away: float,
    reach: float,
) -> None:
    """And no wait is beyond patience, negative, or so short that it would be a busy loop."""
    for is_write in (True, False):
        found = next_step(
            ending,
            is_write=is_write,
            attempt=attempt,
            spent=spent,
            asked=asked,
            jitter=jitter,
            patience=patience,
            away=away,
            reach=reach,
        )
        left = reach - away if ending is Ending.UNSENT else patience - spent
        if isinstance(found, TryAgain):
            assert not is_write or ending in {Ending.UNSENT, Ending.LIMITED}
            assert min(0.5, left) <= found.seconds <= left
            assert found.for_all == (ending is Ending.LIMITED)


@pytest.mark.parametrize(("ending", "attempts"), [(Ending.OVERSIZED, 1), (Ending.WRONG, 2), (Ending.GARBLED, 6)])
def test_what_is_wrong_in_itself_is_asked_for_at_most_once_more(ending: Ending, attempts: int) -> None:
    """A page of a gateway may be gone in half a minute; what the API means as its answer stays."""
    tries = [verdict(ending, is_write=False, attempt=attempt) for attempt in range(1, attempts + 1)]
    assert tries[-1] == GiveUp(kind=UnfitAnswer)
    assert all(isinstance(one, TryAgain) for one in tries[:-1])


def test_backoff_doubles_up_to_half_a_minute() -> None:
    """1, 2, 4, 8, 16, 30, 30 seconds at most."""
    waits = [verdict(Ending.FAULTY, is_write=False, attempt=attempt) for attempt in range(1, 8)]
    assert [wait.seconds for wait in waits if isinstance(wait, TryAgain)] == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize(("asked", "seconds"), [(None, 15.0), (0.0, 1.0), (7.0, 7.0), (LONGEST_PAUSE, LONGEST_PAUSE)])
def test_f10_a_429_waits_as_asked_or_a_moment(asked: float | None, seconds: float) -> None:
    """Without a header 5 to 15 seconds, with one what it says, never nothing."""
    assert verdict(Ending.LIMITED, is_write=True, asked=asked) == TryAgain(seconds=seconds, for_all=True)
    assert next_step(Ending.LIMITED, is_write=True, attempt=1, spent=0, asked=None, jitter=0.0) == TryAgain(
        seconds=5.0, for_all=True
    )


def test_a_503_that_asks_for_a_wait_gets_it() -> None:
    """A read honours Retry-After of any answer."""
    assert verdict(Ending.FAULTY, is_write=False, asked=20.0) == TryAgain(seconds=20.0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("1000000000", LONGEST_PAUSE),
        ("9" * 5000, LONGEST_PAUSE),
        ("-1", None),
        ("1.5", None),
        ("１２", None),
        ("soon", None),
        ("Tue, 01 Sep 2026 10:00:30 GMT", 30.0),
        ("Tue, 01 Sep 2026 11:00:00 GMT", LONGEST_PAUSE),
        ("Tue, 01 Sep 2026 09:00:00 GMT", None),
        ("Tue, 01 Sep 2026 10:00:30", None),
        ("Tue, 01 Sep 99999999999999 10:00:30 GMT", None),
        ("Tue, 01 Sep " + "9" * 5000 + " 10:00:30 GMT", None),
    ],
)
def test_f10_f39_h68_retry_after_is_believed_if_sane(header: str | None, seconds: float | None) -> None:
    """Seconds, or a date that is compared with the answer's own Date; never with our clock."""
    assert asked_wait(header, "Tue, 01 Sep 2026 10:00:00 GMT") == seconds


def test_f39_a_date_without_a_date_to_compare_it_with_is_ignored() -> None:
    """The server's clock and ours have nothing to do with each other."""
    assert asked_wait("Tue, 01 Sep 2026 10:00:30 GMT", None) is None


def test_spread_follows_from_its_seed() -> None:
    """Two runs wait differently, the same run alike."""
    first, again, other = jitters("1"), jitters("1"), jitters("2")
    drawn = [first() for _ in range(100)]
    assert drawn == [again() for _ in range(100)]
    assert drawn[0] != other()
    assert min(drawn) >= 0
    assert max(drawn) < 1
    assert len(set(drawn)) == 100
