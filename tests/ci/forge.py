"""A tiny GitHub and GitLab on loopback: comments, notes and issues, kept in memory, and prepared answers."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = "github-actions[bot]"
Thing = dict[str, Any]
PREPARED = re.compile(r"/(commits|actions|pipelines|jobs|store)/|/pipelines\b")
"""Addresses that are not there unless an answer was prepared."""


@dataclass(frozen=True)
class Moved:
    """An answer that sends elsewhere."""

    location: str


@dataclass
class Forge:
    """What is on the forge, and how it behaves."""

    address: str = ""
    comments: list[Thing] = field(default_factory=list)
    issues: list[Thing] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    answer: bytes | None = None
    location: str = ""
    prepared: dict[str, object] = field(default_factory=dict)
    """What a GET answers, by address without the page: a list (or a list in an object) by pages, bytes, `Moved`."""

    def look_up(self, path: str) -> object:
        """A prepared answer, None where there is none."""
        address, _, query = path.partition("?")
        asked = parse_qs(query)
        page, size = (int(asked.get(name, [other])[0]) for name, other in (("page", "1"), ("per_page", "30")))
        kept = "&".join(part for part in query.split("&") if not part.startswith(("page=", "per_page=")))
        found = self.prepared.get(f"{address}?{kept}" if kept else address)

        def paged(value: object) -> object:
            return value[(page - 1) * size : page * size] if isinstance(value, list) else value

        if isinstance(found, dict) and size and "per_page" in asked:
            return {name: paged(value) for name, value in found.items()}
        return paged(found)

    def act(self, method: str, path: str, body: Thing) -> object:
        """GitHub's and GitLab's addresses side by side: their things differ in a few words only."""
        place, query = urlsplit(path).path, parse_qs(urlsplit(path).query)
        start = (int(query.get("page", ["1"])[0]) - 1) * int(query.get("per_page", ["30"])[0])
        things = self.issues if re.search(r"/issues(/\d+)?$", place) else self.comments
        if place.endswith("/user"):
            return {"username": "project_bot"}
        if method == "GET":
            found = [thing for thing in things if thing.get("state", "open") in {"open", "opened"}]
            return found[start : start + int(query["per_page"][0])]
        if method == "POST":
            number = len(things) + 1
            writer = {"author": {"username": "project_bot"}} if "/projects/" in place else {"user": {"login": BOT}}
            made = {"id": number, "number": number, "iid": number, **writer, **body}
            things.append(made)
            return made
        old = next(thing for thing in things if thing["id"] == int(place.rpartition("/")[2]))
        old.update(body | ({"state": "closed"} if body.get("state_event") == "close" else {}))
        return old


def _handler(forge: Forge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            forge.requests.append((self.command, self.path))
            forge.headers.append({name.lower(): text for name, text in self.headers.items()})
            status, location = forge.status, forge.location
            found: object = {}
            if status == 200 and (prepared := forge.look_up(self.path)) is not None:
                found = prepared
            elif status == 200 and PREPARED.search(self.path):
                status = 404
            elif status == 200:
                found = forge.act(self.command, self.path, json.loads(body or b"{}"))
            if isinstance(found, Moved):
                status, location, found = 302, found.location, {}
            data = found if isinstance(found, bytes) else json.dumps(found).encode()
            data = data if forge.answer is None else forge.answer
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_PUT = _answer  # noqa: N815 - names of http.server

    return Handler


@contextmanager
def serving() -> Iterator[Forge]:
    forge = Forge()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(forge))
    forge.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
