"""Zip archives over HTTP on this machine: what a user's object store would be."""

import io
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def zipped(entries: Mapping[str, bytes]) -> bytes:
    """A zip archive with these entries, in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


class ZipServer(ThreadingHTTPServer):
    """Serves files by path and remembers what was asked; a path in `moved` is a redirect.

    The body of a path in `held` waits for its event.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}
        self.lengths: dict[str, int | None] = {}
        self.held: dict[str, threading.Event] = {}
        self.asked: list[str] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, path: str, content: bytes) -> str:
        """The address of a file."""
        self.files[path] = content
        return self.base + path

    def archive(self, entries: Mapping[str, bytes], path: str = "/a.zip") -> str:
        """The address of a zip archive with these entries."""
        return self.put(path, zipped(entries))


class _Handler(BaseHTTPRequestHandler):
    server: ZipServer

    def do_GET(self) -> None:
        self._answer(whole=True)

    def do_HEAD(self) -> None:
        self._answer(whole=False)

    def _answer(self, *, whole: bool) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        content = self.server.files.get(self.path)
        if self.path in self.server.moved:
            self.send_response(302)
            self.send_header("Location", self.server.moved[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(404 if content is None else 200)
        length = self.server.lengths.get(self.path, len(content or b""))
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        if self.path in self.server.held:
            self.server.held[self.path].wait()
        if whole:
            self.wfile.write(content or b"")

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def zip_server() -> Iterator[ZipServer]:
    """A server in a thread while the block runs."""
    server = ZipServer()
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
