"""Servers on a raw socket that do one wrong thing each, and what else the tests of this room share."""

import asyncio
import hashlib
import io
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from reconciler.api.caller import Pace
from reconciler.api.client import Client
from reconciler.api.endpoint import Endpoint, parse_endpoint
from reconciler.api.network import DIRECT, Network
from reconciler.api.observer import Exchange
from reconciler.api.token import Token
from reconciler.clock import Clock, SystemClock

CANARY = "canary-token/with+specials=="
PROJECT = b'{"id": 7, "project_name": "p"}'
IMPATIENT = Pace(deadline=5.0, patience=0.0, read_seconds=5.0, reach=0.0)
"""One try for each call."""


@dataclass(slots=True)
class Seen:
    """What a peer received: the head of each request, and so much of its body as came."""

    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status} Reason", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def says(data: bytes) -> Behaviour:
    """Write this and close."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return behave


async def resets(writer: asyncio.StreamWriter) -> None:
    """Reset the connection without an answer."""
    writer.transport.abort()


@asynccontextmanager
async def peer(
    *behaviours: Behaviour, reads_body: bool = True, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Endpoint, Seen]]:
    """A server that behaves so to its first request, so to its second; the last behaviour serves all that follow."""
    seen = Seen()
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            seen.heads.append(head)
            seen.bodies.append(await _body(reader, head) if reads_body else b"")
            await behaviours[min(len(seen.heads), len(behaviours)) - 1](writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            running.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield parse_endpoint(f"{'https' if tls else 'http'}://127.0.0.1:{port}"), seen
    finally:
        server.close()
        for task in running:
            task.cancel()


async def _body(reader: asyncio.StreamReader, head: str) -> bytes:
    lengths = [line.split(":")[1] for line in head.lower().splitlines() if line.startswith("content-length:")]
    wanted = int(lengths[0]) if lengths else 0
    found = b""
    while len(found) < wanted and (piece := await reader.read(65536)):
        found += piece
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """An image source in memory; `now` are the bytes that are read, `then` those that were hashed."""

    then: bytes
    now: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.then).hexdigest()

    @property
    def size(self) -> int:
        return len(self.then)

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.now)


@dataclass(slots=True)
class Watch:
    """An observer that remembers."""

    begun: list[Exchange] = field(default_factory=list)
    ended: list[Exchange] = field(default_factory=list)
    waits: list[tuple[float, str]] = field(default_factory=list)

    def before(self, exchange: Exchange) -> None:
        self.begun.append(exchange)

    def after(self, exchange: Exchange) -> None:
        self.ended.append(exchange)

    def throttled(self, seconds: float, reason: str) -> None:
        self.waits.append((seconds, reason))


def client_of(
    endpoint: Endpoint,
    *,
    pace: Pace = IMPATIENT,
    clock: Clock | None = None,
    watch: Watch | None = None,
    network: Network = DIRECT,
) -> Client:
    """A client with the canary token, over the network."""
    return Client(endpoint, Token(CANARY), clock=clock or SystemClock(), pace=pace, observer=watch, network=network)
