"""A client on the endpoint of the settings: over the network, or on a simulator embedded in the process."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.api.caller import pace_of
from reconciler.api.client import Client
from reconciler.api.observer import Exchange, Observer
from reconciler.api.token import FILE_VARIABLE, VARIABLE, Token, TokenRefused, read_token
from reconciler.api.transport import EmbeddedTransport
from reconciler.app.fault import Unusable
from reconciler.app.settings import Settings
from reconciler.clock import Clock, SimulatedClock, SystemClock

if TYPE_CHECKING:
    from reconciler.simulator import Simulator

NOBODY = "embedded-simulator"
"""The token that an embedded simulator gets: never the real one."""

_log = logging.getLogger("reconciler.calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open client and the clock that it and everything above it live by."""

    client: Client
    clock: Clock


def clock_of(settings: Settings) -> Clock:
    """The clock to live by: simulated with an embedded simulator, so that waiting, also for hours, costs nothing."""
    return SimulatedClock() if settings.endpoint.is_simulator else SystemClock()


@asynccontextmanager
async def session(settings: Settings, clock: Clock, watchers: Sequence[Observer] = ()) -> AsyncIterator[Session]:
    """Open a session; Unusable where a token is needed and there is none that will do."""
    watch = Watch((Log(), *watchers))
    pace = pace_of(settings.tier, concurrency=settings.concurrency)
    if not settings.endpoint.is_simulator:
        async with Client(settings.endpoint, need_token(settings), clock=clock, pace=pace, observer=watch) as client:
            yield Session(client=client, clock=clock)
        return
    from reconciler.app.simulate import Simulation, open_world

    simulator = open_world(Simulation(store=settings.endpoint.store), clock)
    transport = embedded(simulator, clock)
    client = Client(settings.endpoint, Token(NOBODY), clock=clock, pace=pace, observer=watch, transport=transport)
    try:
        async with client:
            yield Session(client=client, clock=clock)
    finally:
        simulator.close()


def need_token(settings: Settings) -> Token:
    """The token of the environment; Unusable where there is none or it will not do, its value never shown."""
    try:
        token = read_token(settings.environ)
    except TokenRefused as error:
        raise Unusable(f"{error}.") from None
    if token is None:
        raise Unusable(
            f"No token: set {VARIABLE}, or {FILE_VARIABLE}; "
            "`reconciler plan --base REV` and `--endpoint simulator` need none."
        )
    return token


def embedded(simulator: "Simulator", clock: Clock) -> EmbeddedTransport:
    """A transport that asks a simulator of this process."""
    from reconciler.simulator import Dropped, Request

    def handle(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes, float]:
        reply = simulator.handle(Request(method=method, path=path, query=query, headers=headers, body=body))
        return reply.status, reply.headers, reply.body, reply.delay

    return EmbeddedTransport(handle, clock=clock, losses={Dropped: "silent"})


class Watch:
    """Several observers as one, asked in their order."""

    def __init__(self, watchers: Sequence[Observer]) -> None:
        self._watchers = watchers

    def before(self, exchange: Exchange) -> None:
        """Before a request."""
        for watcher in self._watchers:
            watcher.before(exchange)

    def after(self, exchange: Exchange) -> None:
        """After its answer."""
        for watcher in self._watchers:
            watcher.after(exchange)

    def throttled(self, seconds: float, reason: str) -> None:
        """When one waits."""
        for watcher in self._watchers:
            watcher.throttled(seconds, reason)


class Log:
    """Says each exchange to whoever asked with `-v` (what became of it) or `-vv` (also before it is sent)."""

    def before(self, exchange: Exchange) -> None:
        """A request, in so many words; no host, no query, no body."""
        _log.debug("%s %s (%s, attempt %d)", exchange.method, exchange.path, exchange.operation, exchange.attempt)

    def after(self, exchange: Exchange) -> None:
        """Its answer."""
        what = exchange.failure or str(exchange.status)
        _log.info("%s %s: %s in %.1f s", exchange.method, exchange.path, what, exchange.seconds)

    def throttled(self, seconds: float, reason: str) -> None:
        """A wait."""
        _log.info("waiting %.0f s: %s", seconds, reason)
