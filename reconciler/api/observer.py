"""Who is told of the calls: before each request, after each answer, and when a request has to wait."""

from typing import Protocol

from reconciler.core.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and, when it is over, its result.

    `number` counts the exchanges of a client from 1, `attempt` those of one call. `path` holds no host and no query.
    `status` is None before the answer, and if none came. `failure` is a few safe words, or empty: before the answer, and
    if it could be used. `seconds` is how long it took, 0 before.
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

    An exchange whose task is cancelled has a `before` and no `after`: nobody knows its result.
    """

    def before(self, exchange: Exchange) -> None:
        """A request is about to be sent. An exception from here prevents it, and reaches the caller unchanged."""
        ...

    def after(self, exchange: Exchange) -> None:
        """The exchange ended. Must not raise: the request took effect, and the caller has to learn of its result."""
        ...

    def throttled(self, seconds: float, reason: str) -> None:
        """A request waits: for the rate limit, because the API asked for it, or before the next try."""
        ...


class Unwatched:
    """Nobody watches."""

    def before(self, exchange: Exchange) -> None: ...

    def after(self, exchange: Exchange) -> None: ...

    def throttled(self, seconds: float, reason: str) -> None: ...
