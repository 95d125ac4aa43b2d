"""A client for the endpoint of the settings: over the network, or to a simulator embedded in this process."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.api.caller import pace_of
from reconciler.api.client import Client
from reconciler.api.observer import Exchange, Observer
from reconciler.api.token import FILE_VARIABLE, VARIABLE, Token, TokenRefused, read_token
from reconciler.api.transport import EmbeddedTransport
from reconciler.app.exceptions import WrongUsage
from reconciler.app.settings import Settings
from reconciler.clock import Clock, PacedClock, SimulatedClock, SystemClock
from reconciler.core.value import dataclass

if TYPE_CHECKING:
    from reconciler.simulator import Simulator

STAND_IN = "embedded-simulator"
"""The token for an embedded simulator. It never gets the real one."""

BOTH_FAMILIES = ("era=mixed",)
"""How an embedded simulator plays: as an account that knows both families, so that manifests of either can be tried."""

_log = logging.getLogger("reconciler.calls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open client, and the clock that it and everything above it use."""

    client: Client
    clock: Clock


def clock_of(settings: Settings) -> Clock:
    """The clock to use. With an embedded simulator it is simulated, so that waiting for hours takes no time.

    A server on this machine is believed about the speed of its time, as `reconciler simulate` tells it. No other is: it
    could make a run hurry or wait for ever.
    """
    if settings.endpoint.is_simulator:
        return SimulatedClock()
    return PacedClock() if settings.endpoint.is_loopback else SystemClock()


@asynccontextmanager
async def session(settings: Settings, clock: Clock, watchers: Sequence[Observer] = ()) -> AsyncIterator[Session]:
    """Open a session. WrongUsage if a token is needed and there is none that can be used."""
    watch = ObserverGroup((CallLog(), *watchers))
    pace = pace_of(settings.tier, concurrency=settings.concurrency, reach=settings.patience)
    if not settings.endpoint.is_simulator:
        token = require_token(settings)
        client = Client(settings.endpoint, token, clock=clock, pace=pace, observer=watch, network=settings.network)
        async with client:
            yield Session(client=client, clock=clock)
        return
    from reconciler.app.simulate import Simulation, make_room, open_world

    if settings.is_simulated_by_tree and settings.endpoint.store is not None:
        make_room(Path(settings.endpoint.store))
    simulator = open_world(Simulation(store=settings.endpoint.store, switches=BOTH_FAMILIES), clock)
    transport = embedded(simulator, clock)
    client = Client(settings.endpoint, Token(STAND_IN), clock=clock, pace=pace, observer=watch, transport=transport)
    try:
        async with client:
            yield Session(client=client, clock=clock)
    finally:
        simulator.close()


def require_token(settings: Settings) -> Token:
    """The token of the environment. WrongUsage if there is none or it cannot be used; its value is never shown."""
    try:
        token = read_token(settings.environ)
    except TokenRefused as error:
        raise WrongUsage(f"{error}.") from None
    if token is None:
        raise WrongUsage(
            f"No token: set {VARIABLE}, or {FILE_VARIABLE}; "
            "`reconciler plan --base REV` and `--endpoint simulator` need none."
        )
    return token


def embedded(simulator: "Simulator", clock: Clock) -> EmbeddedTransport:
    """A transport to a simulator in this process."""
    from reconciler.simulator import Dropped, Request

    def handle(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes, float]:
        reply = simulator.handle(Request(method=method, path=path, query=query, headers=headers, body=body))
        return reply.status, reply.headers, reply.body, reply.delay

    return EmbeddedTransport(handle, clock=clock, losses={Dropped: "silent"})


class ObserverGroup:
    """Several observers as one. They are told in their order."""

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


class CallLog:
    """Logs each exchange: its result, which `-v` prints, and before it is sent, which `-vv` prints."""

    def before(self, exchange: Exchange) -> None:
        """A request, without host, query and body."""
        _log.debug("%s %s (%s, attempt %d)", exchange.method, exchange.path, exchange.operation, exchange.attempt)

    def after(self, exchange: Exchange) -> None:
        """Its answer."""
        what = exchange.failure or str(exchange.status)
        _log.info("%s %s: %s in %.1f s", exchange.method, exchange.path, what, exchange.seconds)

    def throttled(self, seconds: float, reason: str) -> None:
        """A wait."""
        _log.info("waiting %.0f s: %s", seconds, reason)
