"""One zip of this machine, served on a loopback port under a path that nobody can guess, while a block runs.

It is for `file://` stores: a simulated API on this machine fetches archives over HTTP and never by their path.
"""

import asyncio
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

LOOPBACK: Final = "127.0.0.1"
_BLOCK: Final = 256 * 1024

_Scope = MutableMapping[str, Any]
_Send = Callable[[dict[str, Any]], Awaitable[None]]
_Receive = Callable[[], Awaitable[dict[str, Any]]]


@contextmanager
def served(file: Path) -> Iterator[str]:
    """The address of one file, for GET and HEAD; every other path is 404. The file is not held in memory."""
    import uvicorn

    path = f"/{secrets.token_urlsafe(32)}.zip"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
        bound.bind((LOOPBACK, 0))
        bound.listen(16)
        config = uvicorn.Config(
            _application(file, path),
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="critical",
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
            interface="asgi3",
        )
        server = uvicorn.Server(config)
        # A thread of its own: the event loop of the apply must not wait for a reader of the zip.
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{bound.getsockname()[1]}{path}"
        finally:
            server.should_exit = True
            thread.join()


def _application(file: Path, path: str) -> Callable[[_Scope, _Receive, _Send], Awaitable[None]]:
    size = file.stat().st_size

    async def answer(scope: _Scope, receive: _Receive, send: _Send) -> None:
        is_known = secrets.compare_digest(str(scope["path"]).encode(), path.encode())
        if not is_known or scope["method"] not in {"GET", "HEAD"}:
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body"})
            return
        headers = [(b"content-type", b"application/zip"), (b"content-length", str(size).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["method"] == "GET":
            await _send_file(file, receive, send)
        await send({"type": "http.response.body"})

    return answer


async def _send_file(file: Path, receive: _Receive, send: _Send) -> None:
    """The file in blocks, as far as somebody listens: who only tries the address hangs up at its beginning."""
    gone = asyncio.ensure_future(_hung_up(receive))
    try:
        with file.open("rb") as opened:
            while not gone.done() and (block := opened.read(_BLOCK)):
                await send({"type": "http.response.body", "body": block, "more_body": True})
                # Sending waits only where the reader is slow. Without this the loop would never see that it is gone.
                await asyncio.wait({gone}, timeout=0)
    finally:
        gone.cancel()


async def _hung_up(receive: _Receive) -> None:
    """Wait until the reader is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
