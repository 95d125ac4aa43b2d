"""Whether and when a call is sent again: a pure rule over how its last exchange ended. Reads `Retry-After` too."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from reconciler.api.error import (
    CallFailed,
    Lost,
    Redirected,
    Rejected,
    Unauthorised,
    UnfitAnswer,
    Unreachable,
    WrongAnswer,
)
from reconciler.api.network import REACH
from reconciler.core.value import dataclass

PATIENCE: Final = 300.0
"""Seconds of exchanges and pauses before a call is given up. Waiting for our own rate limit does not count."""

LONGEST_PAUSE: Final = 300.0
"""Seconds. A longer `Retry-After` is cut to this."""

_FIRST_BACKOFF: Final = 1.0
_LONGEST_BACKOFF: Final = 30.0
_PAUSE: Final = (5.0, 15.0)
"""Seconds to wait after a 429 without `Retry-After`, least and most."""

_SHORTEST_PAUSE: Final = 1.0


class Ending(StrEnum):
    """How one exchange ended."""

    FIT = "fit"
    """A 2xx with a body that can be used."""

    REFUSED = "refused"
    """A 4xx: nothing was done."""

    FORBIDDEN = "forbidden"
    """401 or 403."""

    LIMITED = "limited"
    """429: nothing was done, the API counts too many requests."""

    FAULTY = "faulty"
    """408 or a 5xx: the API may have done it all the same."""

    MOVED = "moved"
    """A redirect. It is not followed."""

    OVERSIZED = "oversized"
    """An answer beyond a limit, of which the rest was not read."""

    WRONG = "wrong"
    """An answer that came whole, and whose content cannot be right: an id that is no number."""

    GARBLED = "garbled"
    """An answer that is cut off, empty, or no JSON: the page of a gateway."""

    SILENT = "silent"
    """No answer: the connection was lost after the request had begun."""

    UNSENT = "unsent"
    """No connection, so nothing was sent."""

    BARRED = "barred"
    """TLS could not be verified, or a proxy does not let us through: nothing was sent, and another try cannot help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """The answer can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Send the call once more after so many seconds. With `for_all`, all calls of the bucket wait, not this one alone."""

    seconds: float
    for_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """The call failed, with this kind of error."""

    kind: type[CallFailed]


Verdict = Accept | TryAgain | GiveUp

_GIVEN_UP_AT_ONCE: Final = {
    Ending.MOVED: Redirected,
    Ending.REFUSED: Rejected,
    Ending.FORBIDDEN: Unauthorised,
    Ending.BARRED: Unreachable,
}
_WRONG: Final = frozenset({Ending.OVERSIZED, Ending.WRONG})
"""Answers that came, and are wrong in themselves."""

_ATTEMPTS: Final = {Ending.OVERSIZED: 1, Ending.WRONG: 2, Ending.GARBLED: 6}
"""Tries of a read whose answer cannot be used. The page of a gateway may be gone in half a minute, and what is wrong in
itself stays: a content that cannot be right is asked for once more, one beyond a limit not even that."""

_WITHOUT_EFFECT: Final = frozenset({Ending.UNSENT, Ending.LIMITED})


def next_step(
    ending: Ending,
    *,
    is_write: bool,
    attempt: int,
    spent: float,
    asked: float | None,
    jitter: float,
    patience: float = PATIENCE,
    away: float = 0.0,
    reach: float = REACH,
) -> Verdict:
    """What to do after an exchange.

    `attempt` counts from 1. `spent` is seconds of exchanges and pauses so far. `asked` is the pause that the API asked
    for, if it did. `jitter`, from 0 to 1, varies the pauses. `away` is for how long no connection came about, of
    any call, and `reach` how long that may last.
    """
    if ending is Ending.FIT:
        return Accept()
    if ending in _GIVEN_UP_AT_ONCE:
        return GiveUp(kind=_GIVEN_UP_AT_ONCE[ending])
    if ending is Ending.UNSENT:
        return _once_more(away, reach, attempt, jitter)
    # A write is sent again only if the last one certainly had no effect. A 5xx or a lost answer says nothing about that:
    # whoever asked for the write must look at the live side first, or one request could create two things or pay twice.
    if is_write and ending not in _WITHOUT_EFFECT:
        return GiveUp(kind=WrongAnswer if ending in _WRONG else Lost)
    if attempt >= _ATTEMPTS.get(ending, attempt + 1):
        return GiveUp(kind=UnfitAnswer)
    if spent >= patience:
        return GiveUp(kind=Unreachable if ending in _WITHOUT_EFFECT else UnfitAnswer)
    seconds = _pause(asked, jitter) if ending is Ending.LIMITED or asked is not None else _backoff(attempt, jitter)
    return TryAgain(seconds=min(seconds, patience - spent), for_all=ending is Ending.LIMITED)


def _once_more(away: float, reach: float, attempt: int, jitter: float) -> Verdict:
    """What to do without a connection: nothing was sent, so a write may be tried again as well."""
    left = reach - away
    return TryAgain(seconds=min(_backoff(attempt, jitter), left)) if left > 0 else GiveUp(kind=Unreachable)


def asked_wait(retry_after: str | None, date: str | None) -> float | None:
    """The seconds of a `Retry-After`, at most 300; None if it cannot be understood.

    A date in it is compared with the `Date` of the same answer: our own clock may be wrong.
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


def jitters(seed: str) -> Callable[[], float]:
    """Numbers from 0 to 1 that follow from a seed: two runs pause differently, and one run can be repeated exactly."""
    count = 0

    def jitter() -> float:
        nonlocal count
        count += 1
        return int.from_bytes(sha256(f"{seed} {count}".encode()).digest()[:4], "big") / 2**32

    return jitter


def _pause(asked: float | None, jitter: float) -> float:
    if asked is not None:
        return max(asked, _SHORTEST_PAUSE)
    least, most = _PAUSE
    return least + (most - least) * jitter


def _backoff(attempt: int, jitter: float) -> float:
    """Between half and all of one second, which doubles with each attempt up to thirty."""
    whole = min(_FIRST_BACKOFF * 2.0 ** min(attempt - 1, 10), _LONGEST_BACKOFF)
    return whole * (0.5 + jitter / 2)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError):
        return None
    return found if found.tzinfo is not None else None
