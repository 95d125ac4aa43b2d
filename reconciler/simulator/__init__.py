"""A simulator of the Tailored Generation API: a second, independent reading of its documents, with a clock of its own.

Nothing here imports from the rest of `reconciler`, so that a misreading on one side cannot hide one on the other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.simulator.clock import Clock, ManualClock, RealClock
from reconciler.simulator.fault import Fault, FaultError, parse_fault
from reconciler.simulator.request import Dropped, Instead, Request, Response
from reconciler.simulator.simulator import Hook, LogEntry, Simulator
from reconciler.simulator.store import MemoryStore, SqliteStore, Store, StoreError
from reconciler.simulator.switch import SWITCHES, SwitchError, parse_switch
from reconciler.simulator.world import World

if TYPE_CHECKING:
    from reconciler.simulator.asgi import App, Sleep


def create_app(simulator: Simulator, *, sleep: "Sleep | None" = None) -> "App":
    """The simulator as an ASGI application; `sleep` waits real seconds before slow answers, by default nothing does."""
    from reconciler.simulator import asgi  # noqa: PLC0415 - not everybody serves

    return asgi.create_app(simulator, sleep=sleep or asgi.no_sleep)


def serve(
    simulator: Simulator,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    request_log: Path | str | None = None,
    started: Callable[[str], object] = str,
) -> None:
    """Serve over a socket of this machine until SIGINT or SIGTERM; `started` is told the base address."""
    from reconciler.simulator import server  # noqa: PLC0415 - not everybody serves

    server.serve(simulator, host=host, port=port, request_log=request_log, started=started)


@contextmanager
def serving(
    simulator: Simulator,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    request_log: Path | str | None = None,
) -> Iterator[str]:
    """Serve from a thread while the block runs; gives the base address."""
    from reconciler.simulator import server  # noqa: PLC0415 - not everybody serves

    with server.serving(simulator, host=host, port=port, request_log=request_log) as address:
        yield address


__all__ = [
    "SWITCHES",
    "Clock",
    "Dropped",
    "Fault",
    "FaultError",
    "Hook",
    "Instead",
    "LogEntry",
    "ManualClock",
    "MemoryStore",
    "RealClock",
    "Request",
    "Response",
    "Simulator",
    "SqliteStore",
    "Store",
    "StoreError",
    "SwitchError",
    "World",
    "create_app",
    "parse_fault",
    "parse_switch",
    "serve",
    "serving",
]
