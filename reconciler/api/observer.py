"""Who watches the calls: told before each request, after each answer, and when a request has to wait."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and, once it is over, what became of it.

    `number` counts the exchanges of a client from 1, `attempt` those of one call. `path` holds no host and no query.
    `status` is None before, and after where no answer came. `failure` is empty before, and where the answer served;
    else a few safe words. `seconds` is how long it took, 0 before.
    """

    number: int
    operation: str
    method: str
    path: str
    attempt: int
    is_write: bool
    status: int | None = None
    failure: str = ""
    seconds: float = 0.0


class Observer(Protocol):
    """Is told of each exchange of a client, in the order in which they are sent.

    One whose task is cancelled on the way has a `before` and no `after`: nobody knows what became of it.
    """

    def before(self, exchange: Exchange) -> None:
        """A request is about to be sent; an exception from here prevents it, and goes to the caller as it is."""
        ...

    def after(self, exchange: Exchange) -> None:
        """The exchange ended. Must not raise: what was done stays done, and the caller has to learn of it."""
        ...

    def throttled(self, seconds: float, reason: str) -> None:
        """A request waits: for the rate limit, because the API asked for it, or before it is tried again."""
        ...


class Unwatched:
    """Nobody watches."""

    def before(self, exchange: Exchange) -> None: ...

    def after(self, exchange: Exchange) -> None: ...

    def throttled(self, seconds: float, reason: str) -> None: ...
