"""The simulator as an ASGI application."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from reconciler.simulator.gate import MOST_BYTES
from reconciler.simulator.request import Dropped, Request, Response
from reconciler.simulator.simulator import Simulator

SPEED: Final = "simulator-speed"
"""Header of every answer: how many simulated seconds pass in one second."""

LIST_LAG: Final = "simulator-list-lag"
"""Header of every answer: how old the lists may be, in simulated seconds."""

_PIECE: Final = 1024**2

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]
Drop = Callable[[Message], None]
Record = Callable[[Request, int], None]


async def no_sleep(_seconds: float) -> None:
    """Do not wait."""


def create_app(
    simulator: Simulator,
    *,
    sleep: Sleep = no_sleep,
    drop: Drop | None = None,
    record: Record | None = None,
) -> App:
    """An ASGI application that passes each request to `simulator.handle`.

    `sleep` waits so many real seconds before an answer that is slow; by default nothing waits. `drop` ends the
    connection of a scope; without it a dropped connection is the exception `Dropped` out of the application, and a
    truncated answer is a body shorter than its `content-length`; with it the application then waits for the message
    that the client is gone. `record` is told each exchange, status 0 if dropped. Each answer tells how fast its time
    passes, so that a client need not wait for hours of which a second is all that is left.
    """
    own_time = {SPEED: f"{simulator.speed:g}", LIST_LAG: f"{simulator.switches.seconds('list_lag_seconds'):g}"}

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = await read(scope, receive)
        try:
            response = simulator.handle(request)
        except Dropped:
            _tell(record, request, 0)
            if drop is None:
                raise
            drop(scope)
            await receive()
            return
        _tell(record, request, response.status)
        if response.delay:
            await sleep(response.delay / simulator.speed)
        await write(replace(response, headers={**response.headers, **own_time}), send, whole=drop is None)
        if drop is not None and not response.complete:
            drop(scope)
            await receive()

    return app


def _tell(record: Record | None, request: Request, status: int) -> None:
    if record is not None:
        record(request, status)


async def read(scope: Message, receive: Receive) -> Request:
    """The whole request; of a body that is too large only so much as shows that it is."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        more = bool(message.get("more_body", False))
        if size <= MOST_BYTES:
            parts.append(message.get("body", b""))
            size += len(parts[-1])
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=b"".join(parts),
    )


async def write(response: Response, send: Send, *, whole: bool) -> None:
    """Send an answer; `whole` ends it even where it is only the beginning of one."""
    headers = dict(response.headers)
    if response.status >= 200 and response.status != 204:
        headers.setdefault("content-length", str(len(response.body)))
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    start = {"type": "http.response.start", "status": response.status, "headers": encoded}
    if response.file is not None:
        await _write_file(response.file, response.skip, start, send)
        return
    await send(start)
    more = not response.complete and not whole
    await send({"type": "http.response.body", "body": response.body, "more_body": more})


async def _write_file(path: Path, skip: int, start: Message, send: Send) -> None:
    """Send a file in pieces; it is opened before anything is awaited, as the next request may delete it."""
    with path.open("rb") as file:
        file.seek(skip)
        await send(start)
        while piece := file.read(_PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def real_sleep(seconds: float) -> None:
    """Wait, for a server on a real socket."""
    await asyncio.sleep(seconds)
