"""The simulator over a real socket."""

import asyncio
import ipaddress
import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final, TextIO

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.simulator.asgi import Message, Record, create_app, real_sleep
from reconciler.simulator.aside import working_aside
from reconciler.simulator.request import Request
from reconciler.simulator.route import ROOT
from reconciler.simulator.simulator import Simulator

LOOPBACK: Final = "127.0.0.1"


class ServeError(ValueError):
    """The simulator cannot be served there; the message is fit for a user."""


def serve(
    simulator: Simulator,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    request_log: Path | str | None = None,
    started: Callable[[str], object] = str,
) -> None:
    """Serve until SIGINT or SIGTERM, and then return.

    `started` is told the base address, with the port that was found free where `port` is 0. `request_log` is a file
    to which one JSON line is added for each exchange; a status of 0 means that the connection was dropped.
    """
    with _listening(host, port) as bound, _recording(request_log) as record, working_aside(simulator):
        server = _Server(_config(simulator, record))
        simulator.is_served_at(_address(bound))
        started(_address(bound))
        server.run(sockets=[bound])


@contextmanager
def serving(
    simulator: Simulator,
    *,
    host: str = LOOPBACK,
    port: int = 0,
    request_log: Path | str | None = None,
) -> Iterator[str]:
    """Serve from a thread of its own while the block runs; gives the base address."""
    with _listening(host, port) as bound, _recording(request_log) as record, working_aside(simulator):
        server = _Server(_config(simulator, record))
        simulator.is_served_at(_address(bound))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            yield _address(bound)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket; it names TCP as its protocol because asyncio switches Nagle's delay off only then."""
    try:
        address = ipaddress.ip_address(LOOPBACK if host == "localhost" else host)
    except ValueError:
        raise ServeError(f"{host!r} is not an IP address") from None
    if not address.is_loopback:
        raise ServeError(f"the simulator is served on this machine only, not on {host}")
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((str(address), port))
            bound.listen(128)
        except (OSError, OverflowError) as error:
            raise ServeError(f"cannot listen on {host}:{port}: {error}") from error
        yield bound


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}{ROOT}" if ":" in host else f"http://{host}:{port}{ROOT}"


@contextmanager
def _recording(path: Path | str | None) -> Iterator[Record | None]:
    if path is None:
        yield None
        return
    with Path(path).open("a", encoding="utf-8") as file:
        yield _recorder(file)


def _recorder(file: TextIO) -> Record:
    def record(request: Request, status: int) -> None:
        file.write(json.dumps({"method": request.method, "path": request.path, "status": status}) + "\n")
        file.flush()

    return record


def _config(simulator: Simulator, record: Record | None) -> uvicorn.Config:
    connections: dict[tuple[str, int], asyncio.Transport] = {}

    def drop(scope: Message) -> None:
        connections[tuple(scope["client"])].close()

    return uvicorn.Config(
        create_app(simulator, sleep=real_sleep, drop=drop, record=record),
        http=_tracking(connections),
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="critical",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


def _tracking(connections: dict[tuple[str, int], asyncio.Transport]) -> type[asyncio.Protocol]:
    """An HTTP protocol that notes its connections by the client's address, so that one can be closed unanswered."""

    class Tracked(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            connections[transport.get_extra_info("peername")[:2]] = transport
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.transport.get_extra_info("peername")[:2], None)
            super().connection_lost(exc)

    return Tracked


class _Server(uvicorn.Server):
    """A server that ends with its signals instead of raising them once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.should_exit = True

        before: dict[int, Any] = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
