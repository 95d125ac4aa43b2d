"""A real CONNECT proxy on this machine, and a real certificate authority: a corporate network in small."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache

import trustme

LOGIN = "us%40er:canary-pass%2Fword"
"""User and password as they stand in an address."""
AUTHORIZATION = "Basic " + base64.b64encode(b"us@er:canary-pass/word").decode()


@dataclass(slots=True)
class Passed:
    """What a proxy was asked, and every byte that passed it on the way to the server."""

    address: str = ""
    heads: list[str] = field(default_factory=list)
    sent: bytearray = field(default_factory=bytearray)


@cache
def authority() -> trustme.CA:
    """The certificate authority of the network."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


def certified(*names: str) -> ssl.SSLContext:
    """What a server of these names speaks TLS with."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority().issue_cert(*names, key_type=trustme.KeyType.ECDSA).configure_cert(context)
    return context


def headers_of(head: str) -> list[tuple[str, str]]:
    """The headers of a request, with their names in lower case."""
    pairs = (line.partition(": ") for line in head.splitlines()[1:])
    return [(name.lower(), value) for name, _, value in pairs]


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, copy: bytearray) -> None:
    """Pass on what comes, until there is no more."""
    while data := await reader.read(65536):
        copy += data
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def connect_proxy(
    origin: str, *, wants_login: bool = False, refuses: str = "", tls: ssl.SSLContext | None = None
) -> AsyncIterator[Passed]:
    """A proxy that leads every host to the server at `origin`, or refuses with this status line."""
    passed = Passed()
    running: set[asyncio.Task[None]] = set()

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        passed.heads.append(head)
        may_pass = not wants_login or ("proxy-authorization", AUTHORIZATION) in headers_of(head)
        status = refuses or ("200 OK" if may_pass else f"407 {AUTHORIZATION}")
        writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
        if status == "200 OK":
            there, onward = await asyncio.open_connection("127.0.0.1", int(origin.rpartition(":")[2]))
            async with closing(onward):
                await asyncio.gather(pump(reader, onward, passed.sent), pump(there, writer, bytearray()))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            async with closing(writer):
                await tunnel(reader, writer)
        running.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    passed.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield passed
    finally:
        server.close()
        ended = [*running]
        for task in ended:
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)


@asynccontextmanager
async def closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@asynccontextmanager
async def tls_before(address: str, *names: str) -> AsyncIterator[str]:
    """Speak TLS, as a server of these names, for one on this machine that speaks plain HTTP."""
    port = int(address.removesuffix("/v1").rpartition(":")[2])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection("127.0.0.1", port)
        with suppress(OSError, asyncio.CancelledError):
            async with closing(writer), closing(onward):
                await asyncio.gather(pump(reader, onward, bytearray()), pump(there, writer, bytearray()))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=certified(*names))
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
