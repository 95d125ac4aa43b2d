"""Whether a call is sent again: a pure rule from how an exchange ended, and the words in which waiting is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from reconciler.api.error import CallFailed, Lost, Rejected, Unauthorised, UnfitAnswer, Unreachable

PATIENCE: Final = 300.0
"""Seconds of trying, waiting for our own rate limit not counted, before a call is given up."""

LONGEST_PAUSE: Final = 300.0
_FIRST_BACKOFF: Final = 1.0
_LONGEST_BACKOFF: Final = 30.0
_PAUSE: Final = (5.0, 15.0)
_SHORTEST_PAUSE: Final = 1.0
_GARBLED_ATTEMPTS: Final = 6
"""A page in place of an answer may be gone in half a minute; what is still unfit then will stay so."""


class Ending(StrEnum):
    """How one exchange ended."""

    FIT = "fit"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    LIMITED = "limited"
    FAULTY = "faulty"
    MOVED = "moved"
    GARBLED = "garbled"
    SILENT = "silent"
    UNSENT = "unsent"
    INSECURE = "insecure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """The answer serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Send the call once more after so many seconds; `for_all`: the whole bucket waits, not this call alone."""

    seconds: float
    for_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """The call failed, in this way."""

    kind: type[CallFailed]


Verdict = Accept | Again | GiveUp

_AT_ONCE: Final = {
    Ending.REFUSED: Rejected,
    Ending.FORBIDDEN: Unauthorised,
    Ending.INSECURE: Unreachable,
}
_NOTHING_SENT: Final = frozenset({Ending.UNSENT, Ending.LIMITED})


def after(
    ending: Ending,
    *,
    is_write: bool,
    attempt: int,
    spent: float,
    asked: float | None,
    draw: float,
    patience: float = PATIENCE,
) -> Verdict:
    """What follows an exchange.

    `attempt` counts from 1; `spent` is seconds of exchanges and waits so far; `asked` what the API asked to wait, if
    it did; `draw` from 0 to 1 spreads the waits. A write is sent again only where the last one had no effect.
    """
    if ending is Ending.FIT:
        return Accept()
    if ending in _AT_ONCE:
        return GiveUp(kind=_AT_ONCE[ending])
    if is_write and ending not in _NOTHING_SENT:
        return GiveUp(kind=Lost)
    if ending is Ending.MOVED or (ending is Ending.GARBLED and attempt >= _GARBLED_ATTEMPTS):
        return GiveUp(kind=UnfitAnswer)
    if spent >= patience:
        return GiveUp(kind=Unreachable if ending in _NOTHING_SENT else UnfitAnswer)
    wish = _pause(asked, draw) if ending is Ending.LIMITED or asked is not None else _backoff(attempt, draw)
    return Again(seconds=min(wish, patience - spent), for_all=ending is Ending.LIMITED)


def asked_wait(retry_after: str | None, date: str | None) -> float | None:
    """The seconds of a `Retry-After`; a date in it is compared with the answer's own `Date`, never with our clock.

    None for whatever is not sane: then the usual pause serves.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:10]), LONGEST_PAUSE)
    until, now = _moment(text), _moment(date or "")
    if until is None or now is None:
        return None
    seconds = (until - now).total_seconds()
    return min(seconds, LONGEST_PAUSE) if seconds >= 0 else None


def spread(seed: str) -> Callable[[], float]:
    """Numbers from 0 to 1 that follow from a seed: waits of two runs differ, and those of one can be repeated."""
    count = 0

    def draw() -> float:
        nonlocal count
        count += 1
        return int.from_bytes(sha256(f"{seed} {count}".encode()).digest()[:4], "big") / 2**32

    return draw


def _pause(asked: float | None, draw: float) -> float:
    if asked is not None:
        return max(asked, _SHORTEST_PAUSE)
    least, most = _PAUSE
    return least + (most - least) * draw


def _backoff(attempt: int, draw: float) -> float:
    """One second, doubled at each attempt up to thirty, and between half and all of it."""
    whole = min(_FIRST_BACKOFF * 2.0 ** min(attempt - 1, 10), _LONGEST_BACKOFF)
    return whole * (0.5 + draw / 2)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError):
        return None
    return found if found.tzinfo is not None else None
